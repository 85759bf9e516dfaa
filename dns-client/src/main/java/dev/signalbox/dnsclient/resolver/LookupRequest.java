package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.trace.TraceContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question for the first of some resolvers that has an answer.
 *
 * @param question what
 * @param options how
 * @param plainAllowed whether EDNS may be left out for a server that does not understand it
 * @param upstreams the resolvers to ask, in order; at least one
 * @param retryPolicy how long and how often in all, for all upstreams together
 * @param cached whether an answer kept from an earlier time will do, and this one may be kept
 * @param trace what its queries are part of; null when not traced
 */
public record LookupRequest(
    Question question,
    QueryOptions options,
    boolean plainAllowed,
    List<Upstream> upstreams,
    RetryPolicy retryPolicy,
    boolean cached,
    @Nullable TraceContext trace) {

  public LookupRequest {
    upstreams = List.copyOf(upstreams);
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("no resolver to ask");
    }
  }

  /** A question that is not traced. */
  public LookupRequest(
      Question question,
      QueryOptions options,
      boolean plainAllowed,
      List<Upstream> upstreams,
      RetryPolicy retryPolicy,
      boolean cached) {
    this(question, options, plainAllowed, upstreams, retryPolicy, cached, null);
  }

  /** The same as part of a trace. */
  LookupRequest traced(TraceContext other) {
    return new LookupRequest(
        question, options, plainAllowed, upstreams, retryPolicy, cached, other);
  }

  /** The same with another retry policy. */
  public LookupRequest with(RetryPolicy other) {
    return new LookupRequest(question, options, plainAllowed, upstreams, other, cached, trace);
  }
}
