package dev.signalbox.contracts;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes inside a message. On the wire they travel beside the JSON, never inside it; within a
 * process the array passes by reference, so neither side may change it afterwards.
 *
 * @param bytes the content; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Binary(byte[] bytes) {

  private static final Binary EMPTY = new Binary(new byte[0]);

  /** No bytes. */
  public static Binary empty() {
    return EMPTY;
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Binary(byte[] that) && Arrays.equals(bytes, that);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Binary[" + bytes.length + " bytes]";
  }
}
