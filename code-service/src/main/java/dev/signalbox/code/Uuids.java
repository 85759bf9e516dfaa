package dev.signalbox.code;

import dev.signalbox.platform.json.UnicodeText;
import org.jspecify.annotations.Nullable;

/** What may be sent as a uuid: any text of 1 to 256 characters without control characters. */
final class Uuids {

  static final int MAX_LENGTH = 256;
  static final String RULE = "must be a text of 1 to 256 characters without control characters";

  private Uuids() {}

  static boolean valid(@Nullable String uuid) {
    return uuid != null
        && !uuid.isEmpty()
        && uuid.length() <= MAX_LENGTH
        && printable(uuid)
        && UnicodeText.wellFormed(uuid);
  }

  private static boolean printable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }
}
