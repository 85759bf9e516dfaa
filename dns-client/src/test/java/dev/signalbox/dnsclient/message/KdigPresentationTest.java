package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.testsupport.FakeDnsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The data of records as kdig writes them, which is the closest there is to a second opinion. */
class KdigPresentationTest {

  private static final Name NAME = Name.fromConstantString("a.test.");
  private static final Path KDIG = Path.of("/usr/bin/kdig");

  @BeforeAll
  static void needsKdig() {
    boolean there = Files.isExecutable(KDIG);
    assumeTrue(
        there || Boolean.getBoolean("signalbox.require.all"),
        "kdig is not here: install knot-dnsutils");
    assertThat(there).as("kdig, of the package knot-dnsutils").isTrue();
  }

  static Stream<Arguments> records() {
    return ROWS.lines()
        .filter(line -> !line.isBlank())
        .map(line -> {
          String[] typeAndData = line.split("\\|", 2);
          return Arguments.of(typeAndData[0], typeAndData[1]);
        });
  }

  @Test
  void givenEveryTypeWithAName_whenLookedFor_thenItIsAmongTheRecords() {
    Set<Integer> there =
        records().map(row -> number((String) row.get()[0])).collect(Collectors.toSet());

    assertThat(IntStream.rangeClosed(1, 65_535).boxed())
        .filteredOn(type -> !Type.string(type).startsWith("TYPE"))
        .filteredOn(type -> Type.isRR(type) && RecordTypes.askable(type))
        .allMatch(there::contains);
  }

  @ParameterizedTest
  @MethodSource("records")
  void givenARecord_whenWritten_thenItReadsAsKdigWritesIt(String type, String data)
      throws Exception {
    Record record = Record.fromString(NAME, number(type), DClass.IN, 60, data, Name.root);
    Message message = new Message(1);
    message.addRecord(record, Section.ANSWER);
    DnsRecord ours = AnswerReader.records(decoded(message), Section.ANSWER).getFirst();

    String theirs = kdig(record);

    if (theirs.startsWith("\\#")) {
      // A type that kdig does not know, or no longer: our text has to stand for the same bytes.
      assertThat(HexFormat.of().formatHex(wire(record.getType(), ours.data())))
          .isEqualToIgnoringCase(theirs.replaceFirst("\\\\# [0-9]+", "").replace(" ", ""));
    } else {
      assertThat(alike(ours)).isEqualTo(alike(new DnsRecord("", ours.type(), 0, theirs)));
    }
  }

  /** The data that a text stands for, by the RFC of its type where the codec does not know that. */
  private static byte[] wire(int type, String text) throws IOException {
    if (text.startsWith("\\#")) {
      return rdata(type, text);
    }
    String[] words = text.split(" ", -1);
    return switch (type) {
      // NINFO, AVC (Cisco), RESINFO (RFC 9606) and WALLET have the format of TXT, TALINK that of
      // RP.
      case 56, 258, 261, 262 -> rdata(Type.TXT, text);
      case 58 -> rdata(Type.RP, text);
      // DSYNC, RFC 9859 section 2.1: type, scheme, port, target.
      case 66 ->
          joined(
              shortOf(number(words[0])),
              new byte[] {(byte) (words[1].equals("NOTIFY") ? 1 : Integer.parseInt(words[1]))},
              shortOf(Integer.parseInt(words[2])),
              rdata(Type.NS, words[3]));
      // AMTRELAY, RFC 8777 section 4.2: precedence, discovery bit and type of relay, relay.
      case 260 ->
          joined(
              new byte[] {
                (byte) Integer.parseInt(words[0]),
                (byte) (Integer.parseInt(words[1]) << 7 | Integer.parseInt(words[2]))
              },
              switch (words[2]) {
                case "1" -> rdata(Type.A, words[3]);
                case "2" -> rdata(Type.AAAA, words[3]);
                case "3" -> rdata(Type.NS, words[3]);
                default -> new byte[0];
              });
      default -> rdata(type, text);
    };
  }

  private static byte[] rdata(int type, String text) throws IOException {
    return Record.fromString(NAME, type, DClass.IN, 60, text, Name.root).rdataToWireCanonical();
  }

