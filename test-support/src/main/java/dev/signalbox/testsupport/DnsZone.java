package dev.signalbox.testsupport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The records of a {@link FakeDnsServer} and the right answers from them. */
final class DnsZone {

  private static final int LONGEST_CHAIN = 16;
  private static final int UDP_SIZE = 1232;

  private final List<Record> records = new CopyOnWriteArrayList<>();
  private volatile List<EDNSOption> options = List.of();

  void add(String line) {
    records.add(MasterFile.record(line));
  }

  void edns(EDNSOption... sent) {
    options = List.of(sent);
  }

  /** The right answer, flags as a recursive server sets them. */
  Message answer(Message query) {
    Record question = query.getQuestion();
    Message answer = reply(query);
    @Nullable Name name = question.getName();
    for (int i = 0; i < LONGEST_CHAIN && name != null; i++) {
      name = addRecords(answer, name, question.getType());
    }
    return answer;
  }

  /** Adds what there is; answers the name a CNAME points to, or null at the end. */
  private @Nullable Name addRecords(Message answer, Name name, int type) {
    @Nullable Name target = null;
    boolean exists = false;
    boolean found = false;
    for (Record record : records) {
      if (record.getName().equals(name)) {
        exists = true;
        boolean alias = record instanceof CNAMERecord && type != Type.CNAME;
        if (record.getType() == type || type == Type.ANY || alias) {
          found = true;
          answer.addRecord(record, Section.ANSWER);
          target = alias ? ((CNAMERecord) record).getTarget() : target;
        }
      }
    }
    if (!exists) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    if (!found) {
      addAuthority(answer, name);
    }
    return target;
  }

  private void addAuthority(Message answer, Name name) {
    for (Record record : records) {
      if (record.getType() == Type.SOA && name.subdomain(record.getName())) {
        answer.addRecord(record, Section.AUTHORITY);
        return;
      }
    }
  }

  /** An answer without records. */
  Message reply(Message query) {
    Message answer = new Message(query.getHeader().getID());
    Header header = answer.getHeader();
    header.setFlag(Flags.QR);
    header.setFlag(Flags.RA);
    if (query.getHeader().getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    }
    if (query.getHeader().getFlag(Flags.CD)) {
      header.setFlag(Flags.CD);
    }
    Record question = query.getQuestion();
    answer.addRecord(
        Record.newRecord(question.getName(), question.getType(), question.getDClass()),
        Section.QUESTION);
    if (query.getOPT() != null) {
      answer.addRecord(
          new OPTRecord(UDP_SIZE, 0, 0, query.getOPT().getFlags(), options), Section.ADDITIONAL);
    }
    return answer;
  }
}
