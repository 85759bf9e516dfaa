package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Whatever bytes come from a network. In a build the inputs beside this class are replayed; with
 * {@code JAZZER_FUZZ=1} and one test chosen, new ones are looked for.
 */
class MessageFuzzTest {

  private static final Question QUESTION =
      new Question(Name.fromConstantString("www.Example.test."), Type.A);

  @FuzzTest(maxDuration = "1m")
  void readsAnyAnswer(byte[] wire) {
    Message message = AnswerReader.decode(wire);
    if (message == null) {
      return;
    }
    AnswerReader.flags(message);
    AnswerReader.questions(message);
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      AnswerReader.records(message, section);
    }
    EdnsReader.read(message);
    AnswerAddresses.of(message, QUESTION);
    assertThat(Freshness.of(message, QUESTION).seconds()).isBetween(0L, (long) Integer.MAX_VALUE);
  }

  @FuzzTest(maxDuration = "1m")
  void countsAnyTtlsDown(byte[] wire) {
    int[] offsets = WireTtls.offsets(wire);
    if (offsets == null) {
      return;
    }
    byte[] aged = wire.clone();
    WireTtls.age(aged, offsets, 1_000_000_000_000L);

    assertThat(aged).hasSameSizeAs(wire);
    for (int offset : offsets) {
      assertThat(Arrays.copyOfRange(aged, offset, offset + 4)).containsOnly(0);
    }
    // Only TTLs have changed: what could be read still can.
    assertThat(AnswerReader.decode(aged) == null).isEqualTo(AnswerReader.decode(wire) == null);
  }

  @FuzzTest(maxDuration = "1m")
  void matchesAnyReply(FuzzedDataProvider data) {
    EncodedQuery query = EncodedQuery.of(QUESTION, QueryOptions.standard(1232));
    byte[] sent =
        data.consumeBoolean()
            ? query.withIdAndMixedCase(data.consumeInt(0, 65_535), new RandomBits())
            : query.withId(data.consumeInt(0, 65_535));
    byte[] reply = data.consumeBoolean() ? sent.clone() : data.consumeBytes(600);
    for (int i = data.consumeInt(0, 8); i > 0 && reply.length > 0; i--) {
      reply[data.consumeInt(0, reply.length - 1)] = data.consumeByte();
    }
    ReplyMatch match = query.match(sent, reply);
    query.restoreCase(reply);

    if (match == ReplyMatch.EXACT || match == ReplyMatch.OTHER_CASE) {
      assertThat(reply[0]).isEqualTo(sent[0]);
      assertThat(reply[1]).isEqualTo(sent[1]);
      assertThat(reply[2] & 0x80).isNotZero();
    }
  }

  @FuzzTest(maxDuration = "1m")
  void readsAnyNameAndSubnet(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    try {
      assertThat(DomainNames.parse(text).isAbsolute()).isTrue();
    } catch (IllegalArgumentException rule) {
      assertThat(rule.getMessage()).startsWith("must ");
    }
    try {
      ClientSubnet.parse(text);
    } catch (IllegalArgumentException rule) {
      assertThat(rule.getMessage()).startsWith("must ");
    }
  }
}
