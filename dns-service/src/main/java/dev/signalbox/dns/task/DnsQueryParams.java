package dev.signalbox.dns.task;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.message.ClientSubnet;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.message.Quoted;
import dev.signalbox.dnsclient.message.RecordTypes;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Type;

/** Reads the parameters of a {@code dns_query}; every problem names its field and the rule. */
public final class DnsQueryParams {

  /** Document 1's words for an empty domain. */
  private static final String NO_DOMAIN = "Please enter a valid domain";

  private static final String NO_NAME = "must be a domain name";

  private static final String BESIDE_TRACE = "cannot be combined with trace";

  private static final int SPECS_KEPT = 256;

  /** Questions of one task, types times resolvers: each has a response in the result. */
  private static final int MOST_QUESTIONS = 64;

  private static final int MOST_TRACE_RETRIES = 1;

  private static final int DNS_PORT = 53;

  private static final Pattern ROOT =
      Pattern.compile("(?:\\[(?<v6>[^\\[\\]]+)]|(?<v4>[^:\\[\\]]+))(?::(?<port>[0-9]{1,5}))?");

  private record Named(String text, @Nullable Protocol protocol) {}

  private static final List<Integer> ADDRESS_ALONE = List.of(Type.A);

  private final TaskRules rules;
  private final DnsQueryType task;
  private final EdnsOptions standardEdns;

  // A stream names the same few resolvers over and over. Upkeep is not worth another thread.
  private final Cache<Named, ResolverSpec> specs =
      Caffeine.newBuilder().maximumSize(SPECS_KEPT).executor(Runnable::run).build();

  /** A reader for the operator's rules. */
  public DnsQueryParams(TaskRules rules) {
    this.rules = rules;
    this.task = new DnsQueryType(rules);
    this.standardEdns = new EdnsOptions(rules.udpSize(), null, false);
  }

  /** The result of reading parameters. */
  public sealed interface Read {

    /** They are right. */
    record Accepted(DnsQuery query) implements Read {}

    /** They are wrong: the error of a task, and each problem by itself. */
    record Refused(TaskError error, List<FieldProblem> problems) implements Read {}
  }

