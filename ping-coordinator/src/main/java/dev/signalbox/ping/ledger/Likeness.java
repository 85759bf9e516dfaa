package dev.signalbox.ping.ledger;

/**
 * How much two results of one block are alike.
 *
 * @param differing addresses that one found and the other did not
 * @param answering addresses that either found
 */
record Likeness(int differing, int answering) {

  /** Hosts come and go, and packets are lost, also where only a few answer. */
  private static final int ALWAYS_ALLOWED = 32;

  static Likeness of(byte[] one, byte[] other) {
    int differing = 0;
    int answering = 0;
    for (int i = 0; i < one.length; i++) {
      differing += Integer.bitCount((one[i] ^ other[i]) & 0xff);
      answering += Integer.bitCount((one[i] | other[i]) & 0xff);
    }
    return new Likeness(differing, answering);
  }

  /**
   * Whether both may be true.
   *
   * @param churnPercent share of the answering addresses that may have come or gone in between
   */
  boolean agrees(int churnPercent) {
    return differing <= ALWAYS_ALLOWED + (long) answering * churnPercent / 100;
  }
}
