package dev.signalbox.storage;

/**
 * Texts that come back as they are from either engine. PostgreSQL has no U+0000, and half a
 * surrogate pair has no UTF-8: it becomes a question mark, and two different texts become one.
 */
public final class StoredText {

  /** The rule, fit to follow a field's name. */
  public static final String RULE = "must not contain U+0000 or half a surrogate pair";

  private StoredText() {}

  /** Whether a text can be stored. */
  public static boolean valid(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }
}
