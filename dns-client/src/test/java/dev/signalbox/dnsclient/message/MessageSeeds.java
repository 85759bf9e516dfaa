package dev.signalbox.dnsclient.message;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Writes the inputs {@link MessageFuzzTest} starts from, run by hand: answers as servers send them,
 * and the ways in which they are broken. Argument: the directory of the inputs.
 */
final class MessageSeeds {

  private static final Name NAME = Name.fromConstantString("www.example.test.");
  private static final int HEADER = 12;
  private static final int POINTER = 0xC000;

  private MessageSeeds() {}

  static void main(String[] args) throws IOException {
    Path inputs = Path.of(args[0]);
    for (Map.Entry<String, byte[]> seed : messages().entrySet()) {
      write(inputs, "readsAnyAnswer", seed.getKey(), seed.getValue());
      write(inputs, "countsAnyTtlsDown", seed.getKey(), seed.getValue());
    }
    // Numbers are taken from the end: mixed case or not, the id, echo or not, how many changes.
    write(inputs, "matchesAnyReply", "echo", new byte[] {0, 1, 0x34, 0x12, 0});
    write(inputs, "matchesAnyReply", "echo-of-mixed-case", new byte[] {0, 1, 0x34, 0x12, 1});
    write(inputs, "matchesAnyReply", "changed", new byte[] {(byte) 0x80, 2, 1, 1, 0x34, 0x12, 1});
    write(inputs, "matchesAnyReply", "another", concat(answer(), new byte[] {0, 0, 0, 0, 0}));
    for (Map.Entry<String, String> text :
        Map.of(
                "name", "www.example.test",
                "root", ".",
                "escapes", "a\\.b.\\000\\255.test.",
                "international", "xn--bcher-kva.example",
                "underscore", "_443._tcp.example.test.",
                "subnet-4", "192.0.2.0/24",
                "subnet-6", "2001:db8::/56",
                "subnet-mapped", "::ffff:192.0.2.1/120")
            .entrySet()) {
      byte[] bytes = text.getValue().getBytes(StandardCharsets.UTF_8);
      write(inputs, "readsAnyNameAndSubnet", text.getKey(), bytes);
    }
  }

  private static Map<String, byte[]> messages() throws IOException {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    byte[] answer = answer();
    seeds.put("compressed-names", answer);
    seeds.put("no-such-name", noSuchName());
    seeds.put("edns", edns(1));
    seeds.put("edns-twice", edns(2));
    seeds.put("dnssec", dnssec());
    seeds.put("service-binding", serviceBinding());
    seeds.put("long-name", longName());
    seeds.put("cut-in-a-record", Arrays.copyOf(answer, answer.length - 3));
    seeds.put("cut-in-a-header", Arrays.copyOf(answer, HEADER - 1));
    seeds.put("nothing-but-a-header", Arrays.copyOf(answer, HEADER));
    seeds.put("more-counted-than-sent", counts(answer, 0xFFFF));
    seeds.put("less-counted-than-sent", counts(answer, 1));
    seeds.put("bytes-after-the-end", concat(answer, new byte[] {1, 2, 3}));
    seeds.put("pointer-to-itself", pointer(HEADER));
    seeds.put("pointer-ahead", pointer(HEADER + 6));
    seeds.put("pointer-into-the-header", pointer(2));
    seeds.put("pointer-past-the-end", pointer(0x3FFF));
    seeds.put("pointers-in-a-ring", ring());
    seeds.put("data-longer-than-the-message", dataLength(answer, 0xFFFF));
    seeds.put("data-shorter-than-its-type", dataLength(answer, 1));
    return seeds;
  }

  private static Message message(int rcode) {
    Message message = new Message(0x1234);
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setFlag(Flags.RD);
    message.getHeader().setFlag(Flags.RA);
    message.getHeader().setRcode(rcode);
    message.addRecord(Record.newRecord(NAME, Type.A, DClass.IN), Section.QUESTION);
    return message;
  }

  private static void add(Message message, int section, String name, int type, String data)
      throws IOException {
    Name owner = Name.fromString(name);
    message.addRecord(Record.fromString(owner, type, DClass.IN, 300, data, Name.root), section);
  }

  private static byte[] answer() throws IOException {
    Message message = message(Rcode.NOERROR);
    add(message, Section.ANSWER, "www.example.test.", Type.CNAME, "web.example.test.");
    add(message, Section.ANSWER, "web.example.test.", Type.A, "192.0.2.1");
    add(message, Section.ANSWER, "web.example.test.", Type.AAAA, "2001:db8::1");
    add(message, Section.ANSWER, "web.example.test.", Type.TXT, "\"one\" \"\" \"three\"");
    add(message, Section.AUTHORITY, "example.test.", Type.NS, "ns.example.test.");
    add(message, Section.ADDITIONAL, "example.test.", Type.MX, "10 mail.example.test.");
    add(message, Section.ADDITIONAL, "mail.example.test.", Type.A, "192.0.2.2");
    return message.toWire();
  }

