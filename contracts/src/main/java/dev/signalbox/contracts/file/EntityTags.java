package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/** Lists of entity tags as conditions have them (RFC 9110 sections 8.8.3 and 13.1). */
public final class EntityTags {

  private EntityTags() {}

  /**
   * Whether a condition names a tag.
   *
   * @param condition tags separated by commas, or {@code *} alone or, where several lines of the
   *     header were one, among them; what cannot be read names nothing
   * @param tag the present file's, strong and quoted; null when there is no file, which nothing
   *     names
   * @param weakly whether a weak tag names it too (RFC 9110 section 8.8.3.2)
   */
  public static boolean name(String condition, @Nullable String tag, boolean weakly) {
    if (tag == null) {
      return false;
    }
    String list = condition.strip();
    int at = 0;
    while (at < list.length()) {
      char c = list.charAt(at);
      if (c == ',' || c == ' ' || c == '\t') {
        at++;
        continue;
      }
      if (c == '*') {
        return true;
      }
      boolean weak = list.startsWith("W/", at);
      int begin = weak ? at + 2 : at;
      int close = list.startsWith("\"", begin) ? list.indexOf('"', begin + 1) : -1;
      if (close < 0) {
        return false;
      }
      if ((weakly || !weak) && close + 1 - begin == tag.length() && list.startsWith(tag, begin)) {
        return true;
      }
      at = close + 1;
    }
    return false;
  }
}
