package dev.signalbox.storage;

import dev.signalbox.platform.json.UnicodeText;

/** Texts that come back as they are from either engine. PostgreSQL has no U+0000. */
public final class StoredText {

  /** The rule, fit to follow a field's name. */
  public static final String RULE = "must not contain U+0000 or half a surrogate pair";

  private StoredText() {}

  /** Whether a text can be stored. */
  public static boolean valid(String text) {
    return text.indexOf('\0') < 0 && UnicodeText.wellFormed(text);
  }
}
