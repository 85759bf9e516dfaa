package dev.signalbox.dns.exchange;

import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.message.ClientSubnet;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.QueryOptions;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A query that came as a DNS message.
 *
 * @param id to be repeated in the answer
 * @param question the one it has, in whatever class and case
 * @param recursionDesired the RD flag
 * @param checkingDisabled the CD flag
 * @param opt its EDNS; null when it has none
 */
record ExchangeQuery(
    int id,
    Record question,
    boolean recursionDesired,
    boolean checkingDisabled,
    @Nullable OPTRecord opt) {

  private static final int HEADER_LENGTH = 12;

  /** What some bytes are. */
  sealed interface Read {

    /** A query. */
    record Accepted(ExchangeQuery query) implements Read {}

    /** A message with another opcode (RFC 1035 section 4.1.1), whatever it holds. */
    record NotImplemented(int id, int opcode, boolean recursionDesired) implements Read {}

    /** Something else. */
    record Refused(String rule) implements Read {}
  }

  /** Reads bytes that may be anything at all. */
  static Read read(byte[] wire) {
    if (wire.length < HEADER_LENGTH) {
      return new Read.Refused("a DNS message has at least 12 bytes");
    }
    // Judged before the codec, which reads answers and updates by other rules than queries.
    if ((wire[2] & 0x80) != 0) {
      return new Read.Refused("the message is an answer, not a query");
    }
    int opcode = (wire[2] >> 3) & 0x0F;
    if (opcode != Opcode.QUERY) {
      int id = Byte.toUnsignedInt(wire[0]) << 8 | Byte.toUnsignedInt(wire[1]);
      return new Read.NotImplemented(id, opcode, (wire[2] & 1) != 0);
    }
    if (wire[4] != 0 || wire[5] != 1) {
      return new Read.Refused("the message must hold exactly one question");
    }
    Message message = AnswerReader.decodeStrictly(wire);
    Record question = message == null ? null : message.getQuestion();
    if (message == null || question == null) {
      return new Read.Refused("the message cannot be read as DNS");
    }
    if (options(message) > 1) {
      // RFC 6891 section 6.1.1.
      return new Read.Refused("the message has more than one OPT record");
    }
    return new Read.Accepted(
        new ExchangeQuery(
            message.getHeader().getID(),
            question,
            message.getHeader().getFlag(Flags.RD),
            message.getHeader().getFlag(Flags.CD),
            message.getOPT()));
  }

  private static long options(Message message) {
    return message.getSection(Section.ADDITIONAL).stream()
        .filter(record -> record.getType() == Type.OPT)
        .count();
  }

  boolean dnssecOk() {
    return opt != null && (opt.getFlags() & ExtendedFlags.DO) != 0;
  }

  /** Whether the answer is to be padded (RFC 7830 section 4). */
  boolean padded() {
    return opt != null && !opt.getOptions(EDNSOption.Code.PADDING).isEmpty();
  }

  @Nullable ClientSubnetOption clientSubnet() {
    if (opt != null) {
      for (EDNSOption option : opt.getOptions()) {
        if (option instanceof ClientSubnetOption subnet) {
          return subnet;
        }
      }
    }
    return null;
  }

  /**
   * How to ask on.
   *
   * @param udpSize our own buffer size: the client's holds between it and us
   */
  QueryOptions options(int udpSize) {
    ClientSubnetOption subnet = clientSubnet();
    ClientSubnet view =
        subnet == null
            ? null
            : new ClientSubnet(subnet.getAddress(), subnet.getSourcePrefixLength());
    return new QueryOptions(
        recursionDesired, checkingDisabled, dnssecOk(), new EdnsOptions(udpSize, view, false));
  }
}
