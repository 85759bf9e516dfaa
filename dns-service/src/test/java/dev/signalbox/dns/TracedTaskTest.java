package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsTraceServer;
import dev.signalbox.contracts.dns.DnsTraceStep;
import dev.signalbox.testsupport.AuthoritativeZone;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.MasterFile;
import dev.signalbox.testsupport.ReceivedQuery;
import dev.signalbox.testsupport.TestNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Traces from a root of the test's own down to its zones, which behave and misbehave. */
class TracedTaskTest {

  private static TestNode node;

  private List<FakeDnsServer> servers;
  private FakeDnsServer root;
  private FakeDnsServer tld;
  private FakeDnsServer own;
  private FakeDnsServer other;
  private final AuthoritativeZone rootZone =
      AuthoritativeZone.of(".")
          .record("test. 300 IN NS ns.test.")
          .record("ns.test. 300 IN A 127.0.0.2")
          .record("other. 300 IN NS ns.other.")
          .record("ns.other. 300 IN A 127.0.0.4");
  private final AuthoritativeZone tldZone =
      AuthoritativeZone.of("test.")
          .record("example.test. 300 IN NS ns.example.test.")
          .record("ns.example.test. 300 IN A 127.0.0.3");
  private final AuthoritativeZone ownZone =
      AuthoritativeZone.of("example.test.").record("www.example.test. 60 IN A 192.0.2.1");
  private final AuthoritativeZone otherZone = AuthoritativeZone.of("other.");

  @BeforeAll
  static void startNode() {
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of(
                "resolver.upstreams",
                "127.0.0.1:9",
                "guard.allow-private",
                "true",
                "guard.deny",
                "127.0.0.9/32"));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void startServers() {
    servers = FakeDnsServer.startSeveral(4);
    root = servers.get(0).otherwise(rootZone);
    tld = servers.get(1).otherwise(tldZone);
    own = servers.get(2).otherwise(ownZone);
    other = servers.get(3).otherwise(otherZone);
  }

  @AfterEach
  void stopServers() {
    servers.forEach(FakeDnsServer::close);
  }

  @Test
  void givenDelegations_whenTraced_thenEachStepIsShown() {
    DnsResult result = result(traced("www.example.test"));

    assertThat(result.trace())
        .extracting(DnsTraceStep::zone, DnsTraceStep::outcome, DnsTraceStep::next)
        .containsExactly(
            tuple(".", "referral", "test."),
            tuple("test.", "referral", "example.test."),
            tuple("example.test.", "answer", null));
    DnsTraceStep second = result.trace().get(1);
    assertThat(second.question().name()).isEqualTo("www.example.test.");
    assertThat(second.lookingFor()).isNull();
    assertThat(second.authority().getFirst().data()).isEqualTo("ns.example.test.");
    assertThat(second.additional().getFirst().data()).isEqualTo("127.0.0.3");
    DnsTraceServer server = second.servers().getFirst();
    assertThat(server.name()).isEqualTo("ns.test.");
    assertThat(server.address()).isEqualTo(tld.resolver());
    assertThat(server.protocol()).isEqualTo("udp");
    assertThat(server.rcode()).isEqualTo("NOERROR");
    assertThat(server.elapsedMs()).isPositive();
    assertThat(server.error()).isNull();
    assertThat(result.trace().getFirst().servers().getFirst().name()).isEqualTo("127.0.0.1");
  }

  @Test
  void givenDelegations_whenTraced_thenTheResultIsTheLastResponse() {
    DnsResult result = result(traced("www.example.test"));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(result.resolver()).isEqualTo(own.resolver());
    assertThat(result.flags().aa()).isTrue();
    assertThat(result.flags().rd()).isFalse();
    assertThat(result.answers()).hasSize(1);
    assertThat(result.followed()).isNull();
  }

  @Test
  void givenATruncatedReferral_whenTraced_thenItIsAskedForOverTcp() {
    tld.otherwise(
        DnsBehaviour.byProtocol(
            exchange -> {
              Message reply = exchange.reply();
              reply.getHeader().setFlag(Flags.TC);
              exchange.send(reply);
            },
            tldZone));

    DnsResult result = result(traced("www.example.test"));

    assertThat(result.trace())
        .extracting(step -> step.servers().getFirst().protocol())
        .containsExactly("udp", "tcp", "udp");
  }

