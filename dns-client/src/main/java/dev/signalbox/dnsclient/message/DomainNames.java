package dev.signalbox.dnsclient.message;

import dev.signalbox.contracts.net.IpLiteral;
import java.net.InetAddress;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Domain names as clients write them. Always absolute: no search list is ever applied. */
public final class DomainNames {

  /** The longest text taken: 255 octets, each written as an escape of four characters. */
  public static final int LONGEST_TEXT = 1020;

  private DomainNames() {}

  /**
   * The question for a name and a type; a bare address asked for PTR becomes its reverse name.
   *
   * @throws IllegalArgumentException naming the broken rule
   */
  public static Question question(String text, int type) {
    return question(text, type, DClass.IN);
  }

  /** The same in a class. */
  public static Question question(String text, int type, int dnsClass) {
    InetAddress address = type == Type.PTR ? IpLiteral.parse(text).orElse(null) : null;
    Name name = address == null ? parse(text) : ReverseMap.fromAddress(address);
    return new Question(name, type, dnsClass);
  }

  /**
   * An absolute name from its text: letters of any script (UTS 46), master file escapes, with or
   * without the final dot.
   *
   * @throws IllegalArgumentException naming the broken rule
   */
  public static Name parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("must not be empty");
    }
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("must be at most 253 characters long");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == 0x7F || Character.isISOControl(c)) {
        throw new IllegalArgumentException("must not contain spaces or control characters");
      }
    }
    String ascii = InternationalNames.toAscii(text);
    try {
      return Name.fromString(ascii, Name.root);
    } catch (TextParseException | IllegalArgumentException _) {
      throw new IllegalArgumentException(rule(text));
    }
  }

  private static String rule(String text) {
    if (text.startsWith(".") || text.contains("..")) {
      return "must not contain an empty label";
    }
    return "must be a domain name: labels of 1 to 63 octets, 253 in all";
  }
}
