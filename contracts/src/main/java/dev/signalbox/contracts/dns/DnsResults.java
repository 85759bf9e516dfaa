package dev.signalbox.contracts.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a {@code dns_query} with several types or resolvers.
 *
 * @param domain the name as the client wrote it
 * @param ipAddress the first IPv4 address among all answers; null when there is none
 * @param queries one for each type and resolver, types of one resolver together, in the order of
 *     asking: a {@link DnsResult}, or a {@link DnsFailure} where no answer came
 */
public record DnsResults(String domain, @Nullable String ipAddress, List<Object> queries) {

  public DnsResults {
    queries = List.copyOf(queries);
  }
}
