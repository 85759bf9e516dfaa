package dev.signalbox.platform.service;

/** What all replicas of a service must share, or each would tell half of the truth. */
public enum SharedState {
  DATABASE("uses another database; all replicas must share one, in PostgreSQL", "Database"),
  DIRECTORY("serves another directory; all replicas must share one", "Identity");

  private final String difference;
  private final String label;

  SharedState(String difference, String label) {
    this.difference = difference;
    this.label = label;
  }

  /** What a replica with another one does, and the rule that it breaks. */
  String difference() {
    return difference;
  }

  /** What its identity is called. */
  String label() {
    return label;
  }
}
