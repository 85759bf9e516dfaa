package dev.signalbox.dnsclient.message;

import dev.signalbox.platform.json.WholeNumber;
import java.util.Locale;
import java.util.Set;
import org.xbill.DNS.Type;

/** Record types as clients write them. */
public final class RecordTypes {

  // A transfer is a stream of messages, and the others only have meaning beside a question.
  private static final Set<Integer> NOT_QUESTIONS =
      Set.of(Type.AXFR, Type.IXFR, Type.OPT, Type.TSIG, Type.TKEY);

  private static final String UNNAMED = "TYPE";

  private RecordTypes() {}

  /**
   * A type by name in any case, or {@code TYPEnnn} (RFC 3597).
   *
   * @throws IllegalArgumentException naming the broken rule
   */
  public static int parse(String text) {
    int type = number(text);
    if (type < 1 || type > 65535) {
      throw new IllegalArgumentException(
          "must be a record type such as A, MX or TYPE65, but is " + Quoted.of(text));
    }
    if (!askable(type)) {
      throw new IllegalArgumentException(Type.string(type) + " cannot be asked for");
    }
    return type;
  }

  private static int number(String text) {
    if (text.length() > 16) {
      return -1;
    }
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith(UNNAMED)) {
      // dnsjava takes a sign here, and the digits of every script.
      return (int) WholeNumber.parse(name.substring(UNNAMED.length()), 1, 65_535).orElse(-1);
    }
    return Type.value(name, false);
  }

  /** Whether a type can be asked for by an ordinary query. */
  public static boolean askable(int type) {
    return type >= 1 && type <= 65535 && !NOT_QUESTIONS.contains(type);
  }
}
