package dev.signalbox.dnsclient.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The chain of aliases in the answer section of a response, from the name of the question on: CNAME
 * (RFC 1034 section 3.6.2) and DNAME (RFC 6672), in the class of the question. The code of the
 * response is about the last name of the chain (RFC 6604 section 3).
 *
 * @param question the question at which the chain begins
 * @param end the last name that was reached; in a loop, the name that comes up a second time
 * @param ending why the chain goes no further
 */
public record AliasChain(Question question, Name end, Ending ending) {

  // Each alias costs a pass over the whole answer, which a hostile server may fill with aliases.
  static final int LONGEST = 16;

  /** Why a chain goes no further. */
  public enum Ending {
    /** The last name has no alias in the response. */
    COMPLETE,
    /** The last name is one that the chain has passed before. */
    LOOP,
    /** The chain has more aliases than are followed. */
    TOO_MANY,
    /** The name that a DNAME record makes of the last name is longer than names may be. */
    NAME_TOO_LONG
  }

  /** The chain of a response of a resolver. */
  public static AliasChain of(Message response, Question question) {
    return of(response, question, Name.root);
  }

  /**
   * The chain of a response of a zone's server.
   *
   * @param zone aliases of names outside of it are not followed
   */
  public static AliasChain of(Message response, Question question, Name zone) {
    Name name = question.name();
    // These types are at the alias itself, so that it answers the question (RFC 1034 section
    // 3.6.2).
    if (question.type() == Type.CNAME || question.type() == Type.ANY) {
      return new AliasChain(question, name, Ending.COMPLETE);
    }
    List<Record> answer = response.getSection(Section.ANSWER);
    Set<Name> seen = Set.of();
    while (true) {
      Name target;
      try {
        target = target(answer, question, name, zone);
      } catch (NameTooLongException _) {
        return new AliasChain(question, name, Ending.NAME_TOO_LONG);
      }
      if (target == null) {
        return new AliasChain(question, name, Ending.COMPLETE);
      }
      if (seen.size() == LONGEST) {
        return new AliasChain(question, name, Ending.TOO_MANY);
      }
      if (seen.isEmpty()) {
        seen = new HashSet<>();
      }
      seen.add(name);
      name = target;
      if (seen.contains(name)) {
        return new AliasChain(question, name, Ending.LOOP);
      }
    }
  }

  // A server that has a DNAME sends the CNAME that follows from it, too (RFC 6672 section 3.1).
  private static @Nullable Name target(List<Record> answer, Question question, Name name, Name zone)
      throws NameTooLongException {
    if (!name.subdomain(zone)) {
      return null;
    }
    DNAMERecord redirection = null;
    for (Record record : answer) {
      if (record.getDClass() != question.dnsClass()) {
        continue;
      }
      if (record instanceof CNAMERecord alias && alias.getName().equals(name)) {
        return alias.getTarget();
      }
      if (record instanceof DNAMERecord tree
          && tree.getName().subdomain(zone)
          && name.subdomain(tree.getName())
          && !name.equals(tree.getName())) {
        redirection = tree;
      }
    }
    return redirection == null ? null : name.fromDNAME(redirection);
  }

  /** Whether the name of the question is an alias. */
  public boolean aliased() {
    return ending != Ending.COMPLETE || !end.equals(question.name());
  }

  /**
   * The records of the response that answer the question: those at the last name of a complete
   * chain. Records of other names or classes answer nothing, and neither does a response with
   * another code than NOERROR.
   */
  public List<Record> data(Message response) {
    return response.getRcode() == Rcode.NOERROR ? atEnd(response, question.type()) : List.of();
  }

  /**
   * Why the name of the question has no records, as a sentence; null when neither the chain nor the
   * code says.
   *
   * @param asked the name as the client wrote it
   * @param first the same as a name: that of the question, unless its aliases were followed before
   * @param rcode the code of the response
   */
  public @Nullable String failure(String asked, Name first, int rcode) {
    String subject = end.equals(first) ? asked : asked + " is an alias of " + end + ", which";
    if (rcode == Rcode.NXDOMAIN) {
      return subject + " does not exist";
    }
    if (ending == Ending.NAME_TOO_LONG) {
      return subject + " has a DNAME record above it that makes a name longer than 255 octets";
    }
    if (rcode != Rcode.NOERROR) {
      return null;
    }
    return switch (ending) {
      case LOOP -> asked + " has aliases that lead back to " + end;
      case TOO_MANY -> asked + " has more than " + LONGEST + " aliases";
      case COMPLETE, NAME_TOO_LONG -> null;
    };
  }

  /** Whether {@link #data} has any. */
  boolean hasData(Message response) {
    if (ending != Ending.COMPLETE || response.getRcode() != Rcode.NOERROR) {
      return false;
    }
    for (Record record : response.getSection(Section.ANSWER)) {
      if (isAtEnd(record, question.type())) {
        return true;
      }
    }
    return false;
  }

  private boolean isAtEnd(Record record, int type) {
    return record.getDClass() == question.dnsClass()
        && (type == Type.ANY || record.getType() == type)
        && record.getName().equals(end);
  }

  /** Records of a type, or ANY, at the last name of a complete chain. */
  List<Record> atEnd(Message response, int type) {
    if (ending != Ending.COMPLETE) {
      return List.of();
    }
    List<Record> records = new ArrayList<>();
    for (Record record : response.getSection(Section.ANSWER)) {
      if (isAtEnd(record, type)) {
        records.add(record);
      }
    }
    return records;
  }
}
