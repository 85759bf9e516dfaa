package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * A network that asked not to be pinged.
 *
 * @param id names it
 * @param network in CIDR notation, such as {@code 192.0.2.0/24}
 * @param requester who asked
 * @param reason why; null when they did not say
 * @param source where it is written
 * @param createdAtEpochMs when it was entered, milliseconds since 1970-01-01 UTC
 */
public record OptOut(
    long id,
    String network,
    String requester,
    @Nullable String reason,
    Source source,
    long createdAtEpochMs) {

  /** Where an opt-out is written. */
  public enum Source {
    /** In the file of the settings, which alone can remove it. */
    FILE,
    /** Entered through the API. */
    API
  }
}
