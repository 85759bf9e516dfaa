package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class QuestionCaseTest {

  private static Name name(String text) {
    return Name.fromConstantString(text);
  }

  private static Message answer(String asked) {
    Message message = new Message(1);
    message.addRecord(Record.newRecord(name(asked), Type.A, DClass.IN), Section.QUESTION);
    return message;
  }

  private static Message rewritten(Message message, String asked) throws IOException {
    byte[] wire = message.toWire();
    QuestionCase.rewrite(wire, name(asked).toWire());
    return new Message(wire);
  }

  @Test
  void isThatOfTheQuestionInAliasesMadeFromDname() throws IOException {
    Message message = answer("wWw.DeEp.a.tEsT.");
    message.addRecord(
        new DNAMERecord(name("a.tEsT."), DClass.IN, 60, name("b.test.")), Section.ANSWER);
    message.addRecord(
        new CNAMERecord(name("wWw.DeEp.a.tEsT."), DClass.IN, 60, name("wWw.DeEp.b.test.")),
        Section.ANSWER);
    message.addRecord(
        new ARecord(name("wWw.DeEp.b.test."), DClass.IN, 60, InetAddress.ofLiteral("192.0.2.1")),
        Section.ANSWER);

    String shown = rewritten(message, "www.deep.a.test.").toString();

    assertThat(shown).contains("www.deep.b.test.").doesNotContainPattern("wWw|DeEp|tEsT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test.", "A.TEST."})
  void changesNothingThatOnlyLooksLikeTheName(String asked) throws IOException {
    Message message = answer("A.test.");
    message.addRecord(
        new TXTRecord(name("A.test."), DClass.IN, 60, List.of("A", "AA")), Section.ANSWER);
    message.addRecord(
        new ARecord(name("A.test."), DClass.IN, 60, InetAddress.ofLiteral("1.65.1.65")),
        Section.ANSWER);

    Message shown = rewritten(message, asked);

    assertThat(((ARecord) shown.getSection(Section.ANSWER).get(1)).getAddress())
        .isEqualTo(InetAddress.ofLiteral("1.65.1.65"));
    assertThat(shown.getSection(Section.ANSWER).getFirst().rdataToString()).isEqualTo("A AA");
    assertThat(shown.getQuestion().getName().toString()).isEqualTo(asked);
  }

  @Property
  void survivesAnyBytes(@ForAll @Size(max = 300) byte[] bytes) {
    byte[] before = bytes.clone();

    QuestionCase.rewrite(bytes, name("a.test.").toWire());

    assertThat(bytes).hasSameSizeAs(before);
  }
}
