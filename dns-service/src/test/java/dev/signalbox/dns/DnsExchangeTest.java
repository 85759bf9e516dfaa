package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.contracts.dns.DnsExchangeRequest;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Messages answered by messages. */
class DnsExchangeTest {

  private static final String SOA = "test. 900 IN SOA ns1.test. admin.test. 1 7200 900 1209600 300";

  private static FakeDnsServer dns;
  private static TestNode node;

  @BeforeAll
  static void start() {
    dns = FakeDnsServer.start();
    node =
        TestNode.start(
            DnsMain.SERVICE, Map.of("resolver.upstreams", dns.resolver(), "dns.timeout", "2s"));
  }

  @AfterAll
  static void stop() {
    node.close();
    dns.close();
  }

  @Test
  void answersUnderTheRequestsIdWithItsQuestionInItsCase() throws IOException {
    dns.record("a.exchange.test. 300 IN A 192.0.2.1").record("a.exchange.test. 60 IN A 192.0.2.2");
    Message query = query("A.exchange.TEST.", Type.A);

    DnsExchangeReply reply = exchange(query);

    Message answer = new Message(reply.message().bytes());
    assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(answer.getHeader().getFlag(Flags.RD)).isTrue();
    assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
    assertThat(answer.getQuestion().getName().toString()).isEqualTo("A.exchange.TEST.");
    assertThat(answer.getSection(Section.ANSWER)).hasSize(2);
    assertThat(answer.getOPT()).isNull();
    assertThat(reply.freshSeconds()).isEqualTo(60);
  }

  @Test
  void speaksEdnsOnlyWithWhoSpeaksItAndPassesItOn() throws IOException {
    dns.record("edns.exchange.test. 300 IN A 192.0.2.1");
    Message query = query("edns.exchange.test.", Type.A);
    query.getHeader().setFlag(Flags.CD);
    EDNSOption subnet = new ClientSubnetOption(24, InetAddress.ofLiteral("192.0.2.0"));
    query.addRecord(
        new OPTRecord(4096, 0, 0, ExtendedFlags.DO, List.of(subnet)), Section.ADDITIONAL);
    dns.script(
        "edns.exchange.test",
        exchange -> {
          // Said back as it came, so that the test sees what the server saw.
          Message answer = exchange.answer();
          answer.removeAllRecords(Section.ADDITIONAL);
          answer.addRecord(exchange.query().getOPT(), Section.ADDITIONAL);
          exchange.send(answer);
        });

    Message answer = new Message(exchange(query).message().bytes());

    assertThat(answer.getOPT().getFlags() & ExtendedFlags.DO).isNotZero();
    assertThat(answer.getOPT().getPayloadSize()).isEqualTo(1232);
    assertThat(answer.getOPT().getOptions()).containsExactly(subnet);
    assertThat(answer.getHeader().getFlag(Flags.CD)).isTrue();
  }

