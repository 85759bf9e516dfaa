package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.AliasChain;
import dev.signalbox.dnsclient.message.AliasChain.Ending;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.trace.Delegation.NameServer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What the response of a zone's server means in iterative resolution (RFC 1034 section 5.3.3). A
 * server is believed about names of its own zone alone: what it says of others, in whatever
 * section, does not count.
 */
sealed interface AuthorityResponse {

  /** Records of the type, at the name or at the end of aliases within the zone. */
  record Answer() implements AuthorityResponse {}

  /** No record of the type. */
  record NoData() implements AuthorityResponse {}

  /** No such name. */
  record NameError() implements AuthorityResponse {}

  /** A DNAME record makes a name of it that is longer than names may be (RFC 6672 section 2.2). */
  record NameTooLong() implements AuthorityResponse {}

  /** The name stands for another, which has to be looked up. */
  record Alias(Name target) implements AuthorityResponse {}

  /** Others know. */
  record Referral(Delegation delegation) implements AuthorityResponse {}

  /** Of no use, whatever the server may say of other names. */
  record Unusable(Trace.Problem problem) implements AuthorityResponse {}

  /** Servers of one zone that are kept of a referral. */
  int MOST_SERVERS = 16;

  /** Addresses of one server that are kept. */
  int MOST_ADDRESSES = 4;

  /**
   * Reads a response.
   *
   * @param zone that of the server
   */
  static AuthorityResponse of(Message response, Name zone, Question question) {
    boolean authority = response.getHeader().getFlag(Flags.AA);
    AliasChain chain = AliasChain.of(response, question, zone);
    if (chain.aliased() && authority) {
      return alias(response, zone, chain);
    }
    if (isError(response)) {
      return error(response);
    }
    if (chain.aliased() || (!authority && response.getRcode() == Rcode.NXDOMAIN)) {
      return notAuthority();
    }
    if (response.getRcode() == Rcode.NXDOMAIN) {
      return new NameError();
    }
    if (!chain.data(response).isEmpty()) {
      return authority ? new Answer() : notAuthority();
    }
    return withoutAnswer(response, zone, question, authority);
  }

  private static AuthorityResponse alias(Message response, Name zone, AliasChain chain) {
    if (chain.ending() == Ending.NAME_TOO_LONG) {
      return new NameTooLong();
    }
    // The code is about the last name of the chain (RFC 6604 section 3), and a server is believed
    // about names of its zone alone. A loop is left to the trace, which finds those across several
    // responses, too.
    if (chain.ending() != Ending.COMPLETE || !chain.end().subdomain(zone)) {
      return new Alias(chain.end());
    }
    if (response.getRcode() == Rcode.NXDOMAIN) {
      return new NameError();
    }
    if (isError(response)) {
      return error(response);
    }
    if (!chain.data(response).isEmpty()) {
      return new Answer();
    }
    // RFC 2308 section 2.2: without an SOA the rest of the chain may have been left to us.
    return soa(response, zone) ? new NoData() : new Alias(chain.end());
  }

  private static boolean isError(Message response) {
    return response.getRcode() != Rcode.NOERROR && response.getRcode() != Rcode.NXDOMAIN;
  }

  private static AuthorityResponse error(Message response) {
    return unusable("DNS", "answered " + Rcode.string(response.getRcode()));
  }

  private static AuthorityResponse withoutAnswer(
      Message response, Name zone, Question question, boolean authority) {
    if (authority && soa(response, zone)) {
      // RFC 2308 section 2.2: such a response may have NS records beside the SOA.
      return new NoData();
    }
    List<Name> cuts = cuts(response);
    for (Name cut : cuts) {
      boolean below = cut.subdomain(zone) && !cut.equals(zone);
      if (below && question.name().subdomain(cut)) {
        return new Referral(delegation(response, zone, cut));
      }
    }
    if (authority) {
      return new NoData();
    }
    return cuts.isEmpty()
        ? notAuthority()
        : unusable(
            "LAME", "refers to " + cuts.getFirst() + ", which leads no further down from " + zone);
  }

  private static AuthorityResponse notAuthority() {
    return unusable("LAME", "is not authoritative for the name");
  }

  private static AuthorityResponse unusable(String code, String reason) {
    return new Unusable(new Trace.Problem(code, reason));
  }

  private static boolean soa(Message response, Name zone) {
    return response.getSection(Section.AUTHORITY).stream()
        .anyMatch(record -> record.getType() == Type.SOA && record.getName().subdomain(zone));
  }

  private static List<Name> cuts(Message response) {
    return response.getSection(Section.AUTHORITY).stream()
        .filter(record -> record instanceof NSRecord && record.getDClass() == DClass.IN)
        .map(Record::getName)
        .distinct()
        .toList();
  }

  private static Delegation delegation(Message response, Name zone, Name cut) {
    List<NameServer> servers = new ArrayList<>();
    Set<Name> seen = new HashSet<>();
    for (Record record : response.getSection(Section.AUTHORITY)) {
      if (record instanceof NSRecord ns
          && ns.getDClass() == DClass.IN
          && ns.getName().equals(cut)
          && servers.size() < MOST_SERVERS
          && seen.add(ns.getTarget())) {
        servers.add(new NameServer(ns.getTarget(), glue(response, zone, ns.getTarget())));
      }
    }
    return new Delegation(cut, servers);
  }

  /**
   * Addresses that came along, IPv4 first; those of names outside the zone are not the server's.
   */
  private static List<InetAddress> glue(Message response, Name zone, Name server) {
    if (!server.subdomain(zone)) {
      return List.of();
    }
    Set<InetAddress> all = new LinkedHashSet<>();
    Set<InetAddress> v6 = new LinkedHashSet<>();
    for (Record record : response.getSection(Section.ADDITIONAL)) {
      if (record.getDClass() == DClass.IN && record.getName().equals(server)) {
        if (record instanceof ARecord a) {
          all.add(a.getAddress());
        } else if (record instanceof AAAARecord aaaa) {
          v6.add(aaaa.getAddress());
        }
      }
    }
    all.addAll(v6);
    return all.stream().limit(MOST_ADDRESSES).toList();
  }
}
