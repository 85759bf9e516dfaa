package dev.signalbox.cli.demo;

import dev.signalbox.contracts.ping.RttCode;
import java.util.SplittableRandom;

/**
 * An Internet that is made up: about one address in twelve answers, in clumps. A block is always
 * the same, so that volunteers who compare their results agree, up to the few addresses that come
 * and go.
 */
final class SyntheticInternet {

  private static final int ADDRESSES = 65_536;
  private static final int NETWORK = 256;

  /** Share of /8s where hardly anybody answers, as in those of old holders. */
  private static final double QUIET = 0.2;

  /** Share of answering addresses that one look misses. */
  private static final double MISSED = 0.01;

  private SyntheticInternet() {}

  /**
   * What a volunteer finds in a block.
   *
   * @param index its task index
   * @param look who looks: another one misses other addresses
   * @return a code of {@link RttCode} for each address
   */
  static byte[] codes(int index, long look) {
    double peopled = peopled(index);
    double base = latency(index >> 8);
    SplittableRandom block = new SplittableRandom(index);
    SplittableRandom chance = new SplittableRandom(index * 31L + look);
    byte[] codes = new byte[ADDRESSES];
    for (int network = 0; network < ADDRESSES; network += NETWORK) {
      // Most /24s have nobody; where there is somebody, neighbours answer too.
      double share = block.nextDouble() < peopled ? block.nextDouble() : 0;
      double far = base * (0.7 + block.nextDouble());
      for (int host = 0; host < NETWORK; host++) {
        boolean there = block.nextDouble() < share * (host < 8 ? 1 : 0.8);
        double late = far * (1 + block.nextExponential() * 0.2);
        if (there && chance.nextDouble() >= MISSED) {
          codes[network + host] = (byte) RttCode.of((long) (late * 1_000_000));
        }
      }
    }
    return codes;
  }

  /** Share of /24s with somebody: the /8 decides, and each run of /16s differs from it. */
  private static double peopled(int index) {
    SplittableRandom top = new SplittableRandom(7_919L * (index >> 8) + 1);
    double most = top.nextDouble() < QUIET ? 0.03 : 0.08 + 0.6 * top.nextDouble();
    // Allocations are runs of /16s: those of one run are alike.
    SplittableRandom run = new SplittableRandom(104_729L * (index >> 3) + 3);
    double spread = run.nextDouble();
    return most * (spread < 0.3 ? 0.05 : spread * 1.6);
  }

  /** Milliseconds that a /8 is away. */
  private static double latency(int first) {
    return 15 + 220 * new SplittableRandom(31L * first + 5).nextDouble();
  }
}
