package dev.signalbox.dnsclient.message;

import com.ibm.icu.text.IDNA;
import java.util.EnumSet;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Domain names in letters of any script as DNS knows them: UTS 46, non-transitional, which is what
 * browsers do. {@code straße.de} and {@code strasse.de} are two names.
 */
public final class InternationalNames {

  /** The longest text that is looked at; no name of 253 characters is made of more. */
  private static final int LONGEST_TEXT = 1_020;

  /** The dots of UTS 46 section 2.3. */
  private static final Pattern DOTS = Pattern.compile("[.\u3002\uFF0E\uFF61]");

  /** Its tables take a while to read: names in ASCII do without. */
  private static final class Uts46 {
    private static final IDNA INSTANCE =
        IDNA.getUTS46Instance(
            IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);
  }

  /** What names in use do not keep to, and lengths and empty labels, which their readers judge. */
  private static final Set<IDNA.Error> TOLERATED_ERRORS =
      EnumSet.of(
          IDNA.Error.EMPTY_LABEL,
          IDNA.Error.LABEL_TOO_LONG,
          IDNA.Error.DOMAIN_NAME_TOO_LONG,
          IDNA.Error.LEADING_HYPHEN,
          IDNA.Error.TRAILING_HYPHEN,
          IDNA.Error.HYPHEN_3_4);

  private InternationalNames() {}

  /**
   * A name in ASCII; labels that are ASCII already stay as they are. Each label is judged by
   * itself, so that names such as {@code _dmarc} may stand before any other.
   *
   * @param text a name or anything else
   * @throws IllegalArgumentException naming the broken rule, when there is no such name
   */
  public static String toAscii(String text) {
    if (isAscii(text)) {
      return text;
    }
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("must be at most 253 characters long");
    }
    if (text.indexOf('\\') >= 0) {
      throw new IllegalArgumentException(
          "must be a domain name: with letters beyond ASCII it may not have escapes");
    }
    StringJoiner labels = new StringJoiner(".");
    for (String label : DOTS.split(text, -1)) {
      labels.add(isAscii(label) ? label : labelToAscii(label));
    }
    return labels.toString();
  }

  private static String labelToAscii(String label) {
    IDNA.Info info = new IDNA.Info();
    String ascii = Uts46.INSTANCE.labelToASCII(label, new StringBuilder(), info).toString();
    // Also a letter that stands for "a/c", say: a reader of what is around the name would be
    // misled.
    boolean foreign = ascii.chars().anyMatch(c -> !isNameCharacter(c) && label.indexOf(c) < 0);
    if (foreign || !isAscii(ascii) || !TOLERATED_ERRORS.containsAll(info.getErrors())) {
      throw new IllegalArgumentException(
          "must be a domain name: it has characters that UTS 46 does not allow there");
    }
    return ascii;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static boolean isNameCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  }
}
