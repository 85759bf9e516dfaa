package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import java.util.List;

/**
 * A question for the first of some resolvers that has an answer.
 *
 * @param question what
 * @param options how
 * @param plainAllowed whether EDNS may be left out for a server that does not understand it
 * @param upstreams the resolvers to ask, in order; at least one
 * @param retryPolicy how long and how often in all, for all upstreams together
 * @param cached whether an answer kept from an earlier time will do, and this one may be kept
 */
public record LookupRequest(
    Question question,
    QueryOptions options,
    boolean plainAllowed,
    List<Upstream> upstreams,
    RetryPolicy retryPolicy,
    boolean cached) {

  public LookupRequest {
    upstreams = List.copyOf(upstreams);
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("no resolver to ask");
    }
  }

  /** The same with another retry policy. */
  public LookupRequest with(RetryPolicy other) {
    return new LookupRequest(question, options, plainAllowed, upstreams, other, cached);
  }
}
