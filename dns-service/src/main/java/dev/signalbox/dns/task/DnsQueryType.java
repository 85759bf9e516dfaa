package dev.signalbox.dns.task;

import static dev.signalbox.platform.task.ParamsSchema.bool;
import static dev.signalbox.platform.task.ParamsSchema.integer;
import static dev.signalbox.platform.task.ParamsSchema.list;
import static dev.signalbox.platform.task.ParamsSchema.nested;
import static dev.signalbox.platform.task.ParamsSchema.object;
import static dev.signalbox.platform.task.ParamsSchema.oneOf;
import static dev.signalbox.platform.task.ParamsSchema.text;

import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.platform.task.ParamsSchema;
import java.util.List;
import java.util.Map;

/** The task {@code dns_query} as it is announced. */
public final class DnsQueryType {

  private DnsQueryType() {}

  /** The type, with the operator's limits in its schema. */
  public static TaskType of(TaskRules rules) {
    return new TaskType(
        "dns_query",
        List.of(),
        "Asks DNS resolvers for the records of a name",
        schema(rules),
        DnsContract.QUERY.address(),
        DnsContract.QUERY.timeout().toMillis(),
        DnsContract.QUERY.repeatable());
  }

  private static Map<String, Object> schema(TaskRules rules) {
    String types = "Record type: A, AAAA, MX, … or TYPEnnn; PTR takes a bare address as domain";
    String resolvers = "host[:port], tls://host[:port] or https://host/path; the machine's if none";
    Map<String, Object> type = text(types, DnsQueryParams.LONGEST_TYPE, "A");
    Map<String, Object> resolver = text(resolvers, ResolverSpec.LONGEST_TEXT);
    return object()
        .required("domain", text("Name to look up, in any script", DomainNames.LONGEST_TEXT))
        .optional("name", text("The same as domain", DomainNames.LONGEST_TEXT))
        .optional("type", type)
        .optional("types", list("Several types at once", DnsQueryParams.MAX_ITEMS, type))
        .optional("resolver", resolver)
        .optional(
            "resolvers", list("Several resolvers at once", DnsQueryParams.MAX_ITEMS, resolver))
        .optional(
            "protocol",
            oneOf(
                "How to ask; udp goes to tcp when an answer is cut short",
                Protocol.UDP.text(),
                DnsQueryParams.PROTOCOLS))
        .optional("recursion_desired", bool("The RD flag", true))
        .optional("checking_disabled", bool("The CD flag", false))
        .optional("dnssec_ok", bool("The DO flag: send signatures too", false))
        .optional("edns", nested("EDNS options", edns(rules)))
        .optional(
            "validate", bool("Follow the DNSSEC chain of trust and tell what came of it", false))
        .optional(
            "cache", bool("Whether a kept answer will do", rules.cacheDefault() == CacheDefault.ON))
        .optional(
            "timeout_ms",
            integer(
                "Time for one question in all, milliseconds",
                1,
                rules.maxTimeout().toMillis(),
                rules.timeout().toMillis()))
        .optional(
            "retries",
            integer(
                "How often a lost question is repeated",
                0,
                DnsQueryParams.MAX_RETRIES,
                rules.retries()))
        .build();
  }

  private static ParamsSchema edns(TaskRules rules) {
    return object()
        .optional(
            "udp_size",
            integer(
                "Largest answer over UDP, bytes",
                EdnsOptions.MIN_UDP_SIZE,
                EdnsOptions.MAX_UDP_SIZE,
                rules.udpSize()))
        .optional("client_subnet", text("Whose view is wanted, address/prefix", 64))
        .optional("nsid", bool("Ask the server for its identifier", false));
  }
}
