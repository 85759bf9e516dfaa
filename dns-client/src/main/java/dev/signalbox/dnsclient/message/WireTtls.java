package dev.signalbox.dnsclient.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Type;

/** The TTL fields of a message, found once so that they can be counted down in a copy. */
public final class WireTtls {

  private static final int HEADER_LENGTH = 12;
  private static final int TYPE_AND_CLASS = 4;
  private static final int FIXED_PART = 10;

  private WireTtls() {}

  /**
   * Where the TTLs of a message are, those of OPT apart, whose field means something else; null
   * when it is no whole message.
   */
  public static int @Nullable [] offsets(byte[] wire) {
    if (wire.length < HEADER_LENGTH) {
      return null;
    }
    int at = HEADER_LENGTH;
    for (int i = unsignedShort(wire, 4); i > 0 && at >= 0; i--) {
      at = afterName(wire, at);
      at = at < 0 || at + TYPE_AND_CLASS > wire.length ? -1 : at + TYPE_AND_CLASS;
    }
    int records = unsignedShort(wire, 6) + unsignedShort(wire, 8) + unsignedShort(wire, 10);
    // The counts may say anything; no record is shorter than its fixed part and a root name.
    int[] offsets = new int[Math.min(records, wire.length / FIXED_PART)];
    int found = 0;
    for (int i = 0; i < records && at >= 0; i++) {
      int fixed = afterName(wire, at);
      if (fixed < 0 || fixed + FIXED_PART > wire.length) {
        return null;
      }
      if (unsignedShort(wire, fixed) != Type.OPT) {
        offsets[found++] = fixed + TYPE_AND_CLASS;
      }
      at = fixed + FIXED_PART + unsignedShort(wire, fixed + 8);
      at = at > wire.length ? -1 : at;
    }
    return at < 0 ? null : Arrays.copyOf(offsets, found);
  }

  /** Makes every TTL smaller by some seconds, not below 0. */
  public static void age(byte[] wire, int[] offsets, long seconds) {
    for (int offset : offsets) {
      long ttl = ((long) unsignedShort(wire, offset) << 16) | unsignedShort(wire, offset + 2);
      long left = Math.max(0, ttl - seconds);
      wire[offset] = (byte) (left >> 24);
      wire[offset + 1] = (byte) (left >> 16);
      wire[offset + 2] = (byte) (left >> 8);
      wire[offset + 3] = (byte) left;
    }
  }

  /** The first octet after a name, compressed or not; -1 when there is none. */
  private static int afterName(byte[] wire, int start) {
    int at = start;
    while (at < wire.length) {
      int length = wire[at] & 0xFF;
      if (length == 0) {
        return at + 1;
      }
      if (length >= 0xC0) {
        return at + 2 <= wire.length ? at + 2 : -1;
      }
      if (length > 63) {
        return -1;
      }
      at += length + 1;
    }
    return -1;
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
  }
}
