package dev.signalbox.testsupport;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A zone for a {@link FakeDnsServer} to answer from as its authority: {@code
 * server.otherwise(zone)}. NS records below the origin are delegations, answered with a referral
 * and with whatever addresses of the name servers the zone holds, outside of it too.
 */
public final class AuthoritativeZone implements DnsBehaviour {

  private final Name origin;
  private final List<Record> records = new CopyOnWriteArrayList<>();

  private AuthoritativeZone(Name origin) {
    this.origin = origin;
  }

  /** A zone below a name with the final dot. */
  public static AuthoritativeZone of(String origin) {
    return new AuthoritativeZone(Name.fromConstantString(origin))
        .record(origin + " 300 IN SOA ns.invalid. admin.invalid. 1 7200 900 1209600 60");
  }

  /** Adds a record in master file notation. */
  public AuthoritativeZone record(String line) {
    records.add(MasterFile.record(line));
    return this;
  }

  @Override
  public void respond(DnsExchange exchange) throws IOException {
    Record question = exchange.query().getQuestion();
    Message reply = exchange.reply();
    reply.getHeader().unsetFlag(Flags.RA);
    Name cut = cut(question.getName());
    if (cut == null) {
      answer(reply, question.getName(), question.getType());
    } else {
      refer(reply, cut);
    }
    exchange.send(reply);
  }

  private @Nullable Name cut(Name name) {
    for (Record record : records) {
      if (record instanceof NSRecord
          && !record.getName().equals(origin)
          && record.getName().subdomain(origin)
          && name.subdomain(record.getName())) {
        return record.getName();
      }
    }
    return null;
  }

  private void refer(Message reply, Name cut) {
    for (Record record : records) {
      if (record instanceof NSRecord ns && ns.getName().equals(cut)) {
        reply.addRecord(ns, Section.AUTHORITY);
        records.stream()
            .filter(glue -> glue.getName().equals(ns.getTarget()))
            .filter(glue -> glue.getType() == Type.A || glue.getType() == Type.AAAA)
            .forEach(glue -> reply.addRecord(glue, Section.ADDITIONAL));
      }
    }
  }

  private void answer(Message reply, Name name, int type) {
    reply.getHeader().setFlag(Flags.AA);
    boolean exists = false;
    boolean found = false;
    for (Record record : records) {
      if (record.getName().equals(name)) {
        exists = true;
        if (record.getType() == type || record instanceof CNAMERecord) {
          found = true;
          reply.addRecord(record, Section.ANSWER);
        }
      }
    }
    if (!exists) {
      reply.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    if (!found) {
      records.stream()
          .filter(record -> record.getType() == Type.SOA)
          .forEach(soa -> reply.addRecord(soa, Section.AUTHORITY));
    }
  }
}
