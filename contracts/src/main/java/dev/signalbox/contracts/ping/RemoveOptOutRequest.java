package dev.signalbox.contracts.ping;

/**
 * Removes an opt-out that was entered through the API; NOT_FOUND when there is none, CONFLICT when
 * it stands in the file.
 *
 * @param id which
 */
public record RemoveOptOutRequest(long id) {}
