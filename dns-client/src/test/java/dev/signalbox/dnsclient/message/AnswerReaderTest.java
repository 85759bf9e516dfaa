package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.dns.DnsRecord;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class AnswerReaderTest {

  private static final Name NAME = Name.fromConstantString("a.test.");

  @Property(tries = 5000)
  void endsAnyBytesInAMessageOrNull(@ForAll @Size(max = 512) byte[] bytes) {
    readAll(AnswerReader.decode(bytes));
  }

  @Property(tries = 5000)
  void survivesAnyByteOfAMessageBeingChanged(
      @ForAll @IntRange(max = 200) int position, @ForAll byte value) {
    byte[] wire = answer().toWire();
    wire[position % wire.length] = value;

    readAll(AnswerReader.decode(wire));
  }

  @Property
  void survivesAMessageBeingCut(@ForAll @IntRange(max = 200) int length) {
    byte[] wire = answer().toWire();

    readAll(AnswerReader.decode(Arrays.copyOf(wire, length % wire.length)));
  }

  @Test
  void keepsTheStringsOfATextApart() {
    Message message = new Message(1);
    message.addRecord(
        new TXTRecord(NAME, DClass.IN, 60, List.of("plain", "two words", "a\"b", "")),
        Section.ANSWER);

    assertThat(AnswerReader.records(decoded(message), Section.ANSWER))
        .containsExactly(
            new DnsRecord("a.test.", "TXT", 60, "\"plain\" \"two words\" \"a\\\"b\" \"\""));
  }

  @Test
  void showsUnknownTypesInGenericNotation() {
    Message message = new Message(1);
    message.addRecord(
        Record.newRecord(NAME, 65280, DClass.IN, 60, new byte[] {1, (byte) 0xFF}), Section.ANSWER);

    assertThat(AnswerReader.records(decoded(message), Section.ANSWER))
        .containsExactly(new DnsRecord("a.test.", "TYPE65280", 60, "\\# 2 01FF"));
  }

  @Test
  void hasNoEdnsWithoutAnOptRecord() {
    assertThat(EdnsReader.read(new Message(1))).isNull();
  }

  @Test
  void readsOptionsWithAndWithoutAPlaceOfTheirOwn() {
    Message message = new Message(1);
    message.addRecord(
        new OPTRecord(
            4096,
            0,
            0,
            0,
            List.of(
                new NSIDOption(new byte[] {0, 1}),
                new ClientSubnetOption(24, 16, InetAddress.ofLiteral("192.0.2.0")),
                new GenericEDNSOption(65001, new byte[] {5, 6}))),
        Section.ADDITIONAL);

    var edns = EdnsReader.read(decoded(message));

    assertThat(edns.nsid()).isEqualTo("0001");
    assertThat(edns.clientSubnet().address()).isEqualTo("192.0.2.0/24");
    assertThat(edns.clientSubnet().scope()).isEqualTo(16);
    assertThat(edns.options().getFirst().code()).isEqualTo(65001);
    assertThat(edns.options().getFirst().data()).isEqualTo("0506");
    assertThat(AnswerReader.records(decoded(message), Section.ADDITIONAL)).isEmpty();
  }

  private static Message answer() {
    Message message = new Message(1);
    message.addRecord(Record.newRecord(NAME, Type.A, DClass.IN), Section.QUESTION);
    message.addRecord(
        new ARecord(NAME, DClass.IN, 60, InetAddress.ofLiteral("192.0.2.1")), Section.ANSWER);
    message.addRecord(new TXTRecord(NAME, DClass.IN, 60, "some text"), Section.ANSWER);
    message.addRecord(
        new OPTRecord(1232, 0, 0, 0, List.of(new NSIDOption(new byte[] {1, 2, 3}))),
        Section.ADDITIONAL);
    return message;
  }

  private static Message decoded(Message message) {
    Message decoded = AnswerReader.decode(message.toWire());
    assertThat(decoded).isNotNull();
    return decoded;
  }

  private static void readAll(Message message) {
    if (message != null) {
      AnswerReader.flags(message);
      AnswerReader.questions(message);
      EdnsReader.read(message);
      for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
        AnswerReader.records(message, section);
      }
    }
  }
}