  private static byte[] shortOf(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Without what the standards leave open and kdig does in another way. */
  private static String alike(DnsRecord record) {
    return switch (record.type()) {
      // Base 32 and hex in either case: RFC 5155 section 3.3, RFC 6742 section 2, RFC 7043.
      case "NSEC3", "NID", "L64", "EUI48", "EUI64" -> record.data().toLowerCase(Locale.ROOT);
      // RFC 1876 section 3 writes minutes and seconds with a leading zero and one space.
      case "LOC" -> record.data().replaceAll("\\s+", " ").replaceAll("(?<![0-9.])0(?=[0-9])", "");
      default -> record.data();
    };
  }

  private static int number(String type) {
    return type.startsWith("TYPE") ? Integer.parseInt(type.substring(4)) : Type.value(type);
  }

  private static Message decoded(Message message) {
    Message decoded = AnswerReader.decode(message.toWire());
    assertThat(decoded).isNotNull();
    return decoded;
  }

  private static String kdig(Record record) throws IOException, InterruptedException {
    try (FakeDnsServer server = FakeDnsServer.start()) {
      server.otherwise(exchange -> {
        Message reply = exchange.reply();
        reply.addRecord(record, Section.ANSWER);
        exchange.send(reply);
      });
      Process kdig =
          new ProcessBuilder(
                  List.of(
                      KDIG.toString(),
                      "@127.0.0.1",
                      "-p",
                      Integer.toString(server.port()),
                      "-t",
                      "TYPE" + record.getType(),
                      "-q",
                      NAME.toString(),
                      "+noall",
                      "+answer",
                      "+retry=0"))
              .redirectErrorStream(true)
              .start();
      assertThat(kdig.waitFor(20, TimeUnit.SECONDS)).isTrue();
      String line =
          new String(kdig.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      // Name, TTL, class, type, and the rest.
      String[] columns = line.split("\\s+", 5);
      assertThat(columns).as(line).hasSize(5);
      return columns[4];
    }
  }

  private static final String ROWS =
      """
      A|192.0.2.1
      NS|ns1.test.
      MD|md.test.
      MF|mf.test.
      CNAME|other.test.
      SOA|ns1.test. admin.test. 1 7200 900 1209600 86400
      MB|mb.test.
      MG|mg.test.
      MR|mr.test.
      NULL|\\# 3 010203
      WKS|\\# 8 C000020106000050
      PTR|host.test.
      HINFO|"PDP 11" "UNIX"
      MINFO|r.test. e.test.
      MX|10 mail.test.
      TXT|"v=spf1 -all" "second;\\"\\\\" "\\000\\127\\255"
      RP|admin.test. info.test.
      AFSDB|1 db.test.
      X25|"311061700956"
      ISDN|"150862028003217" "004"
      RT|10 relay.test.
      NSAP|0x47000580005a0000000001e133ffffff00016100
      NSAP-PTR|host.test.
      SIG|A 8 2 300 20300101000000 20200101000000 1 test. AQID
      KEY|256 3 8 AQID
      PX|10 a.test. b.test.
      GPOS|"-32.6882" "116.8652" "10.0"
      AAAA|2001:db8::1
      LOC|52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m
      LOC|42 21 54.5 N 71 6 18.25 W 24m 30m
      NXT|a.test. A MX
      EID|\\# 3 010203
      NIMLOC|\\# 3 010203
      SRV|0 5 443 host.test.
      ATMA|\\# 4 00010203
      NAPTR|100 50 "s" "z3950+I2L+I2C" "" _z3950._tcp.test.
      KX|10 kx.test.
      CERT|PKIX 12345 8 AQID
      CERT|7 1 0 AQID
      DNAME|other.test.
      A6|\\# 17 0020010DB8000000000000000000000001
      SINK|\\# 3 010203
      APL|1:192.0.2.0/24 !2:2001:db8::/32
      DS|12345 13 2 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20
      SSHFP|4 2 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20
      IPSECKEY|10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
      IPSECKEY|10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
      IPSECKEY|10 2 2 2001:db8::1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
      IPSECKEY|10 3 2 gw.test. AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==
      RRSIG|A 13 2 300 20300101000000 20200101000000 12345 test. AQIDBAUG
      NSEC|b.test. A MX RRSIG NSEC TYPE1234
      DNSKEY|257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
      DHCID|AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
      NSEC3|1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR MX DNSKEY NS SOA NSEC3PARAM RRSIG
      NSEC3|1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR
      NSEC3PARAM|1 0 12 AABBCCDD
      NSEC3PARAM|1 0 0 -
      TLSA|3 1 1 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20
      SMIMEA|3 1 1 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20
      HIP|2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.test.
      NINFO|\\# 2 0161
      TYPE57|\\# 5 0100030801
      TALINK|\\# 9 016104746573740000
      CDS|12345 13 2 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20
      CDS|0 0 0 00
      CDNSKEY|257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
      OPENPGPKEY|AQIDBAUG
      TYPE62|\\# 12 000000420003000460000008
      TYPE63|\\# 54 000000010101000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F
      SVCB|1 svc.test. alpn="h2,h3" port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1
      HTTPS|0 alias.test.
      HTTPS|1 . mandatory=alpn,port alpn=h2 no-default-alpn port=443 ech=AQID key65333="a b"
      TYPE66|\\# 15 003B0114E5036E7331047465737400
      SPF|"v=spf1 -all"
      UINFO|\\# 3 010203
      UID|\\# 3 010203
      GID|\\# 3 010203
      UNSPEC|\\# 3 010203
      TYPE104|\\# 10 000A00144FFFFF20EE64
      TYPE105|\\# 6 000AC0000201
      TYPE106|\\# 10 000A20010DB811401000
      TYPE107|\\# 11 000A026C31047465737400
      TYPE108|\\# 6 00005E00532A
      TYPE109|\\# 8 00005EEF1000002A
      URI|10 1 "ftp://ftp.test/public"
      CAA|0 issue "ca.test; policy=ev"
      CAA|128 tbs "Unknown \\"x\\""
      TYPE258|\\# 5 0161026262
      TYPE259|\\# 3 010203
      TYPE260|\\# 6 0A01CB00710F
      TYPE260|\\# 18 0A8220010DB8000000000000000000000015
      TYPE260|\\# 2 8080
      TYPE261|\\# 2 0161
      TYPE262|\\# 8 0345544803307831
      DLV|12345 13 2 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20
      TA|\\# 6 303908010102
      TYPE65280|\\# 3 010203
      TYPE65280|\\# 0
      """;
}
