package dev.signalbox.dnsclient.message;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * What is asked.
 *
 * @param name absolute
 * @param type 1 to 65535
 * @param dnsClass 1 for the Internet; 3, CHAOS, is that in which servers tell about themselves
 */
public record Question(Name name, int type, int dnsClass) {

  /** A question in class IN. */
  public Question(Name name, int type) {
    this(name, type, DClass.IN);
  }

  public Question {
    if (!name.isAbsolute()) {
      throw new IllegalArgumentException("name must be absolute: " + name);
    }
    Type.check(type);
    DClass.check(dnsClass);
  }

  /** The name in master file notation, with the final dot. */
  public String nameText() {
    return name.toString();
  }

  /** The type by name, or {@code TYPEnnn}. */
  public String typeText() {
    return Type.string(type);
  }
}
