package dev.signalbox.file.tree;

import org.jspecify.annotations.Nullable;

/** Strong entity tags (RFC 9110 section 8.8.3). */
final class EntityTag {

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

  /** The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
