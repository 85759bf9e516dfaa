package dev.signalbox.gateway.limit;

import java.util.EnumMap;
import java.util.Map;

/**
 * The permits of requests in flight. Each kind has its own, so that what clients hold open for long
 * takes no place from what ends soon.
 *
 * <p>One client, by its address or its token, has three quarters of a kind at most: whoever is
 * alone, on a laptop or because all come by one edge, meets that bound only close to that of all,
 * and a quarter is left for the others. Of streams of tasks it has a quarter. Each of them lasts as
 * long as its client likes and runs hundreds of tasks at once, so that nobody needs many.
 */
public final class RequestPermits {

  /** A kind of requests. */
  public enum Kind {
    /** Their body is complete. Only these wait in a queue. */
    REQUESTS("requests in flight", "gateway.max-in-flight"),
    /** They stream a body that ends, such as an upload. */
    UPLOADS("requests that stream their body", "gateway.max-in-flight"),
    /** They stream a body without end, of tasks. */
    TASK_STREAMS("streams of tasks", "gateway.max-in-flight"),
    /** Their response is a stream of events. */
    EVENT_STREAMS("streams of events", "gateway.max-event-readers"),
    /** They are passed on to servers on demand. */
    PROXIED("requests to servers on demand", "gateway.max-in-flight");

    private final String label;
    private final String setting;

    Kind(String label, String setting) {
      this.label = label;
      this.setting = setting;
    }

    /** What they are, in the plural. */
    public String label() {
      return label;
    }

    /** The setting that their bounds follow from. */
    public String setting() {
      return setting;
    }
  }

  private final Map<Kind, ConcurrencyLimiter> limiters = new EnumMap<>(Kind.class);

  /**
   * The permits of a gateway.
   *
   * @param maxInFlight requests in flight; those that stream their body have a fourth of it, and so
   *     have streams of tasks
   * @param maxWaiting requests queued beyond that
   * @param maxEventReaders streams of events
   */
  public RequestPermits(int maxInFlight, int maxWaiting, int maxEventReaders) {
    int streams = fourth(maxInFlight);
    limiters.put(Kind.REQUESTS, leavingAFourth(maxInFlight, maxWaiting));
    limiters.put(Kind.UPLOADS, leavingAFourth(streams, 0));
    limiters.put(Kind.TASK_STREAMS, new ConcurrencyLimiter(streams, fourth(streams), 0));
    limiters.put(Kind.EVENT_STREAMS, leavingAFourth(maxEventReaders, 0));
    limiters.put(Kind.PROXIED, leavingAFourth(maxInFlight, 0));
  }

  private static ConcurrencyLimiter leavingAFourth(int max, int maxWaiting) {
    return new ConcurrencyLimiter(max, max - max / 4, maxWaiting);
  }

  private static int fourth(int of) {
    return Math.max(1, of / 4);
  }

  /** The permits of a kind. */
  public ConcurrencyLimiter of(Kind kind) {
    ConcurrencyLimiter limiter = limiters.get(kind);
    if (limiter == null) {
      throw new IllegalStateException("no permits of " + kind);
    }
    return limiter;
  }

  /** Requests of a kind in flight. */
  public int inFlight(Kind kind) {
    return of(kind).inFlight();
  }
}
