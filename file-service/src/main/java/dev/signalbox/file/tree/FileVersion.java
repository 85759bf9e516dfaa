package dev.signalbox.file.tree;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which content a path has, as far as the file system tells: the same version, the same bytes. Two
 * changes in place within one tick of the file system's clock that leave the size alone look the
 * same; what is uploaded here is always a new file and so always a new version.
 *
 * @param inode number of the file in its file system; the file system itself is left out, for
 *     replicas may see one volume under different device numbers
 * @param sizeBytes length
 * @param modifiedNanos last modification, nanoseconds since 1970-01-01 UTC
 */
record FileVersion(long inode, long sizeBytes, long modifiedNanos) {

  static FileVersion of(BasicFileAttributes attributes) {
    return new FileVersion(
        inode(attributes.fileKey()),
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  /** Whether this is the same file and was changed in place. */
  boolean changedInPlace(FileVersion now) {
    return inode == now.inode && !equals(now);
  }

  long modifiedEpochMs() {
    return Math.floorDiv(modifiedNanos, 1_000_000L);
  }

  long modifiedEpochSeconds() {
    return Math.floorDiv(modifiedNanos, 1_000_000_000L);
  }

  /** The JDK shows the key of a file only as text, {@code (dev=fd01,ino=1234)}. */
  private static long inode(@Nullable Object fileKey) {
    if (fileKey == null) {
      return 0;
    }
    String text = fileKey.toString();
    int begin = text.indexOf("ino=");
    int end = text.indexOf(')', begin);
    try {
      return begin < 0 || end < 0
          ? text.hashCode()
          : Long.parseUnsignedLong(text.substring(begin + 4, end));
    } catch (NumberFormatException _) {
      return text.hashCode();
    }
  }
}
