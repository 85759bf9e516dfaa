package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.dns.DnsRecord;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
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

  private static DnsRecord shown(int type, String hex) {
    Message message = new Message(1);
    message.addRecord(
        Record.newRecord(NAME, type, DClass.IN, 60, HexFormat.of().parseHex(hex)), Section.ANSWER);
    return AnswerReader.records(decoded(message), Section.ANSWER).getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "28|00000000000000000000ffffc0000201|AAAA|::ffff:192.0.2.1",
        "28|20010db8000000000000000000000001|AAAA|2001:db8::1",
        "28|00000000000000000000000000000000|AAAA|::",
        "28|20010db8000000010001000100010001|AAAA|2001:db8:0:1:1:1:1:1",
        "28|20010000000000000001000000000001|AAAA|2001::1:0:0:1",
        "65|0001000006001020010db8000000000000000000000001|HTTPS|1 . ipv6hint=2001:db8::1",
        "42|00022003120db8|APL|2:120d:b800::/32",
        "38|0020010db8000000000000000000000001|A6|0 2001:db8::1",
        "38|4000000000000000010161047465737400|A6|64 ::1 a.test.",
        "38|800161047465737400|A6|128 a.test.",
        "42|00021004 20010db8|APL|2:2001:db8::/16",
        "62|00000042 0003 00 04 60000008|CSYNC|66 3 A NS AAAA",
        "104|000a00144fffff20ee64|NID|10 0014:4fff:ff20:ee64",
        "105|000ac0000201|L32|10 192.0.2.1",
        "106|000a20010db811401000|L64|10 2001:0db8:1140:1000",
        "107|000a026c310474657374 00|LP|10 l1.test.",
        "108|00005e00532a|EUI48|00-00-5e-00-53-2a",
        "109|00005eef1000002a|EUI64|00-00-5e-ef-10-00-00-2a",
        "258|0161026262|AVC|'\"a\" \"bb\"'",
        "260|0a01cb00710f|AMTRELAY|10 0 1 203.0.113.15",
        "260|0a8220010db8000000000000000000000015|AMTRELAY|10 1 2 2001:db8::15",
        "260|8080|AMTRELAY|128 1 0 .",
        "260|80030372 6c790474657374 00|AMTRELAY|128 0 3 rly.test.",
        "261|0161|TYPE261|'\"a\"'",
        "66|003b0114e5036e73310474657374 00|TYPE66|CDS NOTIFY 5349 ns1.test.",
        "65280||TYPE65280|\\# 0",
        "104|000a|NID|\\# 2 000A",
        "108|00005e00532a00|EUI48|\\# 7 00005E00532A00",
      })
  void writesDataAsTheStandardOfItsTypeDoes(int type, String hex, String name, String data) {
    DnsRecord record = shown(type, hex == null ? "" : hex.replace(" ", ""));

    assertThat(record.type()).isEqualTo(name);
    assertThat(record.data()).isEqualTo(data);
  }

  @Test
  void leavesWhatLooksLikeAHintAlone() {
    // alpn " ipv6hint=2001:0:0:0:0:0:0:1" before a hint of its own
    byte[] protocol = " ipv6hint=2001:0:0:0:0:0:0:1".getBytes(StandardCharsets.US_ASCII);
    String alpn = "%04x%02x".formatted(protocol.length + 1, protocol.length);
    String data =
        "0001000001"
            + alpn
            + HexFormat.of().formatHex(protocol)
            + "0006001020010db8000000000000000000000001";

    assertThat(shown(65, data).data())
        .contains("ipv6hint=2001:0:0:0:0:0:0:1")
        .endsWith(" ipv6hint=2001:db8::1");
  }

  @Test
  void keepsWhatIsSoundWhenARecordOfTheAdditionalSectionIsNot() {
    Message message = answer();
    message.addRecord(
        Record.newRecord(NAME, 65_300, DClass.IN, 60, new byte[] {1, 2, 3}), Section.ADDITIONAL);
    message.addRecord(
        new ARecord(NAME, DClass.IN, 60, InetAddress.ofLiteral("192.0.2.9")), Section.ADDITIONAL);
    byte[] wire = message.toWire();
    // An A record of three bytes.
    int at = indexOf(wire, new byte[] {(byte) 0xFF, 0x14});
    wire[at] = 0;
    wire[at + 1] = 1;

    Message read = AnswerReader.decode(wire);

    assertThat(read).isNotNull();
    assertThat(AnswerReader.records(read, Section.ANSWER)).hasSize(2);
    assertThat(AnswerReader.records(read, Section.ADDITIONAL))
        .extracting(DnsRecord::data)
        .containsExactly("192.0.2.9");
    assertThat(AnswerReader.malformed(read))
        .containsExactly("record 2 of the additional section, A with 3 bytes of data");
    assertThat(EdnsReader.read(read)).isNotNull();
  }

  @Test
  void readsNothingWhenTheOptRecordIsMalformed() {
    Message message = answer();
    byte[] wire = message.toWire();
    // The option's length says more than there is.
    wire[wire.length - 4]++;

    assertThat(AnswerReader.decode(wire)).isNull();
  }

  @Test
  void isNotHeldUpByNamesThatPointToPointers() {
    ByteBuffer wire = ByteBuffer.allocate(60_000);
    wire.putShort((short) 1).putShort((short) 0x8000).putShort((short) 0).putShort((short) 2);
    wire.putShort((short) 0).putShort((short) 0);
    // Data of the unspecific type NULL, each pointer to the one before.
    wire.put((byte) 0).putShort((short) 10).putShort((short) 1).putInt(0).putShort((short) 16_000);
    int first = wire.position();
    wire.put((byte) 0).put((byte) 0);
    for (int i = 1; i < 8_000; i++) {
      int before = first + 2 * (i - 1);
      wire.putShort((short) (0xC000 | (i == 1 ? first : before)));
    }
    int last = wire.position() - 2;
    // HIP, whose names the codec reads until its data ends.
    int names = (wire.capacity() - wire.position() - 11 - 4) / 2;
    wire.put((byte) 0).putShort((short) 55).putShort((short) 1).putInt(0);
    wire.putShort((short) (4 + 2 * names)).putInt(0);
    for (int i = 0; i < names; i++) {
      wire.putShort((short) (0xC000 | Math.min(last, 0x3FFF)));
    }

    assertThat(AnswerReader.decode(Arrays.copyOf(wire.array(), wire.position()))).isNull();
  }

  @Test
  void readsNothingWhenARecordOfTheAnswerIsMalformed() {
    Message message = new Message(1);
    message.addRecord(
        Record.newRecord(NAME, 65_300, DClass.IN, 60, new byte[] {1, 2, 3}), Section.ANSWER);
    byte[] wire = message.toWire();
    int at = indexOf(wire, new byte[] {(byte) 0xFF, 0x14});
    wire[at] = 0;
    wire[at + 1] = 1;

    assertThat(AnswerReader.decode(wire)).isNull();
  }

  @Property
  void readsNothingOfAMessageThatIsCutInsideARecordWhateverItSays(
      @ForAll @IntRange(min = 24, max = 95) int length) {
    Message message = answer();
    message.getHeader().setFlag(Flags.TC);
    byte[] wire = message.toWire();

    assertThat(AnswerReader.decode(Arrays.copyOf(wire, Math.min(length, wire.length - 1))))
        .isNull();
    assertThat(AnswerReader.decode(wire)).isNotNull();
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
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
