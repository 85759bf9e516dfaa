package dev.signalbox.dnsclient.message;

import dev.signalbox.contracts.dns.DnsFlags;
import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Bytes from a resolver to values for a client. */
public final class AnswerReader {

  private static final int[] SECTIONS = {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL};

  private AnswerReader() {}

  /**
   * The message some bytes are, without malformed records of its additional section; null when they
   * are none, or are cut short.
   */
  public static @Nullable Message decode(byte[] wire) {
    if (WireRecords.chainsPointers(wire)) {
      return null;
    }
    try {
      Message message = new Message(wire);
      return whole(message, wire) ? message : null;
    } catch (IOException | RuntimeException _) {
      // The codec announces most of what is wrong as an IOException, and the rest slips through.
      return LenientDecoder.decode(wire);
    }
  }

  /** The message some bytes are; null when they are none, or any record is malformed. */
  public static @Nullable Message decodeStrictly(byte[] wire) {
    Message message = decode(wire);
    return message instanceof LenientDecoder.PartlyRead ? null : message;
  }

  /** The codec does not mind a message that ends inside a record if that says it is cut short. */
  private static boolean whole(Message message, byte[] wire) {
    if (message.getHeader().getFlag(Flags.TC)) {
      for (int section : SECTIONS) {
        if (WireRecords.count(wire, section) != message.getSection(section).size()) {
          return false;
        }
      }
    }
    return true;
  }

  /** Which records of a message could not be read, some words each. */
  public static List<String> malformed(Message message) {
    return message instanceof LenientDecoder.PartlyRead partly ? partly.malformed() : List.of();
  }

  /** The header's flags. */
  public static DnsFlags flags(Message message) {
    Header header = message.getHeader();
    return new DnsFlags(
        header.getFlag(Flags.AA),
        header.getFlag(Flags.TC),
        header.getFlag(Flags.RD),
        header.getFlag(Flags.RA),
        header.getFlag(Flags.AD),
        header.getFlag(Flags.CD));
  }

  /** The question section. */
  public static List<DnsQuestion> questions(Message message) {
    List<Record> section = message.getSection(Section.QUESTION);
    List<DnsQuestion> questions = new ArrayList<>(section.size());
    for (Record record : section) {
      questions.add(new DnsQuestion(record.getName().toString(), Type.string(record.getType())));
    }
    return questions;
  }

  /** A section's records, without OPT, which is no data but part of the protocol. */
  public static List<DnsRecord> records(Message message, int section) {
    List<Record> all = message.getSection(section);
    List<DnsRecord> records = new ArrayList<>(all.size());
    for (Record record : all) {
      if (record.getType() != Type.OPT) {
        records.add(
            new DnsRecord(
                record.getName().toString(),
                Type.string(record.getType()),
                record.getTTL(),
                data(record)));
      }
    }
    return records;
  }

  private static String data(Record record) {
    try {
      if (record instanceof TXTRecord txt) {
        // The codec quotes only where it must, which makes one string out of what looks like two.
        return CharacterStrings.text(txt.getStringsAsByteArrays());
      }
      String own = RecordTexts.of(record);
      return own == null ? record.rdataToString() : own;
    } catch (RuntimeException _) {
      // What decodes but cannot be written in its own notation has RFC 3597's.
      return RecordTexts.generic(record.rdataToWireCanonical());
    }
  }
}
