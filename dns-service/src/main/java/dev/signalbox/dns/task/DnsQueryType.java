package dev.signalbox.dns.task;

import static dev.signalbox.platform.task.CommandOption.flag;
import static dev.signalbox.platform.task.CommandOption.value;

import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.platform.task.CommandOption.Kind;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import dev.signalbox.platform.task.TaskSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;

/** The declaration of the task {@code dns_query}, with the operator's limits in it. */
public final class DnsQueryType {

  private static final int MAX_RETRIES = 10;
  private static final int MAX_ITEMS = 64;
  private static final int LONGEST_TYPE = 16;
  private static final int LONGEST_SUBNET = 64;
  private static final int MAX_ROOTS = 16;
  private static final String DEFAULT_TYPE = "A";

  /** Examples for forms; every other type is valid too. */
  private static final Object[] COMMON_TYPES = {
    "A", "AAAA", "CNAME", "MX", "NS", "SOA", "TXT", "SRV", "PTR", "CAA", "HTTPS", "SVCB", "DS",
    "DNSKEY", "TLSA", "NAPTR", "ANY"
  };

  private static final List<String> PROTOCOLS =
      Arrays.stream(Protocol.values()).map(Protocol::text).toList();

  /** CHAOS is the class in which servers tell about themselves: {@code version.bind} and others. */
  private static final List<String> CLASSES = List.of("IN", "CH");

  final Param<@Nullable String> domain =
      Param.optionalText(
              "domain",
              "Name to look up, in any script; an address when type is PTR",
              DomainNames.LONGEST_TEXT)
          .titled("Domain")
          .with("minLength", 1)
          .examples("example.com", "192.0.2.1");

  final Param<@Nullable String> name =
      Param.optionalText("name", "The same as domain", DomainNames.LONGEST_TEXT)
          .titled("Name")
          .with("minLength", 1);

  final Param<String> type =
      Param.text("type", "Record type by name, or TYPEnnn", LONGEST_TYPE, DEFAULT_TYPE)
          .titled("Record type")
          .examples(COMMON_TYPES)
          .with("pattern", "^[A-Za-z0-9-]{1,16}$");

  final Param<List<String>> types =
      Param.texts("types", "Several types at once", MAX_ITEMS, type)
          .titled("Record types")
          .examples(List.of("A", "AAAA"));

  final Param<@Nullable String> resolver =
      Param.optionalText(
              "resolver",
              "host[:port], tls://host[:port] or https://host/path; the machine's if none",
              ResolverSpec.LONGEST_TEXT)
          .titled("Resolver")
          .with("minLength", 1)
          .examples(
              "192.0.2.53",
              "dns.example:5353",
              "tls://dns.example",
              "https://dns.example/dns-query");

  final Param<List<String>> resolvers =
      Param.texts("resolvers", "Several resolvers at once", MAX_ITEMS, resolver)
          .titled("Resolvers");

  final Param<Integer> dnsClass =
      Param.oneOf(
              "class",
              "IN, or CH for what servers tell about themselves, such as version.bind",
              "IN",
              CLASSES)
          .titled("Class")
          .map(DClass::value);

  final Param<Protocol> protocol =
      Param.oneOf(
              "protocol",
              "Transport; UDP falls back to TCP after a truncated response; a trace is always udp",
              Protocol.UDP.text(),
              PROTOCOLS)
          .titled("Protocol")
          .option(flag("udp", "query over UDP, with TCP after a truncated response", "--udp"))
          .option(flag("tcp", "query over TCP", "--tcp"))
          .option(flag("tls", "query over TLS", "--tls"))
          .option(flag("https", "query over HTTPS", "--https"))
          .map(word -> Protocol.valueOf(word.toUpperCase(Locale.ROOT)));

  final Param<Boolean> recursionDesired =
      Param.bool("recursion_desired", "The RD flag; a trace never sets it", true)
          .titled("Recursion desired (RD)")
          .option(
              flag(false, "do not request recursion", "--norecurse").also("--norec", "--nordflag"));

  final Param<Boolean> checkingDisabled =
      Param.bool("checking_disabled", "The CD flag", false)
          .titled("Checking disabled (CD)")
          .option(flag(true, "disable validation by the resolver (CD)", "--cd").also("--cdflag"));

  final Param<Boolean> dnssecOk =
      Param.bool("dnssec_ok", "The DO flag: send signatures too", false)
          .titled("DNSSEC OK (DO)")
          .option(flag(true, "request signatures too (DO)", "--dnssec"));

  final Param<Integer> udpSize;

