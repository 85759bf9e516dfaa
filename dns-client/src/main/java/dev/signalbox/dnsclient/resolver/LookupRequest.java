package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.transport.Patience;
import dev.signalbox.dnsclient.transport.Upstream;
import java.util.List;

/**
 * A question for the first of some resolvers that has an answer.
 *
 * @param question what
 * @param options how
 * @param plainAllowed whether EDNS may be left out for a server that does not understand it
 * @param upstreams whom, in order; at least one
 * @param patience how long and how often in all
 */
public record LookupRequest(
    Question question,
    QueryOptions options,
    boolean plainAllowed,
    List<Upstream> upstreams,
    Patience patience) {

  public LookupRequest {
    upstreams = List.copyOf(upstreams);
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("no resolver to ask");
    }
  }
}
