package dev.signalbox.dnsclient.message;

import dev.signalbox.dnsclient.message.AliasChain.Ending;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * How long an answer may be kept.
 *
 * @param seconds for which it holds: the smallest TTL of its answer section; for a negative one
 *     that of its SOA as well, or the SOA's minimum if that is less (RFC 2308 section 5); 0 when it
 *     must not be kept. That a DNAME record makes a name too long holds as long as that record and
 *     the aliases before it (RFC 6672 section 2.2).
 * @param negative whether it has no record of the type for the last name of the chain of aliases
 */
public record Freshness(long seconds, boolean negative) {

  private static final long HIGHEST_TTL = Integer.MAX_VALUE;

  /** That of the answer to a question. */
  public static Freshness of(Message message, Question question) {
    AliasChain chain = AliasChain.of(message, question);
    int rcode = message.getRcode();
    boolean known =
        switch (chain.ending()) {
          case COMPLETE -> rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN;
          case NAME_TOO_LONG -> rcode == Rcode.NOERROR || rcode == Rcode.YXDOMAIN;
          case LOOP, TOO_MANY -> false;
        };
    boolean negative = !chain.hasData(message);
    if (!known) {
      return new Freshness(0, negative);
    }
    long smallest = HIGHEST_TTL;
    for (Record record : message.getSection(Section.ANSWER)) {
      smallest = Math.min(smallest, ttl(record));
    }
    boolean bySoa = chain.ending() == Ending.COMPLETE && negative;
    return new Freshness(
        bySoa ? Math.min(smallest, negativeTtl(message, chain.end())) : smallest, negative);
  }

  // Without an SOA of a zone around the name nothing says for how long (RFC 2308 section 5).
  private static long negativeTtl(Message message, Name name) {
    for (Record record : message.getSection(Section.AUTHORITY)) {
      if (record instanceof SOARecord soa && name.subdomain(soa.getName())) {
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