  final Param<@Nullable String> clientSubnet =
      Param.optionalText(
              "client_subnet", "EDNS Client Subnet to send, address/prefix", LONGEST_SUBNET)
          .titled("Client subnet")
          .with("minLength", 1)
          .examples("192.0.2.0/24", "2001:db8::/56")
          .option(value(Kind.TEXT, "NET", "send a client subnet", "--subnet"));

  final Param<Boolean> nsid =
      Param.bool("nsid", "Ask the server for its identifier", false)
          .titled("NSID")
          .option(flag(true, "request the identifier of the server", "--nsid"));

  final Param<TaskParams> edns;

  final Param<Boolean> validate =
      Param.bool("validate", "Validate the answers by the chain of trust", false)
          .titled("Validate DNSSEC");

  final Param<Boolean> follow =
      Param.bool("follow", "Look up the addresses of what MX, NS, SRV, HTTPS and SVCB name", false)
          .titled("Follow to addresses")
          .option(
              flag(
                  true,
                  "print the addresses of what MX, NS, SRV, HTTPS and SVCB name, too",
                  "--follow"));

  final Param<Boolean> trace =
      Param.bool("trace", "Resolve from the root and show each step", false)
          .titled("Trace from the root")
          .option(flag(true, "resolve from the root servers and print each step", "--trace"));

  final Param<List<String>> traceFrom =
      Param.texts(
              "trace_from",
              "Where a trace begins: IP addresses, IPv4:port or [IPv6]:port; the Internet's root if none",
              MAX_ROOTS,
              Param.text("root", "IP address, IPv4:port or [IPv6]:port", ResolverSpec.LONGEST_TEXT))
          .titled("Root servers")
          .examples(List.of("192.0.2.53:5300"));

  final Param<@Nullable Boolean> cache;
  final Param<Duration> timeout;
  final Param<Integer> retries;

  private final TaskSpec spec;

  /** The declaration under the operator's rules. */
  public DnsQueryType(TaskRules rules) {
    udpSize =
        Param.integer(
                "udp_size",
                "Largest response over UDP, bytes",
                EdnsOptions.MIN_UDP_SIZE,
                EdnsOptions.MAX_UDP_SIZE,
                rules.udpSize())
            .titled("UDP size, bytes")
            .option(value(Kind.NUMBER, "BYTES", "largest response over UDP", "--bufsize"));
    edns = Param.object("edns", "EDNS options", udpSize, clientSubnet, nsid).titled("EDNS");
    cache = cache(rules.cacheDefault()).titled("From the cache");
    timeout =
        Param.integer(
                "timeout_ms",
                "Time for the whole task with all its queries, milliseconds",
                1,
                (int) rules.maxTimeout().toMillis(),
                (int) rules.timeout().toMillis())
            .titled("Timeout, ms")
            .option(
                value(Kind.TIME, "TIME", "total time for a query, such as 500ms or 5s", "--timeout")
                    .also("--time"))
            .map(Duration::ofMillis);
    retries =
        Param.integer(
                "retries",
                "How often a lost query is repeated; in a trace once at most",
                0,
                MAX_RETRIES,
                rules.retries())
            .titled("Retries")
            .option(
                value(Kind.NUMBER, "N", "how often a lost query is repeated", "--retries")
                    .also("--retry"));
    spec =
        TaskSpec.of(
                "dns_query",
                "Queries DNS resolvers for the records of a name",
                DnsContract.QUERY_TASK,
                domain,
                name,
                type,
                types,
                resolver,
                resolvers,
                dnsClass,
                protocol,
                recursionDesired,
                checkingDisabled,
                dnssecOk,
                edns,
                validate,
                follow,
                trace,
                traceFrom,
                cache,
                timeout,
                retries)
            .exactlyOne(domain, name)
            .notTogether(type, types)
            .notTogether(resolver, resolvers);
  }

  /** The type to announce, with the operator's limits in its schema. */
  public static TaskType of(TaskRules rules) {
    return new DnsQueryType(rules).spec.type();
  }

  private static Param<@Nullable Boolean> cache(CacheDefault cacheDefault) {
    Param<@Nullable Boolean> cache =
        Param.optionalBool(
            "cache",
            "Whether an answer kept from an earlier time will do"
                + (cacheDefault == CacheDefault.DEFAULT_RESOLVERS
                    ? "; it does unless a resolver is named"
                    : ""));
    return cacheDefault == CacheDefault.DEFAULT_RESOLVERS
        ? cache
        : cache.with("default", cacheDefault == CacheDefault.ON);
  }

  /** The declaration as a whole. */
  public TaskSpec spec() {
    return spec;
  }
}
