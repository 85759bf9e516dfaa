package dev.signalbox.serverfactory.definition;

import java.util.random.RandomGenerator;

/** How long a response is held back. */
public sealed interface Delay {

  /** The longest there is; what chance makes longer is cut. */
  int MAX_MS = 600_000;

  /** Milliseconds for one response. */
  long millis(RandomGenerator random);

  /** Always the same. */
  record Fixed(long ms) implements Delay {
    @Override
    public long millis(RandomGenerator random) {
      return ms;
    }
  }

  /** Any time between two, both included. */
  record Uniform(long minMs, long maxMs) implements Delay {
    @Override
    public long millis(RandomGenerator random) {
      return random.nextLong(minMs, maxMs + 1);
    }
  }

  /** A log-normal distribution, like that of many real servers. */
  record LogNormal(double medianMs, double sigma) implements Delay {
    @Override
    public long millis(RandomGenerator random) {
      double ms = medianMs * Math.exp(sigma * random.nextGaussian());
      return Math.round(Math.min(ms, MAX_MS));
    }
  }
}
