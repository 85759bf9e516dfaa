package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class EncodedQueryTest {

  private static final RandomBits RANDOM = new RandomBits();
  private static final QueryOptions STANDARD = QueryOptions.standard(1232);

  @Test
  void carriesFlagsAndOptions() throws IOException {
    QueryOptions options =
        new QueryOptions(
            true, true, true, new EdnsOptions(4096, ClientSubnet.parse("192.0.2.99/24"), true));

    Message message = new Message(EncodedQuery.of(question("a.test"), options).withId(0xBEEF));

    assertThat(message.getHeader().getID()).isEqualTo(0xBEEF);
    assertThat(message.getHeader().getFlag(Flags.RD)).isTrue();
    assertThat(message.getHeader().getFlag(Flags.CD)).isTrue();
    assertThat(message.getOPT().getPayloadSize()).isEqualTo(4096);
    assertThat(message.getOPT().getFlags() & ExtendedFlags.DO).isNotZero();
    assertThat(message.getOPT().getOptions()).hasSize(2);
    ClientSubnetOption subnet = (ClientSubnetOption) message.getOPT().getOptions().get(1);
    assertThat(subnet.getAddress().getHostAddress()).isEqualTo("192.0.2.0");
    assertThat(subnet.getSourcePrefixLength()).isEqualTo(24);
  }

  @Test
  void isAPlainMessageWithoutEdns() throws IOException {
    Message message =
        new Message(EncodedQuery.of(question("a.test"), STANDARD.withoutEdns()).withId(1));

    assertThat(message.getOPT()).isNull();
  }

  @Property
  void asksTheSameQuestionInWhateverCase(
      @ForAll("names") String name, @ForAll @IntRange(max = 65535) int id) throws IOException {
    Question question = question(name);
    EncodedQuery query = EncodedQuery.of(question, STANDARD);

    byte[] sent = query.withIdAndMixedCase(id, RANDOM);

    Message message = new Message(sent);
    assertThat(message.getHeader().getID()).isEqualTo(id);
    assertThat(message.getQuestion().getName()).isEqualTo(question.name());
    assertThat(message.getQuestion().getType()).isEqualTo(question.type());
  }

  @Property
  void recognisesItsAnswerAndRestoresTheCase(@ForAll("names") String name) throws IOException {
    EncodedQuery query = EncodedQuery.of(question(name), STANDARD);
    byte[] sent = query.withIdAndMixedCase(77, RANDOM);
    byte[] reply = replyTo(sent);

    assertThat(query.match(sent, reply)).isEqualTo(ReplyMatch.EXACT);
    query.restoreCase(reply);

    assertThat(new Message(reply).getQuestion().getName().toString())
        .isEqualTo(question(name).nameText());
  }

  @Property
  void takesNoMessageWithAnotherIdOrQuestion(
      @ForAll("names") String name, @ForAll("names") String other) {
    EncodedQuery query = EncodedQuery.of(question(name), STANDARD);
    byte[] sent = query.withId(1);
    byte[] otherId = replyTo(query.withId(2));
    byte[] otherQuestion = replyTo(EncodedQuery.of(question(other), STANDARD).withId(1));

    assertThat(query.match(sent, otherId)).isEqualTo(ReplyMatch.FOREIGN);
    assertThat(query.match(sent, sent)).isEqualTo(ReplyMatch.FOREIGN);
    if (!question(name).equals(question(other))) {
      assertThat(query.match(sent, otherQuestion)).isEqualTo(ReplyMatch.FOREIGN);
    }
  }

  @Property
  void judgesAnyBytes(@ForAll @Size(max = 600) byte[] bytes) {
    EncodedQuery query = EncodedQuery.of(question("example.test"), STANDARD);
    byte[] sent = query.withId(0);

    ReplyMatch match = query.match(sent, bytes);
    query.restoreCase(bytes);

    assertThat(match).isNotEqualTo(ReplyMatch.EXACT);
  }

  @Test
  void seesThatTheCaseWasFolded() {
    EncodedQuery query = EncodedQuery.of(question("UPPER.TEST"), STANDARD);
    byte[] sent = query.withId(5);
    byte[] reply = replyTo(EncodedQuery.of(question("upper.test"), STANDARD).withId(5));

    assertThat(query.match(sent, reply)).isEqualTo(ReplyMatch.OTHER_CASE);
  }

  @Test
  void takesARefusalThatDoesNotRepeatTheQuestionButNoDataWithoutIt() {
    EncodedQuery query = EncodedQuery.of(question("a.test"), STANDARD);
    byte[] sent = query.withId(9);
    Message refusal = new Message(9);
    refusal.getHeader().setFlag(Flags.QR);
    refusal.getHeader().setRcode(Rcode.FORMERR);

    assertThat(query.match(sent, refusal.toWire())).isEqualTo(ReplyMatch.WITHOUT_QUESTION);
    refusal.getHeader().setRcode(Rcode.NXDOMAIN);
    assertThat(query.match(sent, refusal.toWire())).isEqualTo(ReplyMatch.FOREIGN);
  }

  private static byte[] replyTo(byte[] query) {
    byte[] reply = query.clone();
    reply[2] |= (byte) 0x80;
    return reply;
  }

  private static Question question(String name) {
    return DomainNames.question(name, Type.A);
  }

  @Provide
  Arbitrary<String> names() {
    Arbitrary<String> label =
        Arbitraries.strings().withChars("abcxyzABCXYZ019-_@[`{").ofMinLength(1).ofMaxLength(63);
    return label.list().ofMinSize(1).ofMaxSize(3).map(labels -> String.join(".", labels));
  }

  @Test
  void hasAQuestionSectionOfOne() throws IOException {
    Message message = new Message(EncodedQuery.of(question("a.test"), STANDARD).withId(0));

    assertThat(message.getSection(Section.QUESTION)).hasSize(1);
  }
}
