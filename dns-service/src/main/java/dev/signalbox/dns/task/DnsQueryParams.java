package dev.signalbox.dns.task;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.dnsclient.message.ClientSubnet;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.IpLiterals;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.message.RecordTypes;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.platform.task.TaskParams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Type;

/** Reads the parameters of a {@code dns_query}; every problem names its field and the rule. */
public final class DnsQueryParams {

  static final int MAX_RETRIES = 10;
  static final int MAX_ITEMS = 64;
  static final int LONGEST_TYPE = 16;

  /** Offered to who fills in a form; any other type will do as well. */
  static final List<String> COMMON_TYPES =
      List.of(
          "A", "AAAA", "CNAME", "MX", "NS", "SOA", "TXT", "SRV", "PTR", "CAA", "HTTPS", "SVCB",
          "DS", "DNSKEY", "TLSA", "NAPTR", "ANY");

  static final List<String> PROTOCOLS =
      Arrays.stream(Protocol.values()).map(Protocol::text).toList();

  /** CHAOS is the class in which servers tell about themselves: {@code version.bind} and others. */
  static final List<String> CLASSES = List.of("IN", "CH");

  /** Document 1's words for an empty domain. */
  private static final String NO_DOMAIN = "Please enter a valid domain";

  static final int MAX_ROOTS = 16;

  private static final String BESIDE_TRACE = "must not be given beside trace";
  private static final List<String> NOT_TRACED =
      List.of("resolver", "resolvers", "protocol", "types");

  private static final int SPECS_KEPT = 256;

  private record Named(String text, @Nullable Protocol protocol) {}

  private static final List<Integer> ADDRESS_ALONE = List.of(Type.A);

  private final TaskRules rules;
  private final EdnsOptions standardEdns;

  // A stream names the same few resolvers over and over. Upkeep is not worth another thread.
  private final Cache<Named, ResolverSpec> specs =
      Caffeine.newBuilder().maximumSize(SPECS_KEPT).executor(Runnable::run).build();

  /** A reader for the operator's rules. */
  public DnsQueryParams(TaskRules rules) {
    this.rules = rules;
    this.standardEdns = new EdnsOptions(rules.udpSize(), null, false);
  }

  /** What became of the parameters. */
  public sealed interface Read {

    /** They are right. */
    record Accepted(DnsQuery query) implements Read {}

    /** They are wrong. */
    record Refused(TaskError error) implements Read {}
  }

