package dev.signalbox.dns.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.Quoted;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.platform.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DnsQueryParamsTest {

  private static final TaskRules RULES =
      new TaskRules(
          Duration.ofSeconds(5),
          Duration.ofSeconds(7),
          2,
          64,
          1232,
          CacheDefault.DEFAULT_RESOLVERS);
  private static final DnsQueryParams PARAMS = new DnsQueryParams(RULES);

  @Test
  void takesTheDefaults() {
    DnsQuery query = accepted(Map.of("domain", "example.com"));

    assertThat(query.domain()).isEqualTo("example.com");
    assertThat(query.questions()).hasSize(1);
    assertThat(query.questions().getFirst().typeText()).isEqualTo("A");
    assertThat(query.resolvers()).isEmpty();
    assertThat(query.protocol()).isEqualTo(Protocol.UDP);
    assertThat(query.options().recursionDesired()).isTrue();
    assertThat(query.options().dnssecOk()).isFalse();
    assertThat(query.options().edns()).isEqualTo(new EdnsOptions(1232, null, false));
    assertThat(query.plainAllowed()).isTrue();
    assertThat(query.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(query.retries()).isEqualTo(2);
    assertThat(query.several()).isFalse();
  }

  @Test
  void givenARequestWithEverythingSet_whenItIsRead_thenItIsTheQueryOfTheSameParameters() {
    DnsQueryRequest request =
        new DnsQueryRequest(
            "example.com",
            List.of("A", "AAAA"),
            List.of("192.0.2.53"),
            "CH",
            "tcp",
            false,
            true,
            true,
            new DnsQueryRequest.Edns(4_096, "192.0.2.0/24", true),
            false,
            true,
            1_000,
            3);
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("domain", "example.com");
    params.put("types", List.of("A", "AAAA"));
    params.put("resolver", "192.0.2.53");
    params.put("class", "CH");
    params.put("protocol", "tcp");
    params.put("recursion_desired", false);
    params.put("checking_disabled", true);
    params.put("dnssec_ok", true);
    params.put("edns", Map.of("udp_size", 4_096, "client_subnet", "192.0.2.0/24", "nsid", true));
    params.put("cache", true);
    params.put("timeout_ms", 1_000);
    params.put("retries", 3);

    assertThat(PARAMS.read(request))
        .usingRecursiveComparison()
        .isEqualTo(new DnsQueryParams.Read.Accepted(accepted(params)));
  }

  @Test
  void takesEverythingThatCanBeSaid() {
    Map<String, Object> raw =
        Map.of(
            "name",
            "example.com",
            "types",
            List.of("a", "AAAA", "A", "TYPE65"),
            "resolvers",
            List.of("tcp://192.0.2.1", "[2001:db8::1]:5353"),
            "recursion_desired",
            false,
            "checking_disabled",
            true,
            "dnssec_ok",
            true,
            "edns",
            Map.of("udp_size", 4096, "nsid", true, "client_subnet", "192.0.2.0/24"),
            "timeout_ms",
            1,
            "retries",
            0);

    DnsQuery query = accepted(raw);

    assertThat(query.questions())
        .extracting(q -> q.typeText())
        .containsExactly("A", "AAAA", "HTTPS");
    assertThat(query.resolvers()).hasSize(2);
    assertThat(query.options().edns().nsid()).isTrue();
    assertThat(query.plainAllowed()).isFalse();
    assertThat(query.timeout()).isEqualTo(Duration.ofMillis(1));
    assertThat(query.several()).isTrue();
  }

  static List<Object[]> refusals() {
    String long10k = "a".repeat(10_000);
    return List.of(
        refusal("domain must be a string", "domain", 5),
        refusal("domain must be a string", "domain", List.of("a")),
        refusal("domain must be at most 1020 characters", "domain", long10k),
        refusal("domain must not contain control characters", "domain", "a\0b"),
        refusal("domain must not contain control characters", "domain", "a\nb"),
        refusal("domain must not contain spaces or control characters", "domain", "a b"),
        refusal("domain must not contain an empty label", "domain", "a..b"),
        refusal("name must not contain an empty label", "name", "a..b"),
        refusal("name cannot be combined with domain", "domain", "a", "name", "b"),
        refusal("type must be a string", "domain", "a", "type", 1),
        refusal(
            "type must be a record type such as A, MX or TYPE65, but is \"BOGUS\"",
            "domain",
            "a",
            "type",
            "BOGUS"),
        refusal("class must be one of IN, CH", "domain", "a", "class", "XX"),
        refusal(
            "validate cannot be combined with a class other than IN",
            "domain",
            "a",
            "class",
            "ch",
            "validate",
            true),
        refusal("type AXFR cannot be asked for", "domain", "a", "type", "AXFR"),
        refusal(
            "type cannot be combined with types",
            "domain",
            "a",
            "type",
            "A",
            "types",
            List.of("A")),
        refusal("types must be an array", "domain", "a", "types", "A"),
        refusal("types must name at least one", "domain", "a", "types", List.of()),
        refusal(
            "resolver must be host[:port], tls://host[:port] or https://host/path,"
                + " but is \"ftp://x\"",
            "domain",
            "a",
            "resolver",
            "ftp://x"),
        refusal(
            "resolvers must have a port of 1 to 65535, not 0",
            "domain",
            "a",
            "resolvers",
            List.of("192.0.2.1:0")),
        refusal("protocol must be one of udp, tcp, tls, https", "domain", "a", "protocol", "quic"),
        refusal("timeout_ms must be between 1 and 7000", "domain", "a", "timeout_ms", 0),
        refusal("timeout_ms must be between 1 and 7000", "domain", "a", "timeout_ms", 7001),
        refusal(
            "timeout_ms must be a whole number between 1 and 7000",
            "domain",
            "a",
            "timeout_ms",
            1.5),
        refusal("retries must be between 0 and 10", "domain", "a", "retries", -1),
        refusal("dnssec_ok must be true or false", "domain", "a", "dnssec_ok", "yes"),
        refusal("edns must be an object", "domain", "a", "edns", 1232),
        refusal(
            "edns/udp_size must be between 512 and 4096",
            "domain",
            "a",
            "edns",
            Map.of("udp_size", 100)),
        refusal(
            "edns/client_subnet must be an IP address with a prefix length",
            "domain",
            "a",
            "edns",
            Map.of("client_subnet", "everybody")),
        refusal("edns/cookie is not a parameter", "domain", "a", "edns", Map.of("cookie", 1)),
        refusal(
            "follow cannot be combined with a class other than IN",
            "domain",
            "a",
            "class",
            "CH",
            "follow",
            true),
        refusal("trace must be true or false", "domain", "a", "trace", 1),
        traced("resolver cannot be combined with trace", "resolver", "192.0.2.1"),
        traced("resolvers cannot be combined with trace", "resolvers", List.of("192.0.2.1")),
        traced("protocol must be udp beside trace", "protocol", "tcp"),
        traced("protocol must be udp beside trace", "protocol", "https"),
        traced("retries must be at most 1 beside trace", "retries", 2),
        traced("retries must be between 0 and 10", "retries", 11),
        traced("types cannot be combined with trace", "types", List.of("A")),
        traced("class must be IN beside trace", "class", "CH"),
        traced("validate cannot be combined with trace", "validate", true),
        traced("follow cannot be combined with trace", "follow", true),
        traced("cache cannot be combined with trace", "cache", true),
        traced("cache must be true or false", "cache", "x"),
        traced("recursion_desired must be true or false", "recursion_desired", "x"),
        traced("recursion_desired must be false beside trace", "recursion_desired", true),
        refusal("trace_from needs trace to be true", "domain", "a", "trace_from", List.of("::1")),
        traced("trace_from must be an array", "trace_from", "192.0.2.1"),
        traced("trace_from must name at least one", "trace_from", List.of()),
        notARoot("a.root-servers.net"),
        notARoot("localhost:53"),
        notARoot("tls://192.0.2.1"),
        notARoot("https://192.0.2.1/dns-query"),
        notARoot("udp://192.0.2.1"),
        notARoot("192.0.2.1/"),
        notARoot("192.0.2.01"),
        notARoot("127.1"),
        notARoot("[192.0.2.1]:53"),
        notARoot("2001:db8::1:99999"),
        notARoot("[2001:db8::1"),
        notARoot("[2001:db8::1]:"),
        notARoot("[fe80::1%eth0]:53"),
        notARoot("192.0.2.1:"),
        notARoot(":53"),
        traced(
            "trace_from must have the same port everywhere",
            "trace_from",
            List.of("192.0.2.1", "192.0.2.2:54")),
        traced(
            "trace_from must have a port of 1 to 65535, not 0",
            "trace_from",
            List.of("192.0.2.1:0")),
        refusal("color is not a parameter", "domain", "a", "color", "red"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesNamingFieldAndRule(String message, Map<String, Object> raw) {
    assertThat(PARAMS.read(raw))
        .isInstanceOfSatisfying(
            DnsQueryParams.Read.Refused.class,
            refused -> {
              assertThat(refused.error().code()).isEqualTo("BAD_TASK");
              assertThat(refused.error().message()).isEqualTo(message);
              assertThat(refused.error().source()).isNull();
            });
  }

  @Test
  void refusesMoreQueriesThanAllowed() {
    List<String> types = List.of("A", "AAAA", "MX", "TXT", "NS");
    List<String> resolvers = IntStream.range(1, 15).mapToObj(i -> "192.0.2." + i).toList();

    assertThat(PARAMS.read(Map.of("domain", "a", "types", types, "resolvers", resolvers)))
        .isInstanceOfSatisfying(
            DnsQueryParams.Read.Refused.class,
            refused ->
                assertThat(refused.error().message())
                    .isEqualTo("types times resolvers must be at most 64"));
  }

  @Property
  void endsAnyParametersInAQueryOrAProblem(@ForAll("anything") Map<String, Object> raw) {
    DnsQueryParams.Read read = PARAMS.read(raw);

    if (read instanceof DnsQueryParams.Read.Refused refused) {
      assertThat(refused.error().code()).isEqualTo("BAD_TASK");
      assertThat(refused.error().message()).isNotBlank();
    }
  }

  @Test
  void describesItselfWithASchemaToMakeAFormFrom() {
    var schema = Json.tree(DnsQueryType.of(RULES).paramsSchema());

    assertThat(schema.at("/additionalProperties").asBoolean()).isFalse();
    assertThat(schema.at("/properties/timeout_ms/maximum").asInt()).isEqualTo(7000);
    assertThat(schema.at("/properties/protocol/enum").toString())
        .isEqualTo("[\"udp\",\"tcp\",\"tls\",\"https\"]");
    assertThat(schema.at("/properties/edns/properties/udp_size/default").asInt()).isEqualTo(1232);
    assertThat(schema.at("/properties/type/examples").toString()).contains("\"MX\"", "\"HTTPS\"");
    assertThat(schema.at("/properties/domain/examples/0").asText()).isEqualTo("example.com");
    // Not the same for all tasks, so none is claimed.
    assertThat(schema.at("/properties/cache").has("default")).isFalse();
    assertThat(schema.at("/properties/validate/default").asBoolean()).isFalse();
    assertThat(schema.at("/properties"))
        .allSatisfy(field -> {
          assertThat(field.path("title").asText()).isNotBlank();
          assertThat(field.path("description").asText()).isNotBlank();
        });
    assertThat(schema.at("/allOf").toString())
        .contains("{\"oneOf\":[{\"required\":[\"domain\"]},{\"required\":[\"name\"]}]}")
        .contains("{\"not\":{\"required\":[\"type\",\"types\"]}}");
  }

  @Provide
  Arbitrary<Map<String, Object>> anything() {
    Arbitrary<String> names =
        Arbitraries.of(
            "domain",
            "name",
            "type",
            "types",
            "resolver",
            "resolvers",
            "protocol",
            "edns",
            "timeout_ms",
            "retries",
            "dnssec_ok",
            "recursion_desired",
            "trace",
            "trace_from",
            "follow",
            "x");
    Arbitrary<Object> scalars =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(80).map(s -> s),
            Arbitraries.of("a.test", "A", "udp", "192.0.2.1", "tls://x").map(s -> s),
            Arbitraries.integers().map(i -> i),
            Arbitraries.doubles().map(d -> d),
            Arbitraries.of(true, false).map(b -> b));
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            scalars,
            scalars.list().ofMaxSize(5).map(l -> l),
            Arbitraries.maps(Arbitraries.of("udp_size", "nsid", "client_subnet"), scalars)
                .ofMaxSize(3)
                .map(m -> m));
    return Arbitraries.maps(names, values).ofMaxSize(8);
  }

  @Test
  void takesATraceFromServersOfOnesOwn() {
    DnsQuery query =
        accepted(
            Map.of(
                "domain",
                "a",
                "trace",
                true,
                "trace_from",
                List.of("192.0.2.1:5300", "[2001:db8::1]:5300")));
    DnsQuery standard =
        accepted(
            Map.of(
                "domain",
                "a",
                "trace",
                true,
                "trace_from",
                List.of("192.0.2.1", "2001:db8::1", "[2001:db8::2]")));

    assertThat(standard.traceFrom())
        .extracting(InetSocketAddress::getPort)
        .containsExactly(53, 53, 53);

    assertThat(query.trace()).isTrue();
    assertThat(query.traceFrom())
        .containsExactly(
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5300),
            new InetSocketAddress(InetAddress.ofLiteral("2001:db8::1"), 5300));
  }

  @Test
  void takesBesideATraceWhatItDoesAnyway() {
    Map<String, Object> raw =
        Map.of(
            "domain",
            "a",
            "trace",
            true,
            "validate",
            false,
            "follow",
            false,
            "cache",
            false,
            "recursion_desired",
            false,
            "protocol",
            "udp",
            "retries",
            1);

    assertThat(accepted(raw).trace()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 2"})
  void repeatsALostQueryOnceByDefaultInATrace(boolean trace, int retries) {
    assertThat(accepted(Map.of("domain", "a", "trace", trace)).retries()).isEqualTo(retries);
  }

  private static Object[] notARoot(String text) {
    return traced(
        "trace_from must be an IP address, IPv4:port or [IPv6]:port, but is " + Quoted.of(text),
        "trace_from",
        List.of(text));
  }

  private static Object[] traced(String message, String name, Object value) {
    return refusal(message, "domain", "a", "trace", true, name, value);
  }

  private static Object[] refusal(String message, Object... namesAndValues) {
    Map<String, Object> raw = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      raw.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Object[] {message, raw};
  }

  private static DnsQuery accepted(Map<String, Object> raw) {
    DnsQueryParams.Read read = PARAMS.read(raw);
    assertThat(read).isInstanceOf(DnsQueryParams.Read.Accepted.class);
    return ((DnsQueryParams.Read.Accepted) read).query();
  }
}
