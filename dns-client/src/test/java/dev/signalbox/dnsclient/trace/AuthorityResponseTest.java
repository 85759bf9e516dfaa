package dev.signalbox.dnsclient.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Alias;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Referral;
import dev.signalbox.dnsclient.trace.AuthorityResponse.Unusable;
import dev.signalbox.dnsclient.trace.Delegation.NameServer;
import dev.signalbox.testsupport.MasterFile;
import java.net.InetAddress;
import java.util.List;
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

/** What a response of a server of zone.test. to a question for www.zone.test. A means. */
class AuthorityResponseTest {

  private static final Name ZONE = Name.fromConstantString("zone.test.");

  /** A name that leaves no room for a label before it. */
  private static final String LONG =
      String.join(".", "x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(61)) + ".";

  private static final Question QUESTION =
      new Question(Name.fromConstantString("www.zone.test."), Type.A);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "aa|0|www.zone.test. 1 IN A 192.0.2.1|-|Answer",
        "--|0|www.zone.test. 1 IN A 192.0.2.1|-|Unusable",
        "aa|0|other.zone.test. 1 IN A 192.0.2.1|-|NoData",
        "aa|0|www.zone.test. 1 CH A 192.0.2.1|-|NoData",
        "aa|0|www.zone.test. 1 IN AAAA 2001:db8::1|-|NoData",
        "aa|0|-|zone.test. 1 IN SOA a. b. 1 2 3 4 5|NoData",
        "--|0|-|zone.test. 1 IN SOA a. b. 1 2 3 4 5|Unusable",
        "aa|0|-|-|NoData",
        "--|0|-|-|Unusable",
        "aa|3|-|-|NameError",
        "--|3|-|-|Unusable",
        "aa|2|-|-|Unusable",
        "aa|5|www.zone.test. 1 IN A 192.0.2.1|-|Unusable",
        "aa|0|www.zone.test. 1 IN CNAME far.other.|-|Alias",
        "--|0|www.zone.test. 1 IN CNAME far.other.|-|Unusable",
        "aa|3|www.zone.test. 1 IN CNAME far.other.|other. 1 IN SOA a. b. 1 2 3 4 5|Alias",
        "aa|3|www.zone.test. 1 IN CNAME w.zone.test.|zone.test. 1 IN SOA a. b. 1 2 3 4 5|NameError",
        "aa|0|www.zone.test. 1 IN CNAME w.zone.test.|zone.test. 1 IN SOA a. b. 1 2 3 4 5|NoData",
        "aa|0|www.zone.test. 1 IN CNAME www.zone.test.|-|Alias",
        "aa|0|www.zone.test. 1 CH CNAME w.zone.test.|-|NoData",
        "aa|0|zone.test. 1 IN DNAME far.other.|-|Alias",
        "aa|0|test. 1 IN DNAME far.other.|-|NoData",
        "aa|3|www.zone.test. 1 IN A 192.0.2.1|-|NameError",
        "--|2|-|-|Unusable",
        "aa|3|www.zone.test. 1 IN CNAME w.zone.test.|-|NameError",
        "aa|3|www.zone.test. 1 IN CNAME far.other.|-|Alias",
        "--|3|www.zone.test. 1 IN CNAME far.other.|-|Unusable",
        "aa|5|www.zone.test. 1 IN CNAME far.other.|-|Alias",
        "aa|2|www.zone.test. 1 IN CNAME w.zone.test.|-|Unusable",
        "aa|2|www.zone.test. 1 IN CNAME www.zone.test.|-|Alias",
        "aa|0|www.zone.test. 1 IN CNAME w.zone.test.|-|Alias",
        "aa|6|zone.test. 1 IN DNAME LONG|-|NameTooLong",
        "aa|0|zone.test. 1 IN DNAME LONG|-|NameTooLong",
        "--|6|zone.test. 1 IN DNAME LONG|-|Unusable",
        "aa|6|test. 1 IN DNAME LONG|-|Unusable",
        "aa|6|zone.test. 1 IN DNAME far.other.|-|Alias",
        "aa|6|-|-|Unusable",
        "--|0|-|www.zone.test. 1 IN NS ns.zone.test.|Referral",
        "--|0|-|zone.test. 1 IN NS ns.zone.test.|Unusable",
        "--|0|-|test. 1 IN NS ns.zone.test.|Unusable",
        "--|0|-|. 1 IN NS ns.zone.test.|Unusable",
        "--|0|-|other.zone.test. 1 IN NS ns.zone.test.|Unusable",
        "--|0|-|other. 1 IN NS ns.zone.test.|Unusable",
        "--|0|-|www.zone.test. 1 CH NS ns.zone.test.|Unusable"
      })
  void givenAResponse_whenRead_thenItMeans(
      String flag, int rcode, String answer, String authority, String meaning) {
    Message response = response(flag.equals("aa"), rcode);
    add(response, Section.ANSWER, answer);
    add(response, Section.AUTHORITY, authority);

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION).getClass().getSimpleName())
        .isEqualTo(meaning);
  }

  @Test
  void givenAliasesWithinTheZone_whenRead_thenTheLastOneCounts() {
    Message response = response(true, Rcode.NOERROR);
    add(response, Section.ANSWER, "b.zone.test. 1 IN CNAME c.other.");
    add(response, Section.ANSWER, "www.zone.test. 1 IN CNAME b.zone.test.");
    add(response, Section.ANSWER, "c.other. 1 IN A 192.0.2.66");

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION))
        .isEqualTo(new Alias(Name.fromConstantString("c.other.")));
  }

  @Test
  void givenALoopOfAliases_whenRead_thenTheNameThatComesTwiceCounts() {
    Message response = response(true, Rcode.NOERROR);
    add(response, Section.ANSWER, "www.zone.test. 1 IN CNAME a.zone.test.");
    add(response, Section.ANSWER, "a.zone.test. 1 IN CNAME b.zone.test.");
    add(response, Section.ANSWER, "b.zone.test. 1 IN CNAME a.zone.test.");
    add(response, Section.AUTHORITY, "zone.test. 1 IN SOA a. b. 1 2 3 4 5");

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION))
        .isEqualTo(new Alias(Name.fromConstantString("a.zone.test.")));
  }

  @Test
  void givenAddressesBesideAReferral_whenRead_thenOnlyThoseOfTheServersZoneAreKept() {
    Message response = response(false, Rcode.NOERROR);
    add(response, Section.AUTHORITY, "more.zone.test. 1 IN NS ns2.zone.test.");
    add(response, Section.AUTHORITY, "www.zone.test. 1 IN NS ns.zone.test.");
    add(response, Section.AUTHORITY, "www.zone.test. 1 IN NS ns.other.");
    add(response, Section.ADDITIONAL, "ns.zone.test. 1 IN AAAA 2001:db8::1");
    add(response, Section.ADDITIONAL, "ns.zone.test. 1 IN A 192.0.2.1");
    add(response, Section.ADDITIONAL, "ns.other. 1 IN A 192.0.2.66");

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION))
        .isEqualTo(
            new Referral(
                new Delegation(
                    QUESTION.name(),
                    List.of(
                        new NameServer(
                            Name.fromConstantString("ns.zone.test."),
                            List.of(
                                InetAddress.ofLiteral("192.0.2.1"),
                                InetAddress.ofLiteral("2001:db8::1"))),
                        new NameServer(Name.fromConstantString("ns.other."), List.of())))));
  }

  @Test
  void givenAnSoaOfTheServersZoneBesideNameServersBelow_whenRead_thenThereIsNoData() {
    Message response = response(true, Rcode.NOERROR);
    add(response, Section.AUTHORITY, "www.zone.test. 1 IN NS ns.zone.test.");
    add(response, Section.AUTHORITY, "www.zone.test. 1 IN SOA a. b. 1 1 1 1 1");

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION))
        .isInstanceOf(AuthorityResponse.NoData.class);
  }

  @Test
  void givenAnAddressSeveralTimes_whenRead_thenItIsKeptOnce() {
    Message response = response(false, Rcode.NOERROR);
    add(response, Section.AUTHORITY, "www.zone.test. 1 IN NS ns.zone.test.");
    for (int ttl = 1; ttl < 5; ttl++) {
      add(response, Section.ADDITIONAL, "ns.zone.test. " + ttl + " IN A 192.0.2.1");
    }

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION))
        .isInstanceOfSatisfying(
            Referral.class,
            referral ->
                assertThat(referral.delegation().servers().getFirst().addresses())
                    .containsExactly(InetAddress.ofLiteral("192.0.2.1")));
  }

  @Test
  void givenMoreServersThanAreKept_whenRead_thenTheFirstOnesAre() {
    Message response = response(false, Rcode.NOERROR);
    for (int i = 0; i < 100; i++) {
      add(response, Section.AUTHORITY, "www.zone.test. 1 IN NS n" + i + ".zone.test.");
      add(response, Section.ADDITIONAL, "n0.zone.test. 1 IN A 192.0.2." + i);
    }

    assertThat(AuthorityResponse.of(response, ZONE, QUESTION))
        .isInstanceOfSatisfying(
            Referral.class,
            referral -> {
              assertThat(referral.delegation().servers()).hasSize(AuthorityResponse.MOST_SERVERS);
              assertThat(referral.delegation().servers().getFirst().addresses())
                  .hasSize(AuthorityResponse.MOST_ADDRESSES);
            });
  }

  @Test
  void givenAnErrorCode_whenRead_thenItIsNamed() {
    assertThat(AuthorityResponse.of(response(true, Rcode.SERVFAIL), ZONE, QUESTION))
        .isEqualTo(new Unusable(new Trace.Problem("DNS", "answered SERVFAIL")));
  }

  private static Message response(boolean authority, int rcode) {
    Message response = new Message();
    response.getHeader().setFlag(Flags.QR);
    if (authority) {
      response.getHeader().setFlag(Flags.AA);
    }
    response.getHeader().setRcode(rcode);
    response.addRecord(Record.newRecord(QUESTION.name(), Type.A, DClass.IN), Section.QUESTION);
    return response;
  }

  private static void add(Message response, int section, String line) {
    if (line != null) {
      response.addRecord(MasterFile.record(line.replace("LONG", LONG)), section);
    }
  }
}