  private static byte[] noSuchName() throws IOException {
    Message message = message(Rcode.NXDOMAIN);
    add(
        message,
        Section.AUTHORITY,
        "example.test.",
        Type.SOA,
        "ns.example.test. host.example.test. 1 7200 3600 1209600 300");
    return message.toWire();
  }

  private static byte[] edns(int times) throws IOException {
    Message message = message(Rcode.SERVFAIL);
    for (int i = 0; i < times; i++) {
      message.addRecord(
          new OPTRecord(
              1232,
              0,
              0,
              Flags.DO,
              List.of(
                  new NSIDOption("ns1".getBytes(StandardCharsets.US_ASCII)),
                  new ClientSubnetOption(24, 0, InetAddress.getByName("192.0.2.0")),
                  new ExtendedErrorCodeOption(6, "signature is bogus"))),
          Section.ADDITIONAL);
    }
    return message.toWire();
  }

  private static byte[] dnssec() throws IOException {
    Message message = message(Rcode.NOERROR);
    add(message, Section.ANSWER, "www.example.test.", Type.A, "192.0.2.1");
    add(
        message,
        Section.ANSWER,
        "www.example.test.",
        Type.RRSIG,
        "A 13 3 300 20300101000000 20200101000000 12345 example.test. AAAA");
    add(message, Section.ANSWER, "example.test.", Type.DNSKEY, "257 3 13 AQIDBA==");
    add(message, Section.AUTHORITY, "example.test.", Type.DS, "12345 13 2 " + "AB".repeat(32));
    add(
        message,
        Section.AUTHORITY,
        "2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.test.",
        Type.NSEC3,
        "1 1 0 - 2VPTU5TIMAMQTTGL4LUU9KG21E0AOR3S A RRSIG");
    add(message, Section.AUTHORITY, "a.example.test.", Type.NSEC, "z.example.test. A NSEC");
    return message.toWire();
  }

  private static byte[] serviceBinding() throws IOException {
    Message message = message(Rcode.NOERROR);
    add(message, Section.ANSWER, "www.example.test.", Type.HTTPS, "1 . alpn=h2,h3 port=8443");
    add(message, Section.ANSWER, "www.example.test.", Type.SRV, "0 5 443 web.example.test.");
    add(message, Section.ANSWER, "www.example.test.", Type.CAA, "0 issue \"ca.example\"");
    return message.toWire();
  }

  private static byte[] longName() throws IOException {
    Message message = message(Rcode.NOERROR);
    String name = "a.".repeat(127);
    add(message, Section.ANSWER, name, Type.CNAME, "b." + "c".repeat(63) + ".test.");
    return message.toWire();
  }

  /** Says so many answers. */
  private static byte[] counts(byte[] message, int answers) {
    byte[] wrong = message.clone();
    ByteBuffer.wrap(wrong).putShort(6, (short) answers);
    return wrong;
  }

  /** A question whose name is a pointer. */
  private static byte[] pointer(int target) {
    return ByteBuffer.allocate(HEADER + 6)
        .putShort((short) 0x1234)
        .putShort((short) 0x8180)
        .putShort((short) 1)
        .position(HEADER)
        .putShort((short) (POINTER | target))
        .putShort((short) Type.A)
        .putShort((short) DClass.IN)
        .array();
  }

  /** Two names that point at each other. */
  private static byte[] ring() {
    byte[] message = Arrays.copyOf(pointer(HEADER + 6), HEADER + 12);
    ByteBuffer.wrap(message)
        .putShort(4, (short) 2)
        .putShort(HEADER + 6, (short) (POINTER | HEADER))
        .putShort(HEADER + 8, (short) Type.A)
        .putShort(HEADER + 10, (short) DClass.IN);
    return message;
  }

  /** Says so many bytes of data in the first answer. */
  private static byte[] dataLength(byte[] message, int length) {
    byte[] wrong = message.clone();
    int question = HEADER + NAME.length() + 4;
    ByteBuffer.wrap(wrong).putShort(question + 2 + 8, (short) length);
    return wrong;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static void write(Path inputs, String test, String name, byte[] bytes)
      throws IOException {
    Files.write(Files.createDirectories(inputs.resolve(test)).resolve(name), bytes);
  }
}
