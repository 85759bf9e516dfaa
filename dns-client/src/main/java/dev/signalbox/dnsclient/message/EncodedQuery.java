package dev.signalbox.dnsclient.message;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/** A query as bytes, encoded once and stamped with a fresh id for every attempt. Immutable. */
public final class EncodedQuery {

  static final int HEADER_LENGTH = 12;
  private static final int TYPE_AND_CLASS_LENGTH = 4;
  private static final byte[] NOTHING = {};

  // Bits of the third and fourth octet of the header (RFC 1035 section 4.1.1, RFC 4035 section 3).
  private static final int RD = 0x01;
  private static final int CD = 0x10;

  private final byte[] wire;
  private final int nameEnd;

  private EncodedQuery(byte[] wire, int nameEnd) {
    this.wire = wire;
    this.nameEnd = nameEnd;
  }

  /** Encodes a question with id 0. */
  public static EncodedQuery of(Question question, QueryOptions options) {
    byte[] name = question.name().toWire();
    EdnsOptions edns = options.edns();
    byte[] opt = edns == null ? NOTHING : opt(edns, options.dnssecOk()).toWire(Section.ADDITIONAL);
    int nameEnd = HEADER_LENGTH + name.length;
    ByteBuffer wire = ByteBuffer.allocate(nameEnd + TYPE_AND_CLASS_LENGTH + opt.length);
    wire.putShort((short) 0)
        .put((byte) (options.recursionDesired() ? RD : 0))
        .put((byte) (options.checkingDisabled() ? CD : 0))
        .putShort((short) 1)
        .putInt(0)
        .putShort((short) (opt.length == 0 ? 0 : 1))
        .put(name)
        .putShort((short) question.type())
        .putShort((short) question.dnsClass())
        .put(opt);
    return new EncodedQuery(wire.array(), nameEnd);
  }

  private static OPTRecord opt(EdnsOptions edns, boolean dnssecOk) {
    List<EDNSOption> options = new ArrayList<>(2);
    if (edns.nsid()) {
      options.add(new NSIDOption(new byte[0]));
    }
    ClientSubnet subnet = edns.clientSubnet();
    if (subnet != null) {
      options.add(new ClientSubnetOption(subnet.prefix(), subnet.address()));
    }
    return new OPTRecord(edns.udpSize(), 0, 0, dnssecOk ? ExtendedFlags.DO : 0, options);
  }

  /** The message with an id. */
  public byte[] withId(int id) {
    byte[] copy = wire.clone();
    copy[0] = (byte) (id >> 8);
    copy[1] = (byte) id;
    return copy;
  }

  /**
   * The message with an id and the letters of its name in random case, which a server repeats and a
   * forger who cannot see the query has to guess.
   */
  public byte[] withIdAndMixedCase(int id, RandomBits random) {
    byte[] copy = withId(id);
    long bits = 0;
    int left = 0;
    for (int i = HEADER_LENGTH; i < nameEnd; i++) {
      // A length octet is at most 63 and 'A' is 65: whatever is in the range is a letter.
      if (isLetter(copy[i])) {
        if (left == 0) {
          bits = random.nextLong();
          left = Long.SIZE;
        }
        copy[i] ^= (byte) ((bits & 1) << 5);
        bits >>>= 1;
        left--;
      }
    }
    return copy;
  }

  /** How a received message relates to what was sent. */
  public ReplyMatch match(byte[] sent, byte[] received) {
    if (received.length < HEADER_LENGTH
        || received[0] != sent[0]
        || received[1] != sent[1]
        || (received[2] & 0x80) == 0
        || (received[2] & 0x78) != 0) {
      return ReplyMatch.FOREIGN;
    }
    int questions = unsignedShort(received, 4);
    if (questions == 0) {
      return isRefusalToParse(received) ? ReplyMatch.WITHOUT_QUESTION : ReplyMatch.FOREIGN;
    }
    int questionEnd = nameEnd + TYPE_AND_CLASS_LENGTH;
    if (questions != 1 || received.length < questionEnd) {
      return ReplyMatch.FOREIGN;
    }
    return matchQuestion(sent, received, questionEnd);
  }

  private ReplyMatch matchQuestion(byte[] sent, byte[] received, int questionEnd) {
    ReplyMatch match = ReplyMatch.EXACT;
    for (int i = HEADER_LENGTH; i < questionEnd; i++) {
      if (sent[i] != received[i]) {
        if (i >= nameEnd || (sent[i] ^ received[i]) != 0x20 || !isLetter(sent[i])) {
          return ReplyMatch.FOREIGN;
        }
        match = ReplyMatch.OTHER_CASE;
      }
    }
    return match;
  }

  // A server that could not read the question cannot repeat it (RFC 1035 section 4.1.1, rcodes 1
  // and 4); some leave it out of SERVFAIL and REFUSED too. Such a message carries no data.
  private static boolean isRefusalToParse(byte[] received) {
    int rcode = received[3] & 0x0F;
    boolean empty = unsignedShort(received, 6) == 0 && unsignedShort(received, 8) == 0;
    return empty && (rcode == 1 || rcode == 2 || rcode == 4 || rcode == 5);
  }

  /**
   * Writes the name as it was asked over the name a matching reply repeats; see {@link
   * QuestionCase}.
   */
  public void restoreCase(byte[] received) {
    if (received.length >= nameEnd && unsignedShort(received, 4) == 1) {
      QuestionCase.rewrite(received, Arrays.copyOfRange(wire, HEADER_LENGTH, nameEnd));
    }
  }

  private static boolean isLetter(byte b) {
    int lower = b | 0x20;
    return b > 0 && lower >= 'a' && lower <= 'z';
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
  }
}
