package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsFailure;
import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsResults;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.ReceivedQuery;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.Rcode;

/** The service as the bus sees it, against a server that behaves and misbehaves. */
class DnsServiceTest {

  private static TestNode node;
  private FakeDnsServer dns;

  @BeforeAll
  static void startNode() {
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of("resolver.upstreams", "127.0.0.1:9", "guard.allow-private", "true"));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void startServer() {
    dns = FakeDnsServer.start();
  }

  @AfterEach
  void stopServer() {
    dns.close();
  }

  @Test
  void answersWithTheWholeResultShape() {
    dns.record("example.test. 300 IN A 192.0.2.7");

    TaskReply.Finished reply = finished(params("domain", "example.test", "retries", 0));

    JsonNode json = Json.tree(reply.result());
    assertThat(reply.failure()).isNull();
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "domain",
            "ip_address",
            "rcode",
            "rcode_value",
            "flags",
            "question",
            "answers",
            "authority",
            "additional",
            "malformed",
            "edns",
            "dnssec",
            "resolver",
            "protocol",
            "tcp_fallback",
            "attempts",
            "cached",
            "timings_ms",
            "trace",
            "followed",
            "not_followed");
    assertThat(json.at("/domain").asText()).isEqualTo("example.test");
    assertThat(json.at("/ip_address").asText()).isEqualTo("192.0.2.7");
    assertThat(json.at("/rcode").asText()).isEqualTo("NOERROR");
    assertThat(json.at("/rcode_value").asInt()).isZero();
    assertThat(json.at("/flags").fieldNames())
        .toIterable()
        .containsExactly("aa", "tc", "rd", "ra", "ad", "cd");
    assertThat(json.at("/flags/ra").asBoolean()).isTrue();
    assertThat(json.at("/question/0").toString())
        .isEqualTo("{\"name\":\"example.test.\",\"type\":\"A\"}");
    assertThat(json.at("/answers/0").toString())
        .isEqualTo(
            "{\"name\":\"example.test.\",\"type\":\"A\",\"ttl\":300,\"data\":\"192.0.2.7\"}");
    assertThat(json.at("/edns/udp_size").asInt()).isEqualTo(1232);
    assertThat(json.at("/resolver").asText()).isEqualTo(dns.resolver());
    assertThat(json.at("/protocol").asText()).isEqualTo("udp");
    assertThat(json.at("/tcp_fallback").asBoolean()).isFalse();
    assertThat(json.at("/attempts").asInt()).isEqualTo(1);
    assertThat(json.at("/timings_ms/connect").isNull()).isTrue();
    assertThat(json.at("/timings_ms/tls").isNull()).isTrue();
    assertThat(json.at("/timings_ms/query").asDouble()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A|192.0.2.1",
        "AAAA|2001:db8::1",
        "CNAME|other.test.",
        "MX|10 mail.test.",
        "TXT|\"v=spf1 -all\" \"second\"",
        "NS|ns1.test.",
        "SOA|ns1.test. admin.test. 1 7200 900 1209600 86400",
        "SRV|0 5 443 host.test.",
        "PTR|host.test.",
        "CAA|0 issue \"ca.test\"",
        "HTTPS|1 . alpn=h2,h3",
        "TYPE65280|\\# 3 010203",
      })
  void answersEveryType(String type, String data) {
    dns.record("name.test. 60 IN " + type + " " + data);

    DnsResult result = result(params("domain", "name.test", "type", type));

    assertThat(result.answers()).containsExactly(new DnsRecord("name.test.", type, 60, data));
    assertThat(result.question()).containsExactly(new DnsQuestion("name.test.", type));
  }

  @Test
  void followsAnAliasToItsAddress() {
    dns.record("www.test. 60 IN CNAME host.test.").record("host.test. 60 IN A 192.0.2.9");

    DnsResult result = result(params("domain", "www.test"));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.9");
    assertThat(result.answers()).extracting(DnsRecord::type).containsExactly("CNAME", "A");
  }

  @Test
  void asksForTheReverseNameOfABareAddress() {
    dns.record("1.2.0.192.in-addr.arpa. 60 IN PTR host.test.");

    DnsResult result = result(params("domain", "192.0.2.1", "type", "PTR"));

    assertThat(result.domain()).isEqualTo("192.0.2.1");
    assertThat(result.answers()).extracting(DnsRecord::data).containsExactly("host.test.");
  }

  @Test
  void callsAMissingNameAFindingThatTheClassicFaceShowsAsError() {
    dns.record("test. 60 IN SOA ns1.test. admin.test. 1 7200 900 1209600 86400");

    TaskReply.Finished reply = finished(params("domain", "nowhere.test"));

    assertThat(reply.failure())
        .isEqualTo("Failed to resolve domain: nowhere.test does not exist (NXDOMAIN)");
    DnsResult result = (DnsResult) reply.result();
    assertThat(result.rcode()).isEqualTo("NXDOMAIN");
    assertThat(result.rcodeValue()).isEqualTo(3);
    assertThat(result.ipAddress()).isNull();
    assertThat(result.authority()).extracting(DnsRecord::type).containsExactly("SOA");
  }

  @Test
  void callsANameWithoutAddressAFinding() {
    dns.record("mail.test. 60 IN MX 10 mx.test.");

    TaskReply.Finished reply = finished(params("domain", "mail.test"));

    assertThat(reply.failure())
        .isEqualTo("Failed to resolve domain: mail.test has no IPv4 address");
  }

  @Test
  void callsAnEmptyAnswerToAnotherTypeASuccess() {
    dns.record("mail.test. 60 IN A 192.0.2.1");

    TaskReply.Finished reply = finished(params("domain", "mail.test", "type", "MX"));

    assertThat(reply.failure()).isNull();
    assertThat(((DnsResult) reply.result()).answers()).isEmpty();
  }

  @Test
  void reportsARefusalWithItsCode() {
    dns.script("refused.test", DnsBehaviour.rcode(Rcode.REFUSED));

    TaskReply.Finished reply = finished(params("domain", "refused.test"));

    assertThat(reply.failure())
        .isEqualTo(
            "Failed to resolve domain: refused.test: " + dns.resolver() + " answered REFUSED");
    assertThat(((DnsResult) reply.result()).rcode()).isEqualTo("REFUSED");
  }

  @Test
  void fallsBackToTcpWhenTheAnswerIsCutShort() {
    dns.record("long.test. 60 IN A 192.0.2.3").script("long.test", DnsBehaviour.truncate());

    DnsResult result = result(params("domain", "long.test", "retries", 0));

    assertThat(result.protocol()).isEqualTo("tcp");
    assertThat(result.tcpFallback()).isTrue();
    assertThat(result.flags().tc()).isFalse();
    assertThat(result.ipAddress()).isEqualTo("192.0.2.3");
    assertThat(result.attempts()).isEqualTo(2);
    assertThat(result.timingsMs().connect()).isNotNull();
  }

  @Test
  void fetchesAnAnswerLargerThanAnyDatagram() {
    for (int i = 0; i < 200; i++) {
      dns.record("big.test. 60 IN TXT \"" + "x".repeat(200) + i + "\"");
    }

    DnsResult result = result(params("domain", "big.test", "type", "TXT"));

    assertThat(result.answers()).hasSize(200);
    assertThat(result.tcpFallback()).isTrue();
  }

  @Test
  void usesTcpAloneWhenTold() {
    dns.record("a.test. 60 IN A 192.0.2.1");

    DnsResult result = result(params("domain", "a.test", "protocol", "tcp"));

    assertThat(result.protocol()).isEqualTo("tcp");
    assertThat(result.tcpFallback()).isFalse();
    assertThat(dns.queries()).extracting(ReceivedQuery::tcp).containsExactly(true);
  }

  @Test
  void usesOneTcpConnectionOfEachEventLoopForManyQueries() {
    dns.record("a.test. 60 IN A 192.0.2.1");
    Map<String, String> oneEventLoop =
        Map.of(
            "resolver.upstreams",
            dns.resolver(),
            "guard.allow-private",
            "true",
            "platform.threads",
            "1");
    try (TestNode single = TestNode.start(DnsMain.SERVICE, oneEventLoop)) {
      TaskRequest task =
          new TaskRequest("dns_query", params("domain", "a.test", "protocol", "tcp"));
      DnsResult first = result(single.call(DnsContract.QUERY_TASK, task));
      DnsResult second = result(single.call(DnsContract.QUERY_TASK, task));

      assertThat(dns.queries()).extracting(ReceivedQuery::clientPort).hasSize(2);
      assertThat(dns.queries().get(0).clientPort()).isEqualTo(dns.queries().get(1).clientPort());
      assertThat(first.timingsMs().connect()).isNotNull();
      assertThat(second.timingsMs().connect()).isNull();
    }
  }

  private static DnsResult result(TaskReply reply) {
    return (DnsResult) ((TaskReply.Finished) reply).result();
  }

  @Test
  void opensAnotherConnectionWhenTheServerClosesOne() {
    dns.record("a.test. 60 IN A 192.0.2.1")
        .script("a.test", DnsBehaviour.close(), DnsBehaviour.answer());

    DnsResult result = result(params("domain", "a.test", "protocol", "tcp"));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(result.attempts()).isEqualTo(2);
  }

  @Test
  void sendsALostQuestionAgain() {
    dns.record("lossy.test. 60 IN A 192.0.2.1")
        .script("lossy.test", DnsBehaviour.drop(), DnsBehaviour.drop(), DnsBehaviour.answer());

    DnsResult result = result(params("domain", "lossy.test", "timeout_ms", 3_000));

    assertThat(result.attempts()).isEqualTo(3);
    assertThat(dns.queries()).extracting(ReceivedQuery::id).hasSize(3).containsOnly(id(0));
  }

  @Test
  void takesTheLateAnswerToAnEarlierSending() {
    dns.record("late.test. 60 IN A 192.0.2.1")
        .script(
            "late.test",
            DnsBehaviour.delay(Duration.ofMillis(600), DnsBehaviour.answer()),
            DnsBehaviour.drop());

    DnsResult result = result(params("domain", "late.test", "timeout_ms", 1400, "retries", 2));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void failsWithATimeoutWhenNobodyAnswers() {
    dns.script("silent.test", DnsBehaviour.drop());

    TaskError error = error(params("domain", "silent.test", "timeout_ms", 200, "retries", 1));

    assertThat(error)
        .isEqualTo(
            new TaskError(
                "TIMEOUT",
                "Failed to resolve domain: silent.test: "
                    + dns.resolver()
                    + " did not answer in time",
                "query",
                "resolver",
                true));
    await().untilAsserted(() -> assertThat(dns.queries()).hasSize(2));
  }

  @Test
  void failsWithATimeoutWhenTcpStaysSilent() {
    dns.script("silent.test", DnsBehaviour.drop());

    TaskError error = error(params("domain", "silent.test", "timeout_ms", 200, "protocol", "tcp"));

    assertThat(error.code()).isEqualTo("TIMEOUT");
  }

  @Test
  void failsAtOnceWhenNobodyListens() throws IOException {
    int closedPort;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      closedPort = socket.getLocalPort();
    }

    TaskError udp = error(params("domain", "a.test", "resolver", "127.0.0.1:" + closedPort));
    TaskError tcp =
        error(params("domain", "a.test", "resolver", "127.0.0.1:" + closedPort, "protocol", "tcp"));

    assertThat(udp.code()).isEqualTo("CONNECT");
    assertThat(udp.source()).isEqualTo("resolver");
    assertThat(udp.retryable()).isTrue();
    assertThat(udp.message())
        .isEqualTo(
            "Failed to resolve domain: a.test: 127.0.0.1:" + closedPort + " cannot be reached");
    assertThat(tcp.code()).isEqualTo("CONNECT");
  }

  @Test
  void ignoresAnAnswerWithAnotherId() {
    dns.record("spoof.test. 60 IN A 192.0.2.1")
        .script("spoof.test", DnsBehaviour.wrongId(), DnsBehaviour.answer());

    DnsResult result = result(params("domain", "spoof.test", "timeout_ms", 3_000, "retries", 1));

    assertThat(result.attempts()).isEqualTo(2);
  }

  @Test
  void ignoresAnAnswerToAnotherQuestion() {
    dns.record("spoof.test. 60 IN A 192.0.2.1")
        .script("spoof.test", DnsBehaviour.wrongQuestion(), DnsBehaviour.answer());

    DnsResult result = result(params("domain", "spoof.test", "timeout_ms", 3_000, "retries", 1));

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void ignoresAnAnswerFromAnotherPort() {
    dns.record("spoof.test. 60 IN A 192.0.2.1")
        .script("spoof.test", DnsBehaviour.fromAnotherPort());

    TaskError error = error(params("domain", "spoof.test", "timeout_ms", 300));

    assertThat(error.code()).isEqualTo("TIMEOUT");
  }

  @Test
  void ignoresDatagramsThatAreNoMessages() {
    dns.record("noise.test. 60 IN A 192.0.2.1")
        .script(
            "noise.test",
            DnsBehaviour.all(
                DnsBehaviour.bytes(),
                DnsBehaviour.bytes((byte) 1),
                exchange -> exchange.send(new byte[4096]),
                exchange -> exchange.send(exchange.wire()),
                DnsBehaviour.answer()));

    DnsResult result = result(params("domain", "noise.test", "retries", 0));

    assertThat(result.attempts()).isEqualTo(1);
    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void turnsToTcpWhenADatagramCannotBeRead() {
    dns.record("broken.test. 60 IN A 192.0.2.1")
        .script(
            "broken.test",
            DnsBehaviour.byProtocol(DnsBehaviour.malformed(), DnsBehaviour.answer()));

    DnsResult result = result(params("domain", "broken.test"));

    assertThat(result.protocol()).isEqualTo("tcp");
    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void failsWithAProtocolErrorWhenNothingCanBeRead() {
    dns.record("broken.test. 60 IN A 192.0.2.1").script("broken.test", DnsBehaviour.malformed());

    TaskError error = error(params("domain", "broken.test"));

    assertThat(error.code()).isEqualTo("PROTOCOL");
    assertThat(error.retryable()).isFalse();
  }

  @Test
  void turnsToTcpWhenTheServerFoldsCase() {
    dns.record("averylongnamewithmanyletters.test. 60 IN A 192.0.2.1")
        .script(
            "averylongnamewithmanyletters.test",
            DnsBehaviour.byProtocol(DnsBehaviour.lowerCase(), DnsBehaviour.answer()));

    DnsResult result = result(params("domain", "averylongnamewithmanyletters.test"));

    assertThat(result.protocol()).isEqualTo("tcp");
    assertThat(result.tcpFallback()).isTrue();
  }

  @Test
  void sendsNamesInRandomCaseAndShowsThemAsAsked() {
    String name = "averylongnamewithmanyletters.test";
    dns.record(name + ". 60 IN A 192.0.2.1");

    DnsResult result = result(params("domain", name));

    assertThat(dns.queries().getFirst().name())
        .isNotEqualTo(name + ".")
        .isEqualToIgnoringCase(name + ".");
    assertThat(result.question().getFirst().name()).isEqualTo(name + ".");
    assertThat(result.answers().getFirst().name()).isEqualTo(name + ".");
  }

  @Test
  void variesIdsAndSourcePorts() {
    Set<Integer> ids = new HashSet<>();
    Set<Integer> ports = new HashSet<>();
    dns.record("a.test. 60 IN A 192.0.2.1");
    for (int i = 0; i < 24; i++) {
      result(params("domain", "a.test"));
    }
    for (ReceivedQuery query : dns.queries()) {
      ids.add(query.id());
      ports.add(query.clientPort());
    }

    assertThat(ids).hasSizeGreaterThan(20);
    assertThat(ports).hasSizeGreaterThan(1);
  }

  @Test
  void leavesEdnsOutForAServerFromBeforeIt() {
    dns.record("old.test. 60 IN A 192.0.2.1").script("old.test", DnsBehaviour.withoutEdns());

    DnsResult result = result(params("domain", "old.test", "retries", 0));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(result.edns()).isNull();
    assertThat(dns.queries()).extracting(ReceivedQuery::edns).containsExactly(true, false);
  }

  @Test
  void showsWhatTheServerSaysByEdns() throws Exception {
    dns.record("a.test. 60 IN A 192.0.2.1")
        .edns(
            new NSIDOption("ns7".getBytes(StandardCharsets.US_ASCII)),
            new ExtendedErrorCodeOption(22, "no reachable authority"));

    DnsResult result =
        result(
            params(
                "domain",
                "a.test",
                "dnssec_ok",
                true,
                "edns",
                Map.of("nsid", true, "udp_size", 4096, "client_subnet", "198.51.100.77/24")));

    assertThat(result.edns()).isNotNull();
    assertThat(result.edns().nsid()).isEqualTo("ns7");
    assertThat(result.edns().dnssecOk()).isTrue();
    assertThat(result.edns().extendedErrors().getFirst().code()).isEqualTo(22);
    assertThat(result.edns().extendedErrors().getFirst().text())
        .isEqualTo("no reachable authority");
  }

  @Test
  void answersSeveralTypesAndResolversWithAttribution() {
    try (FakeDnsServer second = FakeDnsServer.start()) {
      dns.record("a.test. 60 IN A 192.0.2.1").record("a.test. 60 IN MX 5 mx.test.");
      second.record("a.test. 60 IN A 192.0.2.2");

      TaskReply.Finished reply =
          finished(
              Map.of(
                  "domain",
                  "a.test",
                  "types",
                  List.of("A", "MX"),
                  "resolvers",
                  List.of(dns.resolver(), second.resolver())));

      DnsResults results = (DnsResults) reply.result();
      assertThat(results.ipAddress()).isEqualTo("192.0.2.1");
      assertThat(results.queries())
          .extracting(query -> ((DnsResult) query).resolver())
          .containsExactly(dns.resolver(), dns.resolver(), second.resolver(), second.resolver());
      assertThat(Json.tree(results).fieldNames())
          .toIterable()
          .containsExactly("domain", "ip_address", "queries");
    }
  }

  @Test
  void tellsWhichOfSeveralResolversFailed() {
    dns.record("a.test. 60 IN A 192.0.2.1");
    try (FakeDnsServer silent = FakeDnsServer.start()) {
      silent.otherwise(DnsBehaviour.drop());

      TaskReply.Finished reply =
          finished(
              Map.of(
                  "domain",
                  "a.test",
                  "timeout_ms",
                  2_000,
                  "resolvers",
                  List.of(silent.resolver(), dns.resolver())));

      DnsResults results = (DnsResults) reply.result();
      assertThat(reply.failure()).isNull();
      assertThat(results.queries().getFirst()).isInstanceOf(DnsFailure.class);
      DnsFailure failure = (DnsFailure) results.queries().getFirst();
      assertThat(failure.resolver()).isEqualTo(silent.resolver());
      assertThat(failure.error().code()).isEqualTo("TIMEOUT");
      assertThat(failure.attempts()).isEqualTo(3);
    }
  }

  @Test
  void answersManyQuestionsAtOnceEachWithItsOwnAnswer() {
    int count = 500;
    for (int i = 0; i < count; i++) {
      dns.record("n" + i + ".test. 60 IN A 192.0.2." + (i % 250 + 1));
    }
    List<Future<TaskReply>> replies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      replies.add(
          node.bus()
              .call(
                  DnsContract.QUERY_TASK,
                  request(params("domain", "n" + i + ".test")),
                  Call.within(Duration.ofSeconds(10))));
    }

    for (int i = 0; i < count; i++) {
      TaskReply.Finished reply = (TaskReply.Finished) TestNode.await(replies.get(i));
      assertThat(((DnsResult) reply.result()).ipAddress()).isEqualTo("192.0.2." + (i % 250 + 1));
    }
  }

  @Test
  void endsEveryQuestionToASilentServerInTimeWaitingOnesIncluded() {
    dns.otherwise(DnsBehaviour.drop());
    List<Future<TaskReply>> replies = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      replies.add(
          node.bus()
              .call(
                  DnsContract.QUERY_TASK,
                  request(params("domain", "n" + i + ".test", "timeout_ms", 300)),
                  Call.within(Duration.ofSeconds(10))));
    }

    for (Future<TaskReply> each : replies) {
      TaskReply.Failed reply = (TaskReply.Failed) TestNode.await(each);
      assertThat(reply.error().code()).isEqualTo("TIMEOUT");
      assertThat(reply.error().retryable()).isTrue();
    }
  }

  @Test
  void refusesAnEmptyDomainInDocument1sWords() {
    for (Map<String, Object> params :
        List.<Map<String, Object>>of(
            Map.of(), Map.of("domain", ""), Map.of("domain", "  "), Map.of("type", "MX"))) {
      assertThat(error(params)).isEqualTo(TaskError.badTask("Please enter a valid domain"));
    }
  }

  @Test
  void refusesAResolverTheOperatorForbids() {
    try (TestNode strict = TestNode.start(DnsMain.SERVICE, Map.of())) {
      TaskReply reply = strict.call(DnsContract.QUERY_TASK, request(params("domain", "a.test")));

      assertThat(reply)
          .isInstanceOfSatisfying(
              TaskReply.Failed.class,
              failed -> {
                assertThat(failed.error().code()).isEqualTo("BLOCKED_TARGET");
                assertThat(failed.error().message())
                    .startsWith(
                        "Failed to resolve domain: a.test: "
                            + dns.resolver()
                            + " must not be asked: 127.0.0.1 is blocked")
                    .contains("guard.allow-private");
              });
      assertThat(dns.queries()).isEmpty();
    }
  }

  @Test
  void asksTheConfiguredResolversOneAfterTheOther() {
    try (FakeDnsServer broken = FakeDnsServer.start();
        TestNode other =
            TestNode.start(
                DnsMain.SERVICE,
                Map.of(
                    "resolver.upstreams",
                    broken.resolver() + "," + dns.resolver(),
                    "dns.retries",
                    "0"))) {
      broken.otherwise(DnsBehaviour.rcode(Rcode.SERVFAIL));
      dns.record("a.test. 60 IN A 192.0.2.1");

      TaskReply.Finished reply =
          (TaskReply.Finished)
              other.call(DnsContract.QUERY_TASK, request(Map.of("domain", "a.test")));

      DnsResult result = (DnsResult) reply.result();
      assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
      assertThat(result.resolver()).isEqualTo(dns.resolver());
      assertThat(result.attempts()).isEqualTo(2);
    }
  }

  @Test
  void resolvesTheNameOfAResolverThroughTheConfiguredOnes() {
    try (FakeDnsServer defaults = FakeDnsServer.start();
        TestNode other =
            TestNode.start(
                DnsMain.SERVICE,
                Map.of("resolver.upstreams", defaults.resolver(), "guard.allow-private", "true"))) {
      defaults.record("ns.test. 60 IN A 127.0.0.1");
      dns.record("a.test. 60 IN A 192.0.2.1");

      TaskReply.Finished reply =
          (TaskReply.Finished)
              other.call(
                  DnsContract.QUERY_TASK,
                  request(Map.of("domain", "a.test", "resolver", "ns.test:" + dns.port())));
      TaskReply.Failed unknown =
          (TaskReply.Failed)
              other.call(
                  DnsContract.QUERY_TASK,
                  request(Map.of("domain", "a.test", "resolver", "nowhere.test")));

      assertThat(((DnsResult) reply.result()).resolver()).isEqualTo(dns.resolver());
      assertThat(unknown.error().code()).isEqualTo("DNS");
      assertThat(unknown.error().message()).endsWith("nowhere.test:53 has no known address");
    }
  }

  @Test
  void knowsTheLocalHostWithoutAsking() {
    dns.record("a.test. 60 IN A 192.0.2.1");

    DnsResult result = result(params("domain", "a.test", "resolver", "localhost:" + dns.port()));

    assertThat(result.resolver()).isEqualTo(dns.resolver());
  }

  @Test
  void endsWithinTheCallersDeadline() {
    dns.script("silent.test", DnsBehaviour.drop());

    // On one event loop the timers of caller and service go off in the order of their times.
    try (TestNode own =
        TestNode.start(
            DnsMain.SERVICE, Map.of("guard.allow-private", "true", "platform.threads", "1"))) {
      TaskReply reply =
          TestNode.await(
              own.bus()
                  .call(
                      DnsContract.QUERY_TASK,
                      request(params("domain", "silent.test", "retries", 0)),
                      Call.within(Duration.ofMillis(1500))));

      assertThat(((TaskReply.Failed) reply).error().code()).isEqualTo("TIMEOUT");
    }
  }

  private int id(int index) {
    return dns.queries().get(index).id();
  }

  private DnsResult result(Map<String, Object> params) {
    return (DnsResult) finished(params).result();
  }

  private TaskReply.Finished finished(Map<String, Object> params) {
    TaskReply reply = node.call(DnsContract.QUERY_TASK, request(params));
    assertThat(reply).isInstanceOf(TaskReply.Finished.class);
    return (TaskReply.Finished) reply;
  }

  private TaskError error(Map<String, Object> params) {
    TaskReply reply = node.call(DnsContract.QUERY_TASK, request(params));
    assertThat(reply).isInstanceOf(TaskReply.Failed.class);
    return ((TaskReply.Failed) reply).error();
  }

  private static TaskRequest request(Map<String, Object> params) {
    return new TaskRequest("dns_query", new LinkedHashMap<>(params));
  }

  /** Parameters by name and value, asked of the test's server unless they say otherwise. */
  private Map<String, Object> params(Object... namesAndValues) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("resolver", dns.resolver());
    for (int i = 0; i < namesAndValues.length; i += 2) {
      params.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return params;
  }
}
