package dev.signalbox.dnsclient.trace;

import java.util.List;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What a step keeps of a response, which may have thousands of records while a trace has many
 * responses. OPT is part of the protocol and no record of the response.
 *
 * @param first the response with the first records of each section
 * @param all records of the whole response
 */
record KeptRecords(Message first, int all) {

  static KeptRecords of(Message response) {
    Message first = new Message();
    first.setHeader(response.getHeader().clone());
    int all = 0;
    for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
      List<Record> records =
          response.getSection(section).stream()
              .filter(record -> record.getType() != Type.OPT)
              .toList();
      for (Record record : records.stream().limit(Tracer.MOST_RECORDS).toList()) {
        first.addRecord(record, section);
      }
      all += section == Section.QUESTION ? 0 : records.size();
    }
    return new KeptRecords(first, all);
  }
}
