package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.Upstream;
import java.util.List;

/**
 * What must be alike for one answer to do for two questions. The class is always IN; names are
 * equal in any case.
 *
 * @param question name and type
 * @param options flags, DO, client subnet and whatever else EDNS says
 * @param plainAllowed whether EDNS may be left out
 * @param upstreams the resolvers: a client that names a resolver gets an answer of that resolver
 */
record CacheKey(
    Question question, QueryOptions options, boolean plainAllowed, List<Upstream> upstreams) {

  static CacheKey of(LookupRequest request) {
    return new CacheKey(
        request.question(), request.options(), request.plainAllowed(), request.upstreams());
  }
}