  @ParameterizedTest
  @CsvSource({"none.example.test, A, nxdomain", "www.example.test, AAAA, no_data"})
  void givenNothing_whenTraced_thenTheLastStepSaysSo(String name, String type, String outcome) {
    DnsResult result = result(traced(name, "type", type));

    assertThat(result.trace().getLast().outcome()).isEqualTo(outcome);
    assertThat(result.answers()).isEmpty();
  }

  @Test
  void givenAnAliasIntoAnotherZone_whenTraced_thenItsTargetIsTracedToo() {
    ownZone.record("far.example.test. 60 IN CNAME host.other.");
    otherZone.record("host.other. 60 IN A 192.0.2.9");

    DnsResult result = result(traced("far.example.test"));

    assertThat(result.trace())
        .extracting(DnsTraceStep::zone, DnsTraceStep::outcome, DnsTraceStep::next)
        .containsExactly(
            tuple(".", "referral", "test."),
            tuple("test.", "referral", "example.test."),
            tuple("example.test.", "alias", "host.other."),
            tuple(".", "referral", "other."),
            tuple("other.", "answer", null));
    assertThat(result.ipAddress()).isEqualTo("192.0.2.9");
    assertThat(result.question().getFirst().name()).isEqualTo("host.other.");
  }

  @Test
  void givenAnAliasWithinTheZone_whenTraced_thenTheZoneIsNotLookedForAgain() {
    ownZone.record("near.example.test. 60 IN CNAME www.example.test.");

    DnsResult result = result(traced("near.example.test"));

    assertThat(result.trace())
        .extracting(DnsTraceStep::zone)
        .containsExactly(".", "test.", "example.test.", "example.test.");
    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
  }

  @Test
  void givenRecordsOfAnotherZoneBesideAnAlias_whenTraced_thenTheyAreNotBelieved() {
    ownZone.record("far.example.test. 60 IN CNAME host.other.");
    own.otherwise(exchange -> {
      Message reply = exchange.reply();
      reply.getHeader().setFlag(Flags.AA);
      add(reply, "far.example.test. 60 IN CNAME host.other.");
      add(reply, "host.other. 60 IN A 192.0.2.66");
      exchange.send(reply);
    });
    otherZone.record("host.other. 60 IN A 192.0.2.9");

    assertThat(result(traced("far.example.test")).ipAddress()).isEqualTo("192.0.2.9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "a CNAME a|-|a.example.test.",
        "a CNAME b; b CNAME a|-|a.example.test.",
        "a CNAME b; b CNAME c; c CNAME b|-|b.example.test.",
        "a CNAME b.other.|b CNAME a.example.test.|a.example.test.",
        "a CNAME b; b CNAME c.other.|c CNAME b.example.test.|c.other.",
      })
  void givenALoopOfAliases_whenTraced_thenItFailsTheSameWayInOneResponseAndInSeveral(
      String ofOwn, @Nullable String ofOther, String back) {
    own.otherwise(chain(ofOwn, "example.test."));
    if (ofOther != null) {
      other.otherwise(chain(ofOther, "other."));
    }

    TaskError error = error(traced("a.example.test"));

    assertThat(error.code()).isEqualTo("PROTOCOL");
    assertThat(error.retryable()).isFalse();
    assertThat(error.message()).endsWith("the aliases lead back to " + back);
    assertThat(steps(error).getLast().outcome()).isEqualTo("alias");
  }

  /** An authoritative server that sends the same records in each response. */
  private static DnsBehaviour chain(String records, String origin) {
    return exchange -> {
      Message reply = exchange.reply();
      reply.getHeader().setFlag(Flags.AA);
      for (String record : records.split("; ")) {
        String[] words = record.split(" ");
        String target = words[2].endsWith(".") ? words[2] : words[2] + "." + origin;
        add(reply, words[0] + "." + origin + " 60 IN " + words[1] + " " + target);
      }
      exchange.send(reply);
    };
  }

  @Test
  void givenAliasesOnAndOn_whenTraced_thenItEndsAfterSoManySteps() {
    for (int i = 0; i < 40; i++) {
      ownZone.record("c" + i + ".example.test. 60 IN CNAME c" + (i + 1) + ".example.test.");
    }

    TaskError error = error(traced("c0.example.test"));

    assertThat(error.code()).isEqualTo("LIMIT_REACHED");
    assertThat(error.message()).endsWith("the trace needs more than 32 steps");
    assertThat(steps(error)).hasSize(32);
  }

