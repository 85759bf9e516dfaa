package dev.signalbox.serverfactory.proxy;

import dev.signalbox.contracts.net.TokenBucket;
import dev.signalbox.platform.limit.LimitTable;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * How often each target of proxies is contacted, by all servers on demand of the process together.
 * Where other processes have servers too, this one has an equal share of the limit. A target is a
 * host as a definition names it, and a port. What is too much is refused, not queued: the client
 * waits, not its request. Any thread may use it.
 */
public final class UpstreamRates {

  private static final int MOST_TARGETS = 65_536;

  private final int perSecond;
  private final IntSupplier processes;
  private final LongSupplier nanoClock;
  private final LimitTable<Target, TokenBucket> buckets;

  private record Target(String host, int port) {

    /** One target for all ways to write its name. */
    static Target of(String host, int port) {
      String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      return new Target(name.toLowerCase(Locale.ROOT), port);
    }
  }

  /**
   * Rates of each target.
   *
   * @param perSecond requests to one target, and as many at once after a pause; 0 for no limit
   * @param processes how many processes have servers, this one included, at least 1; asked for each
   *     request
   * @param nanoClock such as {@link System#nanoTime()}
   */
  public UpstreamRates(int perSecond, IntSupplier processes, LongSupplier nanoClock) {
    this.perSecond = perSecond;
    this.processes = processes;
    this.nanoClock = nanoClock;
    this.buckets =
        new LimitTable<>(
            MOST_TARGETS, (_, now) -> TokenBucket.full(share(), burst(), now), TokenBucket::isFull);
  }

  /** Without a limit. */
  public static UpstreamRates unlimited() {
    return new UpstreamRates(0, () -> 1, System::nanoTime);
  }

  /** Whether a target may be contacted now. */
  sealed interface Permit {}

  /** It may, and that counts. */
  record Granted() implements Permit {}

  /**
   * It may not.
   *
   * @param nanos until it may again
   */
  record Later(long nanos) implements Permit {}

  /** The rates of too many other targets are counted. */
  record TooManyTargets() implements Permit {}

  Permit take(String host, int port) {
    if (perSecond == 0) {
      return new Granted();
    }
    long now = nanoClock.getAsLong();
    synchronized (this) {
      TokenBucket bucket = buckets.of(Target.of(host, port), now);
      if (bucket == null) {
        return new TooManyTargets();
      }
      bucket.change(share(), burst(), now);
      return bucket.tryTake(now) ? new Granted() : new Later(bucket.dueAt(1) - now);
    }
  }

  private double share() {
    return perSecond / (double) processes.getAsInt();
  }

  private double burst() {
    return Math.max(1, share());
  }
}
