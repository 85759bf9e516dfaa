package dev.signalbox.dnsclient.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the records of a message are, found without reading what they hold. */
final class WireRecords {

  static final int HEADER_LENGTH = 12;

  /** Shorter ones cannot hold enough names to matter. */
  private static final int LONG_MESSAGE = 4_096;

  private static final int LONGEST_CHAIN = 64;
  private static final int TYPE_AND_CLASS = 4;
  private static final int FIXED_PART = 10;

  /**
   * A record in a message.
   *
   * @param section 1 answer, 2 authority, 3 additional
   * @param name offset of its owner
   * @param type offset of its type, after which come class, TTL, length and data
   */
  record Place(int section, int name, int type) {

    int type(byte[] wire) {
      return unsignedShort(wire, type);
    }

    void write(byte[] wire, int newType) {
      wire[type] = (byte) (newType >> 8);
      wire[type + 1] = (byte) newType;
    }

    int ttl() {
      return type + TYPE_AND_CLASS;
    }

    int data() {
      return type + FIXED_PART;
    }

    int dataEnd(byte[] wire) {
      return data() + unsignedShort(wire, type + TYPE_AND_CLASS + Integer.BYTES);
    }
  }

  private WireRecords() {}

  /** The records of a message; null when it is no whole message. */
  static @Nullable List<Place> of(byte[] wire) {
    if (wire.length < HEADER_LENGTH) {
      return null;
    }
    int at = HEADER_LENGTH;
    for (int i = unsignedShort(wire, 4); i > 0 && at >= 0; i--) {
      at = afterName(wire, at);
      at = at < 0 || at + TYPE_AND_CLASS > wire.length ? -1 : at + TYPE_AND_CLASS;
    }
    List<Place> places = new ArrayList<>();
    for (int section = 1; section <= 3; section++) {
      for (int i = count(wire, section); i > 0; i--) {
        int type = at < 0 ? -1 : afterName(wire, at);
        if (type < 0 || type + FIXED_PART > wire.length) {
          return null;
        }
        Place place = new Place(section, at, type);
        at = place.dataEnd(wire);
        if (at > wire.length) {
          return null;
        }
        places.add(place);
      }
    }
    return at < 0 ? null : places;
  }

  /**
   * Whether compression pointers point to pointers over and over. Each name that leads into such a
   * chain costs the codec a step for each of them: a message of 64 KiB would take it minutes.
   * Honest servers point to labels.
   */
  static boolean chainsPointers(byte[] wire) {
    if (wire.length < LONG_MESSAGE) {
      return false;
    }
    // Pointers lead backwards and have 14 bits, so a chain lies within the first 16 KiB.
    short[] steps = new short[Math.min(wire.length, 1 << 14)];
    for (int i = HEADER_LENGTH; i < steps.length - 1; i++) {
      if ((wire[i] & 0xC0) == 0xC0) {
        int target = unsignedShort(wire, i) & 0x3FFF;
        steps[i] = target < i ? (short) (steps[target] + 1) : 1;
        if (steps[i] > LONGEST_CHAIN) {
          return true;
        }
      }
    }
    return false;
  }

  /** How many records a section has, as the header says. */
  static int count(byte[] wire, int section) {
    return unsignedShort(wire, 4 + 2 * section);
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

  static int unsignedShort(byte[] bytes, int at) {
    return ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
  }
}
