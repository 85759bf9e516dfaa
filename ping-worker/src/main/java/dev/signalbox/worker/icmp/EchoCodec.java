package dev.signalbox.worker.icmp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Echo requests (RFC 792) whose replies prove themselves. The payload is the time of sending and a
 * keyed hash of address, purpose and that time. A reply counts only if its hash is right for the
 * address it comes from, so that forged, stray and misdirected ones do not, and no host can make a
 * round trip look shorter.
 */
final class EchoCodec {

  /** A message: 8 bytes of header, 8 of time, 8 of hash. */
  static final int BYTES = 24;

  /** {@link #roundTrip} of what is no reply to a request of ours. */
  static final long NOT_OURS = -1;

  private static final int REQUEST = 8;
  private static final int REPLY = 0;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final int id;
  private final SipHash hash;

  /**
   * @param id identifier, 16 bits; a datagram socket of Linux puts its own in its place
   */
  EchoCodec(int id, long k0, long k1) {
    this.id = id;
    this.hash = new SipHash(k0, k1);
  }

  /** With an unpredictable identifier and key. */
  static EchoCodec random() {
    SecureRandom random = new SecureRandom();
    return new EchoCodec(random.nextInt(1 << 16), random.nextLong(), random.nextLong());
  }

  /** Writes a request of {@link #BYTES}. */
  void encode(MemorySegment memory, long at, int address, Purpose purpose, long sentNanos) {
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) REQUEST);
    memory.set(ValueLayout.JAVA_BYTE, at + 1, (byte) 0);
    memory.set(SHORT, at + 2, (short) 0);
    memory.set(SHORT, at + 4, (short) id);
    memory.set(SHORT, at + 6, (short) address);
    memory.set(LONG, at + 8, sentNanos);
    memory.set(LONG, at + 16, hash.hash(subject(address, purpose), sentNanos));
    memory.set(SHORT, at + 2, checksum(memory, at));
  }

  /**
   * The round-trip time that a message proves.
   *
   * @param anyId whether the identifier may be another than that of {@link #encode}
   * @return nanoseconds, or {@link #NOT_OURS}
   */
  long roundTrip(
      MemorySegment memory,
      long at,
      long length,
      int source,
      Purpose purpose,
      boolean anyId,
      long nowNanos) {
    if (length != BYTES
        || memory.get(ValueLayout.JAVA_BYTE, at) != REPLY
        || memory.get(ValueLayout.JAVA_BYTE, at + 1) != 0
        || memory.get(SHORT, at + 6) != (short) source
        || (!anyId && memory.get(SHORT, at + 4) != (short) id)) {
      return NOT_OURS;
    }
    long sentNanos = memory.get(LONG, at + 8);
    if (memory.get(LONG, at + 16) != hash.hash(subject(source, purpose), sentNanos)) {
      return NOT_OURS;
    }
    return Math.max(0, nowNanos - sentNanos);
  }

  private static long subject(int address, Purpose purpose) {
    return (Integer.toUnsignedLong(address) << 32) | (purpose == Purpose.CONTROL ? 1 : 0);
  }

  private static short checksum(MemorySegment memory, long at) {
    int sum = 0;
    for (int word = 0; word < BYTES; word += 2) {
      sum += Short.toUnsignedInt(memory.get(SHORT, at + word));
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return (short) ~(sum + (sum >>> 16));
  }
}
