package dev.signalbox.serverfactory.definition;

/**
 * How much a server remembers of its requests.
 *
 * @param entries requests kept, 0 for none
 * @param bodyBytes kept of the body of each
 */
public record JournalSettings(int entries, int bodyBytes) {

  /** Where a definition says nothing. */
  public static final JournalSettings USUAL = new JournalSettings(1_000, 8_192);

  static final int MAX_ENTRIES = 10_000;
  static final int MAX_BODY_BYTES = 65_536;
}
