package dev.signalbox.dnsclient.message;

import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * What is asked, in class IN.
 *
 * @param name absolute
 * @param type 1 to 65535
 */
public record Question(Name name, int type) {

  public Question {
    if (!name.isAbsolute()) {
      throw new IllegalArgumentException("name must be absolute: " + name);
    }
    Type.check(type);
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
