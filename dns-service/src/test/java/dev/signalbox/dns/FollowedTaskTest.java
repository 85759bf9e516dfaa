package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsFollowed;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsResults;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The addresses of what answers point to, in the same task. */
class FollowedTaskTest {

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
    dns =
        FakeDnsServer.start()
            .record("host.test. 60 IN A 192.0.2.1")
            .record("host.test. 60 IN AAAA 2001:db8:0:0:0:0:0:1");
  }

  @AfterEach
  void stopServer() {
    dns.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.test|MX|10 host.test.",
        "a.test|NS|host.test.",
        "_x._tcp.test|SRV|0 5 443 host.test.",
        "a.test|HTTPS|1 host.test. alpn=h2",
        "a.test|HTTPS|0 host.test.",
        "host.test|HTTPS|1 . alpn=h2",
        "a.test|SVCB|1 host.test."
      })
  void givenARecordWithATarget_whenFollowed_thenItsAddressesAreThere(
      String name, String type, String data) {
    dns.record(name + ". 60 IN " + type + " " + data);

    DnsResult result = followed(name, type);

    assertThat(result.followed())
        .containsExactly(
            new DnsFollowed(
                "host.test.",
                List.of("192.0.2.1", "2001:db8::1"),
                0,
                List.of(
                    new DnsFollowed.Lookup("A", "NOERROR", null, null),
                    new DnsFollowed.Lookup("AAAA", "NOERROR", null, null))));
    assertThat(result.notFollowed()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MX|0 .",
        "SRV|0 0 0 .",
        "HTTPS|0 .",
        "A|192.0.2.7",
        "CNAME|host.test.",
        "TXT|\"host.test.\""
      })
  void givenARecordThatPointsNowhere_whenFollowed_thenThereIsNothing(String type, String data) {
    dns.record("a.test. 60 IN " + type + " " + data);

    assertThat(followed("a.test", type).followed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"other.test.,1,MX", "a.test.,3,MX", "a.test.,1,NS"})
  void givenARecordThatWasNotAskedFor_whenFollowed_thenItIsNot(
      String owner, int dnsClass, String type) throws Exception {
    Record record =
        Record.fromString(
            Name.fromConstantString(owner),
            Type.value(type),
            dnsClass,
            60,
            (type.equals("MX") ? "10 " : "") + "host.test.",
            Name.root);
    dns.record("a.test. 60 IN MX 10 mail.test.")
        .script(
            "a.test",
            exchange -> {
              Message answer = exchange.answer();
              answer.addRecord(record, Section.ANSWER);
              exchange.send(answer);
            });

    assertThat(followed("a.test", "MX").followed())
        .extracting(DnsFollowed::name)
        .containsExactly("mail.test.");
  }

  @Test
  void givenATaskThatDoesNotFollow_whenAsked_thenNothingElseIsAsked() {
    dns.record("a.test. 60 IN MX 10 host.test.");

    DnsResult result = (DnsResult) finished(Map.of("domain", "a.test", "type", "MX")).result();

    assertThat(result.followed()).isNull();
    assertThat(result.notFollowed()).isNull();
    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void givenANameTwice_whenFollowed_thenItIsAskedOnce() {
    dns.record("a.test. 60 IN MX 10 host.test.")
        .record("a.test. 60 IN MX 20 HOST.test.")
        .record("a.test. 60 IN NS host.test.");

    DnsResults results =
        (DnsResults)
            finished(
                    Map.of(
                        "domain",
                        "a.test",
                        "types",
                        List.of("MX", "NS"),
                        "follow",
                        true,
                        "retries",
                        0))
                .result();

    assertThat(results.queries())
        .extracting(query -> ((DnsResult) query).followed().size())
        .containsExactly(1, 1);
    assertThat(dns.queries("host.test")).hasSize(2);
  }

  @Test
  void givenAliasedTarget_whenFollowed_thenTheAddressesAreThoseOfItsEnd() {
    dns.record("a.test. 60 IN MX 10 alias.test.").record("alias.test. 60 IN CNAME host.test.");

    assertThat(followed("a.test", "MX").followed().getFirst().addresses())
        .containsExactly("192.0.2.1", "2001:db8::1");
  }

  @Test
  void givenTargetsThatFail_whenFollowed_thenEachSaysWhyAndTheOthersAreThere() {
    dns.record("a.test. 60 IN MX 10 gone.test.")
        .record("a.test. 60 IN MX 20 refused.test.")
        .record("a.test. 60 IN MX 30 silent.test.")
        .record("a.test. 60 IN MX 40 host.test.")
        .script("refused.test", DnsBehaviour.rcode(Rcode.REFUSED))
        .script("silent.test", DnsBehaviour.drop());

    TaskReply.Finished reply =
        finished(Map.of("domain", "a.test", "type", "MX", "follow", true, "timeout_ms", 2_000));

    assertThat(reply.failure()).isNull();
    DnsResult result = (DnsResult) reply.result();
    assertThat(result.followed())
        .extracting(
            DnsFollowed::name,
            each -> each.addresses().size(),
            each -> each.lookups().getFirst().rcode(),
            each ->
                each.lookups().getFirst().error() == null
                    ? null
                    : each.lookups().getFirst().error().code())
        .containsExactly(
            tuple("gone.test.", 0, "NXDOMAIN", null),
            tuple("refused.test.", 0, "REFUSED", null),
            tuple("silent.test.", 0, null, "TIMEOUT"),
            tuple("host.test.", 2, "NOERROR", null));
    assertThat(result.followed().get(2).lookups().getFirst().error().message())
        .startsWith("Failed to resolve domain: silent.test.: ");
  }

  @Test
  void givenMoreTargetsThanATaskFollows_whenFollowed_thenTheOthersAreCounted() {
    for (int i = 0; i < 40; i++) {
      dns.record("a.test. 60 IN NS n" + i + ".test.");
    }

    DnsResult result = followed("a.test", "NS", Map.of("retries", 0));

    assertThat(result.followed()).hasSize(32);
    assertThat(result.notFollowed()).isEqualTo(8);
    assertThat(dns.queries()).hasSizeLessThanOrEqualTo(1 + 1 + 2 * 32);
  }

  @Test
  void givenASilentTargetInEveryPlaceOfATurn_whenFollowed_thenTheNextTurnHasTimeLeft() {
    for (int i = 0; i < 8; i++) {
      dns.record("a.test. 60 IN MX 1 silent" + i + ".test.")
          .script("silent" + i + ".test", DnsBehaviour.drop());
    }
    dns.record("a.test. 60 IN MX 2 host.test.");

    DnsResult result = followed("a.test", "MX", Map.of("timeout_ms", 2_000));

    assertThat(result.followed())
        .filteredOn(each -> each.name().equals("host.test."))
        .flatExtracting(DnsFollowed::addresses)
        .containsExactly("192.0.2.1", "2001:db8::1");
    assertThat(result.followed())
        .filteredOn(each -> each.name().startsWith("silent"))
        .hasSize(8)
        .allMatch(each -> each.lookups().getFirst().error() != null);
  }

  @Test
  void givenTargetsOfOneTurn_whenEachTakesMostOfTheTime_thenEachHasAddresses() {
    dns.record("a.test. 60 IN MX 1 slow.test.")
        .record("a.test. 60 IN MX 2 slower.test.")
        .record("slow.test. 60 IN A 192.0.2.7")
        .record("slower.test. 60 IN A 192.0.2.8")
        .script("slow.test", DnsBehaviour.delay(Duration.ofMillis(2_400), DnsBehaviour.answer()))
        .script("slower.test", DnsBehaviour.delay(Duration.ofMillis(2_400), DnsBehaviour.answer()));

    DnsResult result = followed("a.test", "MX", Map.of("retries", 0, "timeout_ms", 4_000));

    assertThat(result.followed())
        .flatExtracting(DnsFollowed::addresses)
        .containsExactly("192.0.2.7", "192.0.2.8");
  }

  @Test
  void givenATargetWithMoreAddressesThanAreListed_whenFollowed_thenTheOthersAreCounted() {
    dns.record("a.test. 60 IN MX 1 many.test.");
    for (int i = 1; i <= 70; i++) {
      dns.record("many.test. 60 IN A 192.0.2." + i);
    }

    DnsFollowed many = followed("a.test", "MX").followed().getFirst();

    assertThat(many.addresses()).hasSize(64);
    assertThat(many.omitted()).isEqualTo(6);
  }

  @Test
  void givenSeveralResolvers_whenFollowed_thenEachIsAskedForItsOwn() {
    dns.record("a.test. 60 IN MX 10 host.test.");
    try (FakeDnsServer second =
        FakeDnsServer.start()
            .record("a.test. 60 IN MX 10 host.test.")
            .record("host.test. 60 IN A 192.0.2.2")) {
      DnsResults results =
          (DnsResults)
              finished(
                      Map.of(
                          "domain",
                          "a.test",
                          "type",
                          "MX",
                          "follow",
                          true,
                          "resolvers",
                          List.of(dns.resolver(), second.resolver())))
                  .result();

      assertThat(results.queries())
          .extracting(query -> ((DnsResult) query).followed().getFirst().addresses())
          .containsExactly(List.of("192.0.2.1", "2001:db8::1"), List.of("192.0.2.2"));
    }
  }

  @Test
  void givenResolversAskedInTurn_whenFollowed_thenTheOneThatAnsweredIsAskedFirst() {
    dns.record("a.test. 60 IN MX 10 inside.test.").record("inside.test. 60 IN A 192.0.2.3");
    try (FakeDnsServer refusing =
            FakeDnsServer.start().script("a.test", DnsBehaviour.rcode(Rcode.SERVFAIL));
        TestNode own =
            TestNode.start(
                DnsMain.SERVICE,
                Map.of(
                    "resolver.upstreams",
                    refusing.resolver() + "," + dns.resolver(),
                    "guard.allow-private",
                    "true"))) {
      TaskRequest request =
          new TaskRequest("dns_query", Map.of("domain", "a.test", "type", "MX", "follow", true));

      TaskReply.Finished reply = (TaskReply.Finished) own.call(DnsContract.QUERY_TASK, request);

      assertThat(((DnsResult) reply.result()).followed().getFirst().addresses())
          .containsExactly("192.0.2.3");
      assertThat(refusing.queries("inside.test")).isEmpty();
    }
  }

  private DnsResult followed(String name, String type) {
    return followed(name, type, Map.of());
  }

  private DnsResult followed(String name, String type, Map<String, Object> more) {
    Map<String, Object> params =
        new HashMap<>(Map.of("domain", name, "type", type, "follow", true));
    params.putAll(more);
    return (DnsResult) finished(params).result();
  }

  private TaskReply.Finished finished(Map<String, Object> params) {
    Map<String, Object> all = new HashMap<>(params);
    if (!params.containsKey("resolvers")) {
      all.put("resolver", dns.resolver());
    }
    return (TaskReply.Finished)
        node.call(DnsContract.QUERY_TASK, new TaskRequest("dns_query", all));
  }
}
