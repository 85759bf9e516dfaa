package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.platform.bus.Cancellation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one trace may use: steps, servers and time, for the name itself and for the names of servers
 * together. It remembers the limit that was reached, because that is why the trace fails, however
 * deep in the look-up of a server it was reached.
 */
final class TraceLimits {

  private final Cancellation cancellation;
  private final long deadlineNanos;
  private int steps;
  private int queries;
  private int tried;
  private @Nullable Unanswered noMoreSteps;
  private @Nullable Unanswered noMoreQueries;

  TraceLimits(Cancellation cancellation, long nanos) {
    this.cancellation = cancellation;
    this.deadlineNanos = System.nanoTime() + nanos;
  }

  /** Counts a step that begins; why it must not begin, if so. */
  Optional<Unanswered> beginStep() {
    if (steps == Tracer.MOST_STEPS) {
      noMoreSteps = ended(Fault.LIMIT, "the trace needs more than " + steps + " steps");
      return Optional.of(noMoreSteps);
    }
    steps++;
    return Optional.empty();
  }

  /** Counts a query that is sent. */
  void beginQuery() {
    queries++;
    tried++;
  }

  /** Counts a server that is not asked: a zone can name many of these, too. */
  void skip() {
    tried++;
  }

  /** Why no query may be sent any more; empty while one may. */
  Optional<Unanswered> noMoreQueries() {
    if (noMoreQueries == null) {
      if (cancellation.requested()) {
        noMoreQueries = ended(Fault.CANCELLED, "the trace was cancelled");
      } else if (leftNanos() <= 0) {
        noMoreQueries = ended(Fault.TIMEOUT, "no time is left");
      } else if (tried >= Tracer.MOST_SERVERS) {
        noMoreQueries = ended(Fault.LIMIT, "the trace needs more than " + tried + " servers");
      }
    }
    return Optional.ofNullable(noMoreQueries);
  }

  /** Takes note of an outcome that says that the task may send no more queries. */
  void reachedBy(Unanswered outcome) {
    if (outcome.fault() == Fault.LIMIT && noMoreQueries == null) {
      noMoreQueries = outcome;
    }
  }

  /** The limit that was reached; empty when none was. */
  Optional<Unanswered> reached() {
    return Optional.ofNullable(noMoreQueries == null ? noMoreSteps : noMoreQueries);
  }

  long leftNanos() {
    return deadlineNanos - System.nanoTime();
  }

  /** An end of the trace that no server is the cause of. */
  Unanswered ended(Fault fault, String reason) {
    return new Unanswered(fault, reason, "", Protocol.UDP, queries);
  }

  int queries() {
    return queries;
  }
}
