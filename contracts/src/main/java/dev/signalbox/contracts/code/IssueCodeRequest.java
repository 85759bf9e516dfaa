package dev.signalbox.contracts.code;

/**
 * Asks for a uuid's code.
 *
 * @param uuid any text of 1 to 256 characters without control characters
 */
public record IssueCodeRequest(String uuid) {}