  /** Reads parameters as they came. */
  public Read read(Map<String, @Nullable Object> raw) {
    if (isBlank(raw.get("domain")) && isBlank(raw.get("name"))) {
      return new Read.Refused(TaskError.badTask(NO_DOMAIN));
    }
    TaskParams params = TaskParams.of(raw);
    String field = params.has("domain") && !isBlank(raw.get("domain")) ? "domain" : "name";
    if (field.equals("domain") && params.has("name")) {
      params.problem("name", "must not be given beside domain");
    }
    // Refused before anything is made of it: a list of types would repeat its problem.
    String domain = params.optionalText(field, DomainNames.LONGEST_TEXT);
    List<Integer> types = types(raw, params);
    @Nullable Protocol protocol = protocol(params);
    List<ResolverSpec> resolvers = resolvers(raw, params, protocol);
    boolean explicitEdns = params.has("edns");
    QueryOptions options = options(params);
    int timeout =
        (int)
            params.integer(
                "timeout_ms", rules.timeout().toMillis(), 1, rules.maxTimeout().toMillis());
    int retries = (int) params.integer("retries", rules.retries(), 0, MAX_RETRIES);
    boolean cached = params.bool("cache", rules.cacheDefault().holds(!resolvers.isEmpty()));
    boolean validate = params.bool("validate", false);
    int dnsClass = DClass.value(params.oneOf("class", "IN", CLASSES));
    if (validate && dnsClass != DClass.IN) {
      params.problem("validate", "must not be given beside a class other than IN");
    }
    boolean trace = params.bool("trace", false);
    List<InetSocketAddress> traceFrom = traceFrom(params, trace);
    boolean follow = params.bool("follow", false);
    if (follow && dnsClass != DClass.IN) {
      params.problem("follow", "must not be given beside a class other than IN");
    }
    if (trace) {
      checkTrace(params, dnsClass, validate, follow);
    }
    boolean several = raw.get("types") != null || raw.get("resolvers") != null;
    List<Question> questions =
        domain == null ? List.of() : questions(params, field, domain, types, dnsClass);
    if (types.size() * Math.max(1, resolvers.size()) > rules.maxQueries()) {
      params.problem("types", "times resolvers must be at most " + rules.maxQueries());
    }
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent()) {
      return new Read.Refused(problem.get());
    }
    return new Read.Accepted(
        new DnsQuery(
            domain == null ? "" : domain,
            questions,
            resolvers,
            protocol == null ? Protocol.UDP : protocol,
            options,
            !explicitEdns && !options.dnssecOk(),
            Duration.ofMillis(timeout),
            retries,
            cached,
            validate,
            trace,
            traceFrom,
            follow,
            several));
  }

  /** A trace finds by itself whom to ask and how, one question at a time, and keeps nothing. */
  private static void checkTrace(
      TaskParams params, int dnsClass, boolean validate, boolean follow) {
    for (String field : NOT_TRACED) {
      if (params.has(field)) {
        params.problem(field, BESIDE_TRACE);
      }
    }
    if (dnsClass != DClass.IN) {
      params.problem("class", "must be IN beside trace");
    }
    if (validate) {
      params.problem("validate", BESIDE_TRACE);
    }
    if (follow) {
      params.problem("follow", BESIDE_TRACE);
    }
    if (params.has("cache") && params.bool("cache", false)) {
      params.problem("cache", BESIDE_TRACE);
    }
    if (params.has("recursion_desired") && params.bool("recursion_desired", false)) {
      params.problem("recursion_desired", BESIDE_TRACE);
    }
  }

  private static List<InetSocketAddress> traceFrom(TaskParams params, boolean trace) {
    List<String> texts = params.texts("trace_from", MAX_ROOTS, ResolverSpec.LONGEST_TEXT);
    if (!params.has("trace_from")) {
      return List.of();
    }
    if (!trace) {
      params.problem("trace_from", "needs trace to be true");
    }
    List<InetSocketAddress> roots = new ArrayList<>();
    for (String text : texts) {
      InetSocketAddress root = parsed(params, "trace_from", text, DnsQueryParams::root);
      if (root == null) {
        return List.of();
      }
      roots.add(root);
    }
    if (params.any("trace_from") instanceof List<?> list && list.isEmpty()) {
      params.problem("trace_from", "must name at least one");
    } else if (roots.stream().anyMatch(root -> root.getPort() != roots.getFirst().getPort())) {
      params.problem("trace_from", "must have the same port everywhere");
    }
    return roots;
  }

  private static InetSocketAddress root(String text) {
    ResolverSpec spec = ResolverSpec.parse(text, Protocol.UDP);
    InetAddress address = IpLiterals.parse(spec.host());
    if (address == null) {
      throw new IllegalArgumentException("must be an IP address, with a port or without");
    }
    return new InetSocketAddress(address, spec.port());
  }

  private static boolean isBlank(@Nullable Object value) {
    return value == null || (value instanceof String text && text.isBlank());
  }

  private static List<Question> questions(
      TaskParams params, String field, String domain, List<Integer> types, int dnsClass) {
    List<Question> questions = new ArrayList<>(types.size());
    for (int type : types) {
      Question question =
          parsed(params, field, domain, text -> DomainNames.question(text, type, dnsClass));
      if (question == null) {
        break;
      }
      questions.add(question);
    }
    return questions;
  }

  private static List<Integer> types(Map<String, @Nullable Object> raw, TaskParams params) {
    return parsedAll(raw, params, "type", "types", LONGEST_TYPE, RecordTypes::parse)
        .orElse(ADDRESS_ALONE);
  }

  private List<ResolverSpec> resolvers(
      Map<String, @Nullable Object> raw, TaskParams params, @Nullable Protocol protocol) {
    return parsedAll(
            raw,
            params,
            "resolver",
            "resolvers",
            ResolverSpec.LONGEST_TEXT,
            text -> spec(text, protocol))
        .orElse(List.of());
  }

  private ResolverSpec spec(String text, @Nullable Protocol protocol) {
    return specs.get(
        new Named(text, protocol), named -> ResolverSpec.parse(named.text(), named.protocol()));
  }

  private static @Nullable Protocol protocol(TaskParams params) {
    if (!params.has("protocol")) {
      return null;
    }
    String word = params.oneOf("protocol", Protocol.UDP.text(), PROTOCOLS);
    return Protocol.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private QueryOptions options(TaskParams params) {
    EdnsOptions edns = edns(params);
    return new QueryOptions(
        params.bool("recursion_desired", true),
        params.bool("checking_disabled", false),
        params.bool("dnssec_ok", false),
        edns);
  }

  private EdnsOptions edns(TaskParams params) {
    if (!params.has("edns")) {
      return standardEdns;
    }
    TaskParams members = params.nested("edns");
    int size =
        (int)
            members.integer(
                "udp_size", rules.udpSize(), EdnsOptions.MIN_UDP_SIZE, EdnsOptions.MAX_UDP_SIZE);
    String subnet = members.optionalText("client_subnet", 64);
    ClientSubnet clientSubnet =
        subnet == null ? null : parsed(members, "client_subnet", subnet, ClientSubnet::parse);
    boolean nsid = members.bool("nsid", false);
    return new EdnsOptions(size, clientSubnet, nsid);
  }

  /** A parameter that may come as one text or as a list of them under its plural. */
  private static <T> Optional<List<T>> parsedAll(
      Map<String, @Nullable Object> raw,
      TaskParams params,
      String one,
      String many,
      int longest,
      Function<String, T> parser) {
    boolean several = params.has(many);
    List<String> texts = params.texts(many, MAX_ITEMS, longest);
    String text = params.optionalText(one, longest);
    if (several && params.has(one)) {
      params.problem(one, "must not be given beside " + many);
    }
    if (raw.get(many) instanceof List<?> list && list.isEmpty()) {
      params.problem(many, "must name at least one");
    }
    if (!several && text != null) {
      texts = List.of(text);
    }
    String field = several ? many : one;
    if (texts.isEmpty()) {
      return Optional.empty();
    }
    Set<T> values = new LinkedHashSet<>(texts.size());
    for (String each : texts) {
      T value = parsed(params, field, each, parser);
      if (value == null) {
        break;
      }
      values.add(value);
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(values));
  }

  private static <T> @Nullable T parsed(
      TaskParams params, String field, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException rule) {
      params.problem(field, String.valueOf(rule.getMessage()));
      return null;
    }
  }
}
