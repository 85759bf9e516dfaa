package dev.signalbox.platform.json;

/** What a Java string may hold and no text may. */
public final class UnicodeText {

  private UnicodeText() {}

  /**
   * Whether a text can be written as UTF-8. Half of a surrogate pair cannot: it becomes a question
   * mark, and two different texts become one.
   */
  public static boolean wellFormed(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