  @Test
  void givenServersThatDoNotHelp_whenTraced_thenTheNextIsAskedAndEachIsShown() {
    rootZone
        .record("deep. 300 IN NS refuses.deep.")
        .record("deep. 300 IN NS lame.deep.")
        .record("deep. 300 IN NS forbidden.deep.")
        .record("deep. 300 IN NS good.deep.")
        .record("refuses.deep. 300 IN A 127.0.0.2")
        .record("lame.deep. 300 IN A 127.0.0.3")
        .record("forbidden.deep. 300 IN A 127.0.0.9")
        .record("good.deep. 300 IN A 127.0.0.4");
    tld.otherwise(DnsBehaviour.rcode(Rcode.REFUSED));
    own.record("www.deep. 60 IN A 192.0.2.66").otherwise(DnsBehaviour.answer());
    other.otherwise(AuthoritativeZone.of("deep.").record("www.deep. 60 IN A 192.0.2.8"));

    DnsResult result = result(traced("www.deep"));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.8");
    assertThat(result.trace().getLast().servers())
        .extracting(DnsTraceServer::name, DnsTraceServer::rcode, DnsTraceServer::errorCode)
        .containsExactly(
            tuple("refuses.deep.", "REFUSED", "DNS"),
            tuple("lame.deep.", "NOERROR", "LAME"),
            tuple("forbidden.deep.", null, "BLOCKED_TARGET"),
            tuple("good.deep.", "NOERROR", null));
  }

  @Test
  void givenASilentServer_whenTraced_thenTheNextHasTimeToAnswer() {
    rootZone.record("test. 300 IN NS z.test.").record("z.test. 300 IN A 127.0.0.4");
    tld.otherwise(DnsBehaviour.drop());
    other.otherwise(tldZone);

    DnsResult result = result(traced("www.example.test", "timeout_ms", 4_000));

    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(result.trace().get(1).servers())
        .extracting(DnsTraceServer::errorCode)
        .containsExactly("TIMEOUT", null);
  }

  @Test
  void givenNoServerThatAnswers_whenTraced_thenTheErrorHoldsTheSteps() {
    tld.otherwise(DnsBehaviour.drop());

    TaskError error = error(traced("www.example.test", "timeout_ms", 2_000));

    assertThat(error.code()).isEqualTo("TIMEOUT");
    assertThat(error.message())
        .isEqualTo(
            "Failed to resolve domain: www.example.test: no server of test. gave a usable response; the last,"
                + " ns.test., did not answer in time");
    assertThat(steps(error))
        .extracting(DnsTraceStep::outcome)
        .containsExactly("referral", "unanswered");
  }

  @ParameterizedTest
  @CsvSource({"test.", "."})
  void givenAReferralThatLeadsNoFurtherDown_whenTraced_thenItFails(String cut) {
    tld.otherwise(exchange -> {
      Message reply = exchange.reply();
      reply.addRecord(
          Record.fromString(Name.fromString(cut), Type.NS, DClass.IN, 300, "ns.test.", Name.root),
          Section.AUTHORITY);
      exchange.send(reply);
    });

    TaskError error = error(traced("www.example.test"));

    assertThat(error.message())
        .endsWith("ns.test., refers to " + cut + ", which leads no further down from test.");
    assertThat(steps(error).getLast().servers().getFirst().errorCode()).isEqualTo("LAME");
  }

  @Test
  void givenAReferralWithoutAddress_whenTraced_thenTheServersNameIsTracedFirst() {
    tldZone.record("sub.test. 300 IN NS ns.other.");
    otherZone.record("ns.other. 60 IN A 127.0.0.3");
    own.otherwise(AuthoritativeZone.of("sub.test.").record("www.sub.test. 60 IN A 192.0.2.3"));

    DnsResult result = result(traced("www.sub.test"));

    assertThat(result.trace())
        .extracting(DnsTraceStep::zone, DnsTraceStep::lookingFor, DnsTraceStep::outcome)
        .containsExactly(
            tuple(".", null, "referral"),
            tuple("test.", null, "referral"),
            tuple(".", "ns.other.", "referral"),
            tuple("other.", "ns.other.", "answer"),
            tuple("sub.test.", null, "answer"));
    assertThat(result.ipAddress()).isEqualTo("192.0.2.3");
  }

