package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.dnsclient.message.AliasChain.Ending;
import dev.signalbox.testsupport.MasterFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Chains of aliases from www.a.test. on. */
class AliasChainTest {

  private static final Name ASKED = Name.fromConstantString("www.a.test.");
  private static final String LABEL = "x".repeat(63);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "A|.|-|www.a.test.|COMPLETE",
        "A|.|b.test. CNAME c.test.|www.a.test.|COMPLETE",
        "A|.|www.a.test. CH CNAME b.test.|www.a.test.|COMPLETE",
        "A|.|www.a.test. CNAME b.test.|b.test.|COMPLETE",
        "A|.|b.test. CNAME c.test.; WWW.a.test. CNAME b.test.|c.test.|COMPLETE",
        "CNAME|.|www.a.test. CNAME b.test.|www.a.test.|COMPLETE",
        "ANY|.|www.a.test. CNAME b.test.|www.a.test.|COMPLETE",
        "A|.|a.test. DNAME b.test.|www.b.test.|COMPLETE",
        "A|.|a.test. DNAME b.test.; www.a.test. CNAME c.test.|c.test.|COMPLETE",
        "A|.|www.a.test. DNAME b.test.|www.a.test.|COMPLETE",
        "A|.|www.a.test. CNAME www.a.test.|www.a.test.|LOOP",
        "A|.|www.a.test. CNAME b.test.; b.test. CNAME c.test.; c.test. CNAME b.test.|b.test.|LOOP",
        "A|.|a.test. DNAME b.test.; b.test. DNAME a.test.|www.a.test.|LOOP",
        "A|a.test.|www.a.test. CNAME b.test.; b.test. CNAME c.test.|b.test.|COMPLETE",
        "A|a.test.|www.a.test. CNAME x.a.test.; x.a.test. CNAME b.test.|b.test.|COMPLETE",
        "A|a.test.|test. DNAME b.test.|www.a.test.|COMPLETE",
        "A|b.test.|www.a.test. CNAME b.test.|www.a.test.|COMPLETE",
      })
  void givenRecords_whenFollowed_thenTheChainEnds(
      String type, String zone, String records, String end, Ending ending) {
    Question question = new Question(ASKED, Type.value(type));

    AliasChain chain = AliasChain.of(message(records), question, Name.fromConstantString(zone));

    assertThat(chain).isEqualTo(new AliasChain(question, Name.fromConstantString(end), ending));
  }

  @ParameterizedTest
  @CsvSource({
    "15, n15.test., COMPLETE",
    "16, n16.test., COMPLETE",
    "17, n16.test., TOO_MANY",
    "40, n16.test., TOO_MANY"
  })
  void givenManyAliases_whenFollowed_thenTheChainEndsAfterTheSixteenth(
      int aliases, String end, Ending ending) {
    StringBuilder chain = new StringBuilder("www.a.test. CNAME n1.test.");
    for (int i = 1; i < aliases; i++) {
      chain.append("; n").append(i).append(".test. CNAME n").append(i + 1).append(".test.");
    }
    Question question = new Question(ASKED, Type.A);

    assertThat(AliasChain.of(message(chain.toString()), question))
        .isEqualTo(new AliasChain(question, Name.fromConstantString(end), ending));
  }

  @Test
  void givenADnameThatMakesANameTooLong_whenFollowed_thenTheChainEndsBeforeIt() {
    String longest = String.join(".", LABEL, LABEL, LABEL, "x".repeat(60)) + ".";
    Question question = new Question(ASKED, Type.A);

    assertThat(AliasChain.of(message("a.test. DNAME " + longest), question))
        .isEqualTo(new AliasChain(question, ASKED, Ending.NAME_TOO_LONG));
  }

  private static Message message(String records) {
    Message message = new Message(1);
    if (records != null) {
      MasterFile.records(records).forEach(record -> message.addRecord(record, Section.ANSWER));
    }
    return message;
  }
}