  /** Reads parameters as they came. */
  public Read read(Map<String, @Nullable Object> raw) {
    if (isBlank(raw.get("domain")) && isBlank(raw.get("name"))) {
      return new Read.Refused(
          TaskError.badTask(NO_DOMAIN), List.of(new FieldProblem("/name", NO_NAME)));
    }
    TaskParams params = TaskParams.of(raw);
    boolean byDomain = task.domain.isGiven(params) && !isBlank(raw.get("domain"));
    Param<@Nullable String> field = byDomain ? task.domain : task.name;
    if (byDomain) {
      task.name.excludes(task.domain, params);
    }
    // Refused before anything is made of it: a list of types would repeat its problem.
    String domain = field.read(params);
    List<Integer> types =
        parsedAll(params, task.type, task.types, RecordTypes::parse).orElse(ADDRESS_ALONE);
    @Nullable Protocol protocol = task.protocol.isGiven(params) ? task.protocol.read(params) : null;
    List<ResolverSpec> resolvers =
        parsedAll(params, task.resolver, task.resolvers, text -> spec(text, protocol))
            .orElse(List.of());
    boolean explicitEdns = task.edns.isGiven(params);
    QueryOptions options = options(params);
    Duration timeout = task.timeout.read(params);
    int given = task.retries.read(params);
    Boolean cache = task.cache.read(params);
    boolean cached =
        cache == null ? rules.cacheDefault().holds(!resolvers.isEmpty()) : cache.booleanValue();
    boolean validate = task.validate.read(params);
    int dnsClass = task.dnsClass.read(params);
    if (validate && dnsClass != DClass.IN) {
      task.validate.problem(params, "cannot be combined with a class other than IN");
    }
    boolean trace = task.trace.read(params);
    List<InetSocketAddress> traceFrom = traceFrom(params, trace);
    boolean follow = task.follow.read(params);
    if (follow && dnsClass != DClass.IN) {
      task.follow.problem(params, "cannot be combined with a class other than IN");
    }
    if (trace) {
      checkTrace(params, dnsClass, validate, follow, cache, options.recursionDesired());
      checkTransport(params, protocol);
    }
    int retries = trace ? Math.min(given, MOST_TRACE_RETRIES) : given;
    boolean several = task.types.isGiven(params) || task.resolvers.isGiven(params);
    List<Question> questions =
        domain == null ? List.of() : questions(params, field, domain, types, dnsClass);
    int most = Math.min(MOST_QUESTIONS, rules.maxQueries());
    if (types.size() * Math.max(1, resolvers.size()) > most) {
      task.types.problem(params, "times resolvers must be at most " + most);
    }
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent()) {
      return new Read.Refused(problem.get(), params.problems());
    }
    return new Read.Accepted(
        new DnsQuery(
            domain == null ? "" : domain,
            questions,
            resolvers,
            protocol == null ? Protocol.UDP : protocol,
            options,
            !explicitEdns && !options.dnssecOk(),
            timeout,
            retries,
            cached,
            validate,
            trace,
            traceFrom,
            follow,
            several));
  }

  /** A trace chooses servers and options itself, has one question and uses no cache. */
  private void checkTrace(
      TaskParams params,
      int dnsClass,
      boolean validate,
      boolean follow,
      @Nullable Boolean cache,
      boolean recursionDesired) {
    for (Param<?> param : List.of(task.resolver, task.resolvers, task.types)) {
      if (param.isGiven(params)) {
        param.problem(params, BESIDE_TRACE);
      }
    }
    if (dnsClass != DClass.IN) {
      task.dnsClass.problem(params, "must be IN beside trace");
    }
    if (validate) {
      task.validate.problem(params, BESIDE_TRACE);
    }
    if (follow) {
      task.follow.problem(params, BESIDE_TRACE);
    }
    if (Boolean.TRUE.equals(cache)) {
      task.cache.problem(params, BESIDE_TRACE);
    }
    if (params.any(task.recursionDesired.name()) instanceof Boolean && recursionDesired) {
      task.recursionDesired.problem(params, "must be false beside trace");
    }
  }

  /** What a trace sends goes to servers of strangers: by UDP first, and repeated once at most. */
  private void checkTransport(TaskParams params, @Nullable Protocol protocol) {
    if (protocol != null && protocol != Protocol.UDP) {
      task.protocol.problem(params, "must be udp beside trace");
    }
    // As it was written: what is out of range has a problem already, and its default instead.
    long retries =
        RequestObject.wholeNumber(params.any(task.retries.name())).orElse(MOST_TRACE_RETRIES);
    if (retries > MOST_TRACE_RETRIES && retries <= DnsQueryType.MAX_RETRIES) {
      task.retries.problem(params, "must be at most " + MOST_TRACE_RETRIES + " beside trace");
    }
  }

  private List<InetSocketAddress> traceFrom(TaskParams params, boolean trace) {
    List<String> texts = task.traceFrom.read(params);
    if (!task.traceFrom.isGiven(params)) {
      return List.of();
    }
    if (!trace) {
      task.traceFrom.problem(params, "needs trace to be true");
    }
    List<InetSocketAddress> roots = new ArrayList<>();
    for (String text : texts) {
      InetSocketAddress root = parsed(params, task.traceFrom, text, DnsQueryParams::root);
      if (root == null) {
        return List.of();
      }
      roots.add(root);
    }
    if (roots.stream().anyMatch(root -> root.getPort() != roots.getFirst().getPort())) {
      task.traceFrom.problem(params, "must have the same port everywhere");
    }
    return roots;
  }

  private static InetSocketAddress root(String text) {
    Optional<InetAddress> alone = IpLiteral.parse(text);
    if (alone.isPresent()) {
      return new InetSocketAddress(alone.get(), DNS_PORT);
    }
    Matcher form = ROOT.matcher(text);
    if (!form.matches()) {
      throw unreadableRoot(text);
    }
    String v6 = form.group("v6");
    InetAddress address =
        IpLiteral.parse(v6 == null ? form.group("v4") : v6)
            .filter(read -> v6 == null || v6.indexOf(':') >= 0)
            .orElseThrow(() -> unreadableRoot(text));
    String port = form.group("port");
    int number = port == null ? DNS_PORT : Integer.parseInt(port);
    if (number < 1 || number > 65_535) {
      throw new IllegalArgumentException("must have a port of 1 to 65535, not " + number);
    }
    return new InetSocketAddress(address, number);
  }

  private static IllegalArgumentException unreadableRoot(String text) {
    return new IllegalArgumentException(
        "must be an IP address, IPv4:port or [IPv6]:port, but is " + Quoted.of(text));
  }

  /** Reads a request, by the rules of the parameters that mean the same. */
  public Read read(DnsQueryRequest request) {
    Map<String, @Nullable Object> raw = new HashMap<>();
    raw.put(task.name.name(), request.name());
    put(raw, task.type, task.types, request.types());
    put(raw, task.resolver, task.resolvers, request.resolvers());
    raw.put(task.dnsClass.name(), request.dnsClass());
    raw.put(task.protocol.name(), request.protocol());
    raw.put(task.recursionDesired.name(), request.recursionDesired());
    raw.put(task.checkingDisabled.name(), request.checkingDisabled());
    raw.put(task.dnssecOk.name(), request.dnssecOk());
    DnsQueryRequest.Edns edns = request.edns();
    if (edns != null) {
      Map<String, @Nullable Object> members = new HashMap<>();
      members.put(task.udpSize.name(), edns.udpSize());
      members.put(task.clientSubnet.name(), edns.clientSubnet());
      members.put(task.nsid.name(), edns.nsid());
      raw.put(task.edns.name(), members);
    }
    raw.put(task.validate.name(), request.validate());
    raw.put(task.cache.name(), request.cache());
    raw.put(task.timeout.name(), request.timeoutMs());
    raw.put(task.retries.name(), request.retries());
    return read(raw);
  }

  /** One text under its name, several under the plural, none under neither. */
  private static void put(
      Map<String, @Nullable Object> raw, Param<?> one, Param<?> many, List<String> texts) {
    if (texts.size() == 1) {
      raw.put(one.name(), texts.getFirst());
    } else if (!texts.isEmpty()) {
      raw.put(many.name(), texts);
    }
  }

  private static boolean isBlank(@Nullable Object value) {
    return value == null || (value instanceof String text && text.isBlank());
  }

  private static List<Question> questions(
      TaskParams params, Param<?> field, String domain, List<Integer> types, int dnsClass) {
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

  private ResolverSpec spec(String text, @Nullable Protocol protocol) {
    return specs.get(
        new Named(text, protocol), named -> ResolverSpec.parse(named.text(), named.protocol()));
  }

  private QueryOptions options(TaskParams params) {
    EdnsOptions edns = edns(params);
    return new QueryOptions(
        task.recursionDesired.read(params),
        task.checkingDisabled.read(params),
        task.dnssecOk.read(params),
        edns);
  }

  private EdnsOptions edns(TaskParams params) {
    if (!task.edns.isGiven(params)) {
      return standardEdns;
    }
    TaskParams members = task.edns.read(params);
    int size = task.udpSize.read(members);
    String subnet = task.clientSubnet.read(members);
    ClientSubnet clientSubnet =
        subnet == null ? null : parsed(members, task.clientSubnet, subnet, ClientSubnet::parse);
    return new EdnsOptions(size, clientSubnet, task.nsid.read(members));
  }

  /** A parameter that may come as one text or as a list of them under its plural. */
  private static <T> Optional<List<T>> parsedAll(
      TaskParams params,
      Param<? extends @Nullable String> one,
      Param<List<String>> many,
      Function<String, T> parser) {
    boolean several = many.isGiven(params);
    List<String> texts = many.read(params);
    boolean given = one.isGiven(params);
    String text = given ? one.read(params) : null;
    one.excludes(many, params);
    if (!several && text != null) {
      texts = List.of(text);
    }
    Param<?> field = several ? many : one;
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
      TaskParams params, Param<?> field, String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException rule) {
      field.problem(params, String.valueOf(rule.getMessage()));
      return null;
    }
  }
}
