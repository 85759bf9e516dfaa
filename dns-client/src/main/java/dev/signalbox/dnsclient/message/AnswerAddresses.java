package dev.signalbox.dnsclient.message;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The addresses an answer has for a name. */
public final class AnswerAddresses {

  // Each step looks through the whole answer, which a hostile server may fill with aliases.
  private static final int LONGEST_CHAIN = 16;

  private AnswerAddresses() {}

  /**
   * The addresses at the end of the chain of aliases that begins at a name (CNAME, RFC 1034 section
   * 3.6.2, and DNAME, RFC 6672), in the order of the answer. Records of other names, whoever put
   * them there, and of other classes are no answer to the question; neither is anything that comes
   * with another code than NOERROR. A chain that ends nowhere has none.
   */
  public static List<InetAddress> of(Message answer, Name asked) {
    if (answer.getRcode() != Rcode.NOERROR) {
      return List.of();
    }
    List<Record> records = answer.getSection(Section.ANSWER);
    Name end = end(records, asked);
    List<InetAddress> addresses = new ArrayList<>(records.size());
    for (Record record : records) {
      if (record.getDClass() == DClass.IN && record.getName().equals(end)) {
        if (record instanceof ARecord a) {
          addresses.add(a.getAddress());
        } else if (record instanceof AAAARecord aaaa) {
          addresses.add(aaaa.getAddress());
        }
      }
    }
    return addresses;
  }

  /** The name at the end of the chain of aliases that begins at a name; null for a loop. */
  public static @Nullable Name end(Message answer, Name asked) {
    return end(answer.getSection(Section.ANSWER), asked);
  }

  /** Where the aliases lead; null when they go in circles or on and on. */
  private static @Nullable Name end(List<Record> records, Name asked) {
    Set<Name> seen = new HashSet<>();
    Name name = asked;
    while (seen.size() < LONGEST_CHAIN && seen.add(name)) {
      Name target = target(records, name);
      if (target == null) {
        return name;
      }
      name = target;
    }
    return null;
  }

  private static @Nullable Name target(List<Record> records, Name name) {
    Name redirected = null;
    for (Record record : records) {
      if (record.getDClass() != DClass.IN) {
        continue;
      }
      if (record instanceof CNAMERecord alias && alias.getName().equals(name)) {
        return alias.getTarget();
      }
      if (record instanceof DNAMERecord tree
          && name.subdomain(tree.getName())
          && !name.equals(tree.getName())) {
        redirected = redirected(name, tree);
      }
    }
    return redirected;
  }

  private static @Nullable Name redirected(Name name, DNAMERecord tree) {
    try {
      return name.fromDNAME(tree);
    } catch (NameTooLongException _) {
      return null;
    }
  }
}