  @Test
  void givenAnAddressOutsideOfTheServersZone_whenTraced_thenItIsNotBelieved() {
    // The zone test. pretends to know where ns.other. is.
    tldZone.record("sub.test. 300 IN NS ns.other.").record("ns.other. 300 IN A 127.0.0.9");
    otherZone.record("ns.other. 60 IN A 127.0.0.3");
    own.otherwise(AuthoritativeZone.of("sub.test.").record("www.sub.test. 60 IN A 192.0.2.3"));

    DnsResult result = result(traced("www.sub.test"));

    assertThat(result.trace().getLast().servers())
        .extracting(DnsTraceServer::address)
        .containsExactly(own.resolver());
  }

  @Test
  void givenServersOfTwoZonesInEachOther_whenTraced_thenItFails() {
    tldZone.record("a.test. 300 IN NS ns.b.test.").record("b.test. 300 IN NS ns.a.test.");

    TaskError error = error(traced("www.a.test"));

    assertThat(error.code()).isEqualTo("DNS");
    assertThat(error.message()).contains("has no address that can be found");
    assertThat(steps(error))
        .flatExtracting(DnsTraceStep::servers)
        .extracting(DnsTraceServer::error)
        .contains("has an address that depends on its own zone");
  }

  @Test
  void givenManyServersWithoutAddress_whenTraced_thenTheWorkIsBounded() {
    // As in NXNSAttack: each name is another look-up in somebody else's zone.
    for (int i = 0; i < 60; i++) {
      tldZone.record("big.test. 300 IN NS n" + i + ".other.");
    }

    TaskError error = error(traced("www.big.test"));

    assertThat(steps(error)).hasSizeLessThanOrEqualTo(32);
    assertThat(other.queries()).hasSizeLessThanOrEqualTo(32);
  }

  @Test
  void givenServersWhoseNamesNeedTooManySteps_whenTraced_thenThatLimitIsTheError() {
    // Each of these names exists, so that both families of addresses are looked for.
    for (int i = 0; i < 16; i++) {
      tldZone.record("big.test. 300 IN NS n" + i + ".other.");
      otherZone.record("n" + i + ".other. 60 IN TXT x");
    }

    TaskError error = error(traced("www.big.test"));

    assertThat(error.code()).isEqualTo("LIMIT_REACHED");
    assertThat(error.message()).endsWith("www.big.test: the trace needs more than 32 steps");
    assertThat(steps(error).getLast().servers().getLast())
        .extracting(DnsTraceServer::errorCode, DnsTraceServer::error)
        .containsExactly(
            "LIMIT_REACHED", "has no address yet, and the trace needs more than 32 steps");
  }

  @Test
  void givenAServerWhoseNameNeedsTooManyQueries_whenTraced_thenThatLimitIsTheError() {
    tldZone.record("big.test. 300 IN NS ns.far.");
    for (int i = 0; i < 16; i++) {
      rootZone.record("far. 300 IN NS n" + i + ".far.");
      for (int j = 1; j <= 4; j++) {
        rootZone.record("n" + i + ".far. 300 IN A 127.0." + (i + 1) + "." + j);
      }
    }

    TaskError error = error(traced("www.big.test"));

    assertThat(error.code()).isEqualTo("LIMIT_REACHED");
    assertThat(error.message()).endsWith("www.big.test: the trace needs more than 64 servers");
  }

  @Test
  void givenZonesThatNameServersThatMustNotBeAsked_whenTraced_thenTheseCountAsWell() {
    tldZone.record("big.test. 300 IN NS ns.far.");
    for (int i = 0; i < 16; i++) {
      rootZone.record("far. 300 IN NS n" + i + ".far.");
      for (int j = 1; j <= 4; j++) {
        rootZone.record("n" + i + ".far. 300 IN A 224.0." + (i + 1) + "." + j);
      }
    }

    TaskError error = error(traced("www.big.test"));

    assertThat(error.code()).isEqualTo("LIMIT_REACHED");
    assertThat(error.message()).endsWith("www.big.test: the trace needs more than 64 servers");
  }