  @Test
  void saysHowLongAMissingNameIsMissing() throws IOException {
    dns.record(SOA);

    DnsExchangeReply reply = exchange(query("nowhere.exchange.test.", Type.A));

    assertThat(new Message(reply.message().bytes()).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(reply.freshSeconds()).isEqualTo(300);
  }

  @Test
  void passesARefusalOnAsOneThatMayNotBeKept() throws IOException {
    dns.script("refused.exchange.test", DnsBehaviour.rcode(Rcode.REFUSED));

    DnsExchangeReply reply = exchange(query("refused.exchange.test.", Type.A));

    assertThat(new Message(reply.message().bytes()).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(reply.freshSeconds()).isZero();
  }

  @Test
  void saysServfailWithTheReasonWhenNobodyAnswers() throws IOException {
    dns.script("silent.exchange.test", DnsBehaviour.drop());
    Message plain = query("silent.exchange.test.", Type.A);
    Message modern = query("silent.exchange.test.", Type.A);
    modern.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);

    Message toPlain = new Message(exchange(plain).message().bytes());
    DnsExchangeReply reply = exchange(modern);
    Message toModern = new Message(reply.message().bytes());

    assertThat(toPlain.getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(toPlain.getOPT()).isNull();
    assertThat(toModern.getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(toModern.getOPT().getOptions())
        .singleElement()
        .isInstanceOfSatisfying(
            ExtendedErrorCodeOption.class,
            error -> {
              assertThat(error.getErrorCode())
                  .isEqualTo(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY);
              assertThat(error.getText()).contains("did not answer in time");
            });
    assertThat(reply.freshSeconds()).isZero();
  }

  @Test
  void saysWhatItDoesNotDo() throws IOException {
    Message hesiod =
        Message.newQuery(Record.newRecord(Name.fromConstantString("a.test."), Type.TXT, DClass.HS));
    Message transfer = query("test.", Type.AXFR);
    Message future = query("a.exchange.test.", Type.A);
    future.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);

    assertThat(rcode(hesiod)).isEqualTo(Rcode.NOTIMP);
    assertThat(rcode(transfer)).isEqualTo(Rcode.NOTIMP);
    assertThat(rcode(future)).isEqualTo(Rcode.BADVERS);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {Opcode.IQUERY, Opcode.STATUS, 3, Opcode.NOTIFY, Opcode.UPDATE, Opcode.DSO, 15})
  void answersOtherOpcodesThatItDoesNotImplementThem(int opcode) throws IOException {
    Message other = query("a.test.", Type.A);
    other.getHeader().setOpcode(opcode);

    Message answer = new Message(exchange(other).message().bytes());

    assertThat(answer.getRcode()).isEqualTo(Rcode.NOTIMP);
    assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(answer.getHeader().getOpcode()).isEqualTo(opcode);
    assertThat(answer.getHeader().getID()).isEqualTo(other.getHeader().getID());
  }

  @Test
  void asksInClassChaosToo() throws IOException {
    dns.script(
        "version.bind",
        exchange -> {
          Record asked = exchange.query().getQuestion();
          Message answer = exchange.reply();
          answer.addRecord(
              new TXTRecord(asked.getName(), asked.getDClass(), 0, "9.20.1"), Section.ANSWER);
          exchange.send(answer);
        });

    Message answer =
        new Message(
            exchange(
                    Message.newQuery(
                        Record.newRecord(
                            Name.fromConstantString("version.bind."), Type.TXT, DClass.CH)))
                .message()
                .bytes());

    Record found = answer.getSection(Section.ANSWER).getFirst();
    assertThat(found.getDClass()).isEqualTo(DClass.CH);
    assertThat(found.rdataToString()).isEqualTo("9.20.1");
  }

  @Test
  void padsTheAnswerToAPaddedQuestionOnly() throws IOException {
    dns.record("padded.exchange.test. 300 IN A 192.0.2.1");
    Message padded = query("padded.exchange.test.", Type.A);
    EDNSOption padding = new GenericEDNSOption(EDNSOption.Code.PADDING, new byte[40]);
    padded.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(padding)), Section.ADDITIONAL);
    Message plain = query("padded.exchange.test.", Type.A);
    plain.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);

    byte[] toPadded = exchange(padded).message().bytes();
    byte[] toPlain = exchange(plain).message().bytes();

    assertThat(toPadded.length % 468).isZero();
    assertThat(new Message(toPadded).getOPT().getOptions(EDNSOption.Code.PADDING)).hasSize(1);
    assertThat(new Message(toPadded).getSection(Section.ANSWER)).hasSize(1);
    assertThat(new Message(toPlain).getOPT().getOptions()).isEmpty();
  }

  @Test
  void refusesWhatIsNoQueryWithOneQuestion() throws IOException {
    Message answer = query("a.test.", Type.A);
    answer.getHeader().setFlag(Flags.QR);
    Message two = query("a.test.", Type.A);
    two.addRecord(two.getQuestion(), Section.QUESTION);
    Message twoOpts = query("a.test.", Type.A);
    twoOpts.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    twoOpts.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    byte[] whole = query("a.test.", Type.A).toWire();
    byte[] countsLie = whole.clone();
    countsLie[7] = 9;

    assertRefused(new byte[0], "at least 12 bytes");
    assertRefused(Arrays.copyOf(whole, 11), "at least 12 bytes");
    assertRefused(Arrays.copyOf(whole, whole.length - 1), "cannot be read");
    assertRefused(countsLie, "cannot be read");
    assertRefused(new Message(7).toWire(), "exactly one question");
    assertRefused(two.toWire(), "exactly one question");
    assertRefused(answer.toWire(), "not a query");
    assertRefused(twoOpts.toWire(), "OPT");
  }

  private static void assertRefused(byte[] message, String rule) {
    assertThatThrownBy(() -> exchange(message))
        .isInstanceOfSatisfying(
            ServiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
        .hasMessageContaining(rule);
  }

  private static int rcode(Message query) throws IOException {
    return new Message(exchange(query).message().bytes()).getRcode();
  }

  private static DnsExchangeReply exchange(Message query) {
    return exchange(query.toWire());
  }

  private static DnsExchangeReply exchange(byte[] message) {
    return node.call(DnsContract.EXCHANGE, new DnsExchangeRequest(new Binary(message)));
  }

  private static Message query(String name, int type) {
    return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, DClass.IN));
  }
}
