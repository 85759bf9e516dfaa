package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.Contributor.Standing;
import org.jspecify.annotations.Nullable;

/**
 * How results of one participant compared with those of others.
 *
 * @param agreed how many were confirmed
 * @param disagreed how many were refuted
 */
record Track(int agreed, int disagreed) {

  private static final int FEW = 10;
  private static final int MANY = 50;

  Standing standing() {
    if (disagreed * 5 > agreed + disagreed) {
      return Standing.DOUBTED;
    }
    if (agreed + disagreed < FEW) {
      return Standing.NEWCOMER;
    }
    return agreed >= MANY && disagreed * 50 <= agreed ? Standing.PROVEN : Standing.KNOWN;
  }

  /**
   * The share of results that another participant repeats, in percent.
   *
   * @param usual that of most
   * @param suspicion what the result looks like
   */
  int checkPercent(int usual, @Nullable Suspicion suspicion) {
    if (usual == 0) {
      return 0;
    }
    Standing standing = standing();
    if (suspicion != null && (standing != Standing.PROVEN || suspicion != Suspicion.ALL_ZEROS)) {
      return 100;
    }
    return switch (standing) {
      case NEWCOMER -> Math.min(100, 5 * usual);
      case KNOWN -> usual;
      case PROVEN -> Math.max(1, usual / 3);
      case DOUBTED -> 100;
    };
  }
}
