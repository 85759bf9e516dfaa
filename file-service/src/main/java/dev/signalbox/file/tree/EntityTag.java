package dev.signalbox.file.tree;

import org.jspecify.annotations.Nullable;

/** Strong entity tags and the lists of them in conditions (RFC 9110 sections 8.8.3 and 13.1). */
public final class EntityTag {

  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuv";

  private EntityTag() {}

  /** The tag of a version in a coding; codings of one file never share a tag. */
  static String of(FileVersion version, @Nullable Coding coding) {
    long hash = mix(version.inode() ^ mix(version.sizeBytes() ^ mix(version.modifiedNanos())));
    StringBuilder tag = new StringBuilder(20).append('"');
    for (int bits = 60; bits >= 0; bits -= 5) {
      tag.append(DIGITS.charAt((int) (hash >>> bits) & 31));
    }
    if (coding != null) {
      tag.append('-').append(coding.ending());
    }
    return tag.append('"').toString();
  }

  /**
   * Whether a condition names a tag.
   *
   * @param condition tags separated by commas, or {@code *} alone or, where several lines of the
   *     header were one, among them
   * @param weakly whether a weak tag matches too (RFC 9110 section 8.8.3.2)
   * @param tag the present file's; null when there is none, which nothing matches
   */
  public static boolean matches(String condition, @Nullable String tag, boolean weakly) {
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
      if (begin >= list.length() || list.charAt(begin) != '"') {
        return false; // not a list of tags: what cannot be read matches nothing
      }
      int close = list.indexOf('"', begin + 1);
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

  /** The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
