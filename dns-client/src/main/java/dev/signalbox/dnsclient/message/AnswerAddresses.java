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
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** The addresses an answer has for a name. */
public final class AnswerAddresses {

  // Each step looks through the whole answer, which a hostile server may fill with aliases.
  private static final int LONGEST_CHAIN = 16;

  private AnswerAddresses() {}

  /**
   * The addresses of a name and of what it is an alias for, in the order of the answer. Records of
   * other names are no answer to the question, whoever put them there; aliases that lead back to
   * where they began end nowhere.
   */
  public static List<InetAddress> of(Message answer, Name asked) {
    List<Record> records = answer.getSection(Section.ANSWER);
    Set<Name> names = new HashSet<>();
    @Nullable Name each = asked;
    while (each != null && names.size() < LONGEST_CHAIN && names.add(each)) {
      each = target(records, each);
    }
    List<InetAddress> addresses = new ArrayList<>(records.size());
    for (Record record : records) {
      if (names.contains(record.getName())) {
        if (record instanceof ARecord a) {
          addresses.add(a.getAddress());
        } else if (record instanceof AAAARecord aaaa) {
          addresses.add(aaaa.getAddress());
        }
      }
    }
    return addresses;
  }

  private static @Nullable Name target(List<Record> records, Name name) {
    for (Record record : records) {
      if (record instanceof CNAMERecord alias && alias.getName().equals(name)) {
        return alias.getTarget();
      }
    }
    return null;
  }
}
