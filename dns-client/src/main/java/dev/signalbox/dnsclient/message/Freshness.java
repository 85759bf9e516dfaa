package dev.signalbox.dnsclient.message;

import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** How long an answer may be kept. */
public final class Freshness {

  private static final long HIGHEST_TTL = Integer.MAX_VALUE;

  private Freshness() {}

  /**
   * Seconds for which an answer holds: the smallest TTL of its answer section; for a negative one
   * that of its SOA as well, or the SOA's minimum if that is less (RFC 2308 section 5); 0 when it
   * must not be kept.
   */
  public static long seconds(Message message, Question question) {
    int rcode = message.getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return 0;
    }
    long smallest = HIGHEST_TTL;
    for (Record record : message.getSection(Section.ANSWER)) {
      smallest = Math.min(smallest, ttl(record));
    }
    return negative(message, question) ? Math.min(smallest, negativeTtl(message)) : smallest;
  }

  /** Whether an answer says that there is no such record, be it at the end of an alias. */
  public static boolean negative(Message message, Question question) {
    if (message.getRcode() == Rcode.NXDOMAIN) {
      return true;
    }
    for (Record record : message.getSection(Section.ANSWER)) {
      if (record.getType() == question.type() || question.type() == Type.ANY) {
        return false;
      }
    }
    return true;
  }

  // Without an SOA nothing says for how long (RFC 2308 section 5).
  private static long negativeTtl(Message message) {
    for (Record record : message.getSection(Section.AUTHORITY)) {
      if (record instanceof SOARecord soa) {
        return Math.min(ttl(soa), soa.getMinimum());
      }
    }
    return 0;
  }

  /** A record's TTL; one with the highest bit set counts as 0 (RFC 2181 section 8). */
  static long ttl(Record record) {
    return record.getTTL() > HIGHEST_TTL ? 0 : record.getTTL();
  }
}
