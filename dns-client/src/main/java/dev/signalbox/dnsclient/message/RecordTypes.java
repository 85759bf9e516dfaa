package dev.signalbox.dnsclient.message;

import java.util.Locale;
import java.util.Set;
import org.xbill.DNS.Type;

/** Record types as clients write them. */
public final class RecordTypes {

  // A transfer is a stream of messages, and the others only have meaning beside a question.
  private static final Set<Integer> NOT_QUESTIONS =
      Set.of(Type.AXFR, Type.IXFR, Type.OPT, Type.TSIG, Type.TKEY);

  private RecordTypes() {}

  /**
   * A type by name in any case, or {@code TYPEnnn} (RFC 3597).
   *
   * @throws IllegalArgumentException naming the broken rule
   */
  public static int parse(String text) {
    int type = text.length() <= 16 ? Type.value(text.toUpperCase(Locale.ROOT), false) : -1;
    if (type < 1 || type > 65535) {
      throw new IllegalArgumentException(
          "must be a record type such as A, MX or TYPE65, but is " + Quoted.of(text));
    }
    if (!askable(type)) {
      throw new IllegalArgumentException(Type.string(type) + " cannot be asked for");
    }
    return type;
  }

  /** Whether a type can be asked for by an ordinary query. */
  public static boolean askable(int type) {
    return type >= 1 && type <= 65535 && !NOT_QUESTIONS.contains(type);
  }
}
