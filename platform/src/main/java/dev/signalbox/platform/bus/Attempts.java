package dev.signalbox.platform.bus;

import dev.signalbox.contracts.ServiceException;
import io.opentelemetry.api.trace.Span;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where one call has been sent so far, and what came of it. Of one call at a time. */
final class Attempts {

  private final @Nullable Span span;
  private int made;
  private int rounds;
  private @Nullable String last;
  private @Nullable Set<String> tried;
  private @Nullable ServiceException refusal;

  /** None so far, of a call with this span; null when it is not traced. */
  Attempts(@Nullable Span span) {
    this.span = span;
  }

  /** One more, at a process. */
  void at(String node) {
    made++;
    last = node;
  }

  /** The last one failed: its process is not tried again. */
  void failed(String why) {
    if (span != null) {
      span.addEvent(why);
    }
    if (last != null) {
      if (tried == null) {
        tried = new HashSet<>();
      }
      tried.add(last);
      last = null;
    }
  }

  /** The last one was refused by a service that is stopping. */
  void refused(ServiceException why) {
    refusal = why;
    failed("the service is stopping");
  }

  /** All were tried and may be tried anew: how often that has been said. */
  int round() {
    tried = null;
    return ++rounds;
  }

  boolean tried(String node) {
    return tried != null && tried.contains(node);
  }

  int made() {
    return made;
  }

  /** What the service said that refused it last. */
  @Nullable ServiceException refusal() {
    return refusal;
  }
}
