package dev.signalbox.dnsclient.message;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Type;

/** The TTL fields of a message, found once so that they can be counted down in a copy. */
public final class WireTtls {

  private WireTtls() {}

  /**
   * Where the TTLs of a message are, those of OPT apart, whose field means something else; null
   * when it is no whole message.
   */
  public static int @Nullable [] offsets(byte[] wire) {
    List<WireRecords.Place> places = WireRecords.of(wire);
    return places == null
        ? null
        : places.stream()
            .filter(place -> place.type(wire) != Type.OPT)
            .mapToInt(WireRecords.Place::ttl)
            .toArray();
  }

  /** Makes no TTL larger than some seconds. */
  public static void cap(byte[] wire, int[] offsets, long seconds) {
    for (int offset : offsets) {
      write(wire, offset, Math.min(read(wire, offset), seconds));
    }
  }

  /** Makes every TTL smaller by some seconds, not below 0. */
  public static void age(byte[] wire, int[] offsets, long seconds) {
    for (int offset : offsets) {
      write(wire, offset, Math.max(0, read(wire, offset) - seconds));
    }
  }

  private static long read(byte[] wire, int offset) {
    return ((long) WireRecords.unsignedShort(wire, offset) << 16)
        | WireRecords.unsignedShort(wire, offset + 2);
  }

  private static void write(byte[] wire, int offset, long ttl) {
    wire[offset] = (byte) (ttl >> 24);
    wire[offset + 1] = (byte) (ttl >> 16);
    wire[offset + 2] = (byte) (ttl >> 8);
    wire[offset + 3] = (byte) ttl;
  }
}
