package dev.signalbox.dns.task;

import static dev.signalbox.platform.task.ParamsSchema.bool;
import static dev.signalbox.platform.task.ParamsSchema.examples;
import static dev.signalbox.platform.task.ParamsSchema.integer;
import static dev.signalbox.platform.task.ParamsSchema.list;
import static dev.signalbox.platform.task.ParamsSchema.nested;
import static dev.signalbox.platform.task.ParamsSchema.object;
import static dev.signalbox.platform.task.ParamsSchema.oneOf;
import static dev.signalbox.platform.task.ParamsSchema.pattern;
import static dev.signalbox.platform.task.ParamsSchema.text;
import static dev.signalbox.platform.task.ParamsSchema.titled;

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
    return whatIsAsked(object())
        .optional(
            "class",
            titled(
                "Class",
                oneOf(
                    "IN, or CH for what servers tell about themselves, such as version.bind",
                    "IN",
                    DnsQueryParams.CLASSES)))
        .optional("protocol", protocol())
        .optional("recursion_desired", titled("Recursion desired (RD)", bool("The RD flag", true)))
        .optional("checking_disabled", titled("Checking disabled (CD)", bool("The CD flag", false)))
        .optional(
            "dnssec_ok", titled("DNSSEC OK (DO)", bool("The DO flag: send signatures too", false)))
        .optional("edns", titled("EDNS", nested("EDNS options", edns(rules))))
        .optional(
            "validate",
            titled(
                "Validate DNSSEC",
                bool("Follow the chain of trust and tell what came of it", false)))
        .optional(
            "follow",
            titled(
                "Follow to addresses",
                bool("Look up the addresses of what MX, NS, SRV, HTTPS and SVCB name", false)))
        .optional(
            "trace",
            titled("Trace from the root", bool("Resolve from the root and show each step", false)))
        .optional("trace_from", titled("Servers of the root", roots()))
        .optional("cache", titled("From the cache", cache(rules)))
        .optional("timeout_ms", titled("Timeout, ms", timeout(rules)))
        .optional("retries", titled("Retries", retries(rules)))
        .exactlyOne("domain", "name")
        .notTogether("type", "types")
        .notTogether("resolver", "resolvers")
        .build();
  }

  private static ParamsSchema whatIsAsked(ParamsSchema schema) {
    String domains = "Name to look up, in any script; an address when type is PTR";
    Map<String, Object> type =
        pattern(
            examples(
                text("Record type by name, or TYPEnnn", DnsQueryParams.LONGEST_TYPE, "A"),
                DnsQueryParams.COMMON_TYPES.toArray()),
            "^[A-Za-z0-9-]{1,16}$");
    Map<String, Object> resolver =
        examples(
            text(
                "host[:port], tls://host[:port] or https://host/path; the machine's if none",
                ResolverSpec.LONGEST_TEXT),
            "192.0.2.53",
            "dns.example:5353",
            "tls://dns.example",
            "https://dns.example/dns-query");
    int most = DnsQueryParams.MAX_ITEMS;
    return schema
        .optional(
            "domain",
            titled(
                "Domain",
                examples(text(domains, DomainNames.LONGEST_TEXT), "example.com", "192.0.2.1")))
        .optional("name", titled("Name", text("The same as domain", DomainNames.LONGEST_TEXT)))
        .optional("type", titled("Record type", type))
        .optional(
            "types",
            titled(
                "Record types",
                examples(list("Several types at once", most, type), List.of("A", "AAAA"))))
        .optional("resolver", titled("Resolver", resolver))
        .optional(
            "resolvers", titled("Resolvers", list("Several resolvers at once", most, resolver)));
  }

  private static Map<String, Object> roots() {
    return examples(
        list(
            "Where a trace begins, address[:port]; the root servers of the Internet if none",
            DnsQueryParams.MAX_ROOTS,
            text("address[:port]", ResolverSpec.LONGEST_TEXT)),
        List.of("192.0.2.53:5300"));
  }

  private static Map<String, Object> protocol() {
    return titled(
        "Protocol",
        oneOf(
            "How to ask; udp goes to tcp when an answer is cut short",
            Protocol.UDP.text(),
            DnsQueryParams.PROTOCOLS));
  }

  private static Map<String, Object> cache(TaskRules rules) {
    String description = "Whether an answer kept from an earlier time will do";
    return switch (rules.cacheDefault()) {
      case OFF -> bool(description, false);
      case ON -> bool(description, true);
      case DEFAULT_RESOLVERS -> bool(description + "; it does unless a resolver is named");
    };
  }

  private static Map<String, Object> timeout(TaskRules rules) {
    return integer(
        "Time for one question in all, milliseconds",
        1,
        rules.maxTimeout().toMillis(),
        rules.timeout().toMillis());
  }

  private static Map<String, Object> retries(TaskRules rules) {
    return integer(
        "How often a lost question is repeated", 0, DnsQueryParams.MAX_RETRIES, rules.retries());
  }

  private static ParamsSchema edns(TaskRules rules) {
    return object()
        .optional(
            "udp_size",
            titled(
                "UDP size, bytes",
                integer(
                    "Largest answer over UDP, bytes",
                    EdnsOptions.MIN_UDP_SIZE,
                    EdnsOptions.MAX_UDP_SIZE,
                    rules.udpSize())))
        .optional(
            "client_subnet",
            titled(
                "Client subnet",
                examples(
                    text("Whose view is wanted, address/prefix", 64),
                    "192.0.2.0/24",
                    "2001:db8::/56")))
        .optional("nsid", titled("NSID", bool("Ask the server for its identifier", false)));
  }
}