  @Test
  void givenAServerWhoseNameTakesAllTheTime_whenTraced_thenThatLimitIsTheError() {
    tldZone.record("big.test. 300 IN NS ns.far.");
    for (int i = 0; i < 16; i++) {
      rootZone
          .record("far. 300 IN NS n" + i + ".far.")
          .record("n" + i + ".far. 300 IN A 127.0.0.4");
    }
    other.otherwise(DnsBehaviour.drop());

    TaskError error = error(traced("www.big.test", "timeout_ms", 2_000));

    assertThat(error.code()).isEqualTo("TIMEOUT");
    assertThat(error.message()).endsWith("www.big.test: no time is left");
  }

  @Test
  void givenAServerNameThatDoesNotExist_whenTraced_thenItsOtherAddressesAreNotLookedFor() {
    tldZone.record("big.test. 300 IN NS gone.other.");

    traced("www.big.test");

    assertThat(other.queries()).extracting(ReceivedQuery::type).containsOnly("A");
  }

  @Test
  void givenAServerNameWhoseZoneIsSilent_whenTraced_thenItsOtherAddressesAreNotLookedFor() {
    tldZone.record("big.test. 300 IN NS ns.other.");
    other.otherwise(DnsBehaviour.drop());

    traced("www.big.test", "timeout_ms", 4_000);

    assertThat(other.queries()).extracting(ReceivedQuery::type).containsOnly("A");
  }

  @Test
  void givenAServerNameWithoutIpv4Address_whenTraced_thenItsOtherAddressesAreLookedFor() {
    tldZone.record("big.test. 300 IN NS ns6.other.");
    otherZone.record("ns6.other. 60 IN TXT here");

    traced("www.big.test", "retries", 0);

    assertThat(other.queries("ns6.other"))
        .extracting(ReceivedQuery::type)
        .containsExactly("A", "AAAA");
  }

  @Test
  void givenAResponseOfManyRecords_whenTraced_thenAStepKeepsTheFirstOfThem() {
    for (int i = 0; i < 300; i++) {
      ownZone.record("many.example.test. 60 IN A 198.51." + i / 250 + "." + i % 250);
    }

    DnsResult result = result(traced("many.example.test"));

    DnsTraceStep last = result.trace().getLast();
    assertThat(last.answers()).hasSize(64);
    assertThat(last.omitted()).isEqualTo(236);
    assertThat(result.answers()).hasSize(300);
  }

  @Test
  void givenALearnedAddressThatIsForbidden_whenTraced_thenItIsNotAsked() {
    rootZone.record("evil. 300 IN NS ns.evil.").record("ns.evil. 300 IN A 127.0.0.9");

    TaskError error = error(traced("www.evil"));

    assertThat(error.code()).isEqualTo("BLOCKED_TARGET");
    assertThat(error.retryable()).isFalse();
  }

  @Test
  void givenARootThatIsForbidden_whenTraced_thenItIsNotAsked() {
    TaskError error = error(ask("www.example.test", "trace_from", List.of("127.0.0.9:53")));

    assertThat(error.code()).isEqualTo("BLOCKED_TARGET");
  }

  private static void add(Message reply, String line) {
    reply.addRecord(MasterFile.record(line), Section.ANSWER);
  }

  private TaskReply traced(String name, Object... more) {
    Object[] all = new Object[more.length + 2];
    System.arraycopy(more, 0, all, 2, more.length);
    all[0] = "trace_from";
    all[1] = List.of(root.resolver());
    return ask(name, all);
  }

  private static TaskReply ask(String name, Object... more) {
    Map<String, Object> params = new HashMap<>(Map.of("domain", name, "trace", true));
    for (int i = 0; i < more.length; i += 2) {
      params.put((String) more[i], more[i + 1]);
    }
    return node.call(DnsContract.QUERY_TASK, new TaskRequest("dns_query", params));
  }

  private static DnsResult result(TaskReply reply) {
    return (DnsResult) ((TaskReply.Finished) reply).result();
  }

  private static TaskError error(TaskReply reply) {
    return ((TaskReply.Failed) reply).error();
  }

  @SuppressWarnings("unchecked")
  private static List<DnsTraceStep> steps(TaskError error) {
    return (List<DnsTraceStep>) error.details().get("trace");
  }
}
