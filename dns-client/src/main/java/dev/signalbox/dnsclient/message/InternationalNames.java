package dev.signalbox.dnsclient.message;

import com.ibm.icu.text.IDNA;
import java.util.EnumSet;
import java.util.Set;

/**
 * Domain names in letters of any script as DNS knows them: UTS 46, non-transitional, which is what
 * browsers do. {@code straße.de} and {@code strasse.de} are two names.
 */
public final class InternationalNames {

  /** The longest text that is looked at; no name of 253 characters is made of more. */
  private static final int LONGEST_TEXT = 1_020;

  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);

  /** What names in use do not keep to, and lengths and empty labels, which their readers judge. */
  private static final Set<IDNA.Error> LEFT_TO_OTHERS =
      EnumSet.of(
          IDNA.Error.EMPTY_LABEL,
          IDNA.Error.LABEL_TOO_LONG,
          IDNA.Error.DOMAIN_NAME_TOO_LONG,
          IDNA.Error.LEADING_HYPHEN,
          IDNA.Error.TRAILING_HYPHEN,
          IDNA.Error.HYPHEN_3_4);

  private InternationalNames() {}

  /**
   * A name in ASCII; what is ASCII already stays as it is.
   *
   * @param text a name or anything else
   * @throws IllegalArgumentException naming the broken rule, when there is no such name
   */
  public static String toAscii(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("must be at most 253 characters long");
    }
    IDNA.Info info = new IDNA.Info();
    String ascii = UTS46.nameToASCII(text, new StringBuilder(), info).toString();
    // Also a letter that stands for "a/c", say: a reader of what is around the name would be
    // misled.
    boolean foreign =
        ascii.chars().anyMatch(c -> c >= 0x80 || (!isNameCharacter(c) && text.indexOf(c) < 0));
    if (foreign || !LEFT_TO_OTHERS.containsAll(info.getErrors())) {
      throw new IllegalArgumentException(
          "must be a domain name: it has characters that UTS 46 does not allow there");
    }
    return ascii;
  }

  private static boolean isNameCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  }
}
