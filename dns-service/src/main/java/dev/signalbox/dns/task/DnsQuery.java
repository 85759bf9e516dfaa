package dev.signalbox.dns.task;

import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * A {@code dns_query} whose parameters are right.
 *
 * @param domain the name as the client wrote it
 * @param questions one for each type
 * @param resolvers the resolvers to ask; empty for the default resolvers
 * @param protocol how to ask the default resolvers
 * @param options how to ask
 * @param plainAllowed whether EDNS may be left out for a server that does not understand it
 * @param timeout for the whole task
 * @param retries how often a question may be repeated
 * @param cached whether the cache may answer
 * @param validate whether the answers are to be validated
 * @param trace whether to resolve from the root, with the one question there is then
 * @param traceFrom servers of that root; empty for those of the Internet
 * @param follow whether to look up the addresses of what the answers point to
 * @param several whether the client gave lists, and so expects one
 */
public record DnsQuery(
    String domain,
    List<Question> questions,
    List<ResolverSpec> resolvers,
    Protocol protocol,
    QueryOptions options,
    boolean plainAllowed,
    Duration timeout,
    int retries,
    boolean cached,
    boolean validate,
    boolean trace,
    List<InetSocketAddress> traceFrom,
    boolean follow,
    boolean several) {

  public DnsQuery {
    questions = List.copyOf(questions);
    resolvers = List.copyOf(resolvers);
    traceFrom = List.copyOf(traceFrom);
  }
}
