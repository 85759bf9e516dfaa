package dev.signalbox.worker.icmp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;

/**
 * A socket of the system: one of datagrams, which every user may have whose group the system allows
 * to ping, else a raw one. Replies lie in a receive buffer of the system until {@link #receive}
 * takes them; it is as large as the system gives, since replies come in bursts.
 */
public final class IcmpSocket implements EchoSocket {

  private static final int RECEIVE_BUFFER = 8 << 20;
  private static final int SOCKADDR_BYTES = 16;
  private static final int MSGHDR_BYTES = 64; // struct mmsghdr of 64-bit Linux
  private static final int IOVEC_BYTES = 16;
  private static final int DISCARD_PORT = 9;

  /** Room for the longest IP header and a message; longer replies are not ours. */
  private static final int RECEIVE_BYTES = 128;

  private static final Purpose[] PURPOSES = Purpose.values();

  private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

  private final Abi abi;
  private final EchoCodec codec;
  private final Arena arena = Arena.ofConfined();
  private final LibC libc = new LibC(arena);
  private final int descriptor;
  private final boolean raw;
  private final boolean ipHeader;

  private final MemorySegment pollDescriptor;
  private final MemorySegment sendPackets;
  private final MemorySegment sendAddresses;
  private final MemorySegment sendMessages;
  private final MemorySegment receivePackets;
  private final MemorySegment receiveAddresses;
  private final MemorySegment receiveMessages;
  private final MemorySegment addressSize;
  private long receivedBytes;

  /**
   * Opens a socket; the calling thread is the only one that may use it.
   *
   * @throws IcmpException when this machine does not let us
   */
  public static IcmpSocket open() {
    return new IcmpSocket(Abi.current(), EchoCodec.random(), false);
  }

  /** Opens a raw socket, even when one of datagrams is allowed. */
  static IcmpSocket openRaw() {
    return new IcmpSocket(Abi.current(), EchoCodec.random(), true);
  }

  private IcmpSocket(Abi abi, EchoCodec codec, boolean rawOnly) {
    this.abi = abi;
    this.codec = codec;
    int datagram = rawOnly ? -1 : libc.socket(Abi.AF_INET, Abi.SOCK_DGRAM, Abi.IPPROTO_ICMP);
    this.raw = datagram < 0;
    this.descriptor = raw ? libc.socket(Abi.AF_INET, Abi.SOCK_RAW, Abi.IPPROTO_ICMP) : datagram;
    this.ipHeader = raw || abi == Abi.MACOS;
    if (descriptor < 0) {
      arena.close();
      throw new IcmpException(
          IcmpException.Reason.NOT_PERMITTED,
          "This system does not let you ping. To allow it until the next start, run:\n\n"
              + "  sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"\n");
    }
    if (abi == Abi.LINUX && raw) {
      // One bit for each type that is to be dropped: all but echo replies.
      libc.setsockopt(descriptor, Abi.SOL_RAW, Abi.ICMP_FILTER, ~1);
    }
    // Beyond the system's limit for users, which only an administrator may.
    if (abi != Abi.LINUX
        || !libc.setsockopt(descriptor, abi.solSocket, Abi.SO_RCVBUFFORCE, RECEIVE_BUFFER)) {
      libc.setsockopt(descriptor, abi.solSocket, abi.soRcvbuf, RECEIVE_BUFFER);
    }
    pollDescriptor = arena.allocate(8, 8);
    pollDescriptor.set(JAVA_INT, 0, descriptor);
    pollDescriptor.set(JAVA_SHORT, 4, (short) 1); // POLLIN
    sendPackets = arena.allocate((long) MAX_BATCH * EchoCodec.BYTES, 8);
    sendAddresses = addresses();
    sendMessages = messages(sendPackets, EchoCodec.BYTES, sendAddresses);
    receivePackets = arena.allocate((long) MAX_BATCH * RECEIVE_BYTES, 8);
    receiveAddresses = addresses();
    receiveMessages = messages(receivePackets, RECEIVE_BYTES, receiveAddresses);
    addressSize = arena.allocate(JAVA_INT);
  }

  private MemorySegment addresses() {
    MemorySegment addresses = arena.allocate((long) MAX_BATCH * SOCKADDR_BYTES, 8);
    for (int i = 0; i < MAX_BATCH; i++) {
      long at = (long) i * SOCKADDR_BYTES;
      if (abi == Abi.MACOS) { // a length and a family of a byte each
        addresses.set(JAVA_BYTE, at, (byte) SOCKADDR_BYTES);
        addresses.set(JAVA_BYTE, at + 1, (byte) Abi.AF_INET);
      } else {
        addresses.set(JAVA_SHORT, at, (short) Abi.AF_INET);
      }
    }
    return addresses;
  }

  /** An array of struct mmsghdr, each with one piece of memory. */
  private MemorySegment messages(MemorySegment packets, int size, MemorySegment addresses) {
    MemorySegment pieces = arena.allocate((long) MAX_BATCH * IOVEC_BYTES, 8);
    MemorySegment messages = arena.allocate((long) MAX_BATCH * MSGHDR_BYTES, 8);
    for (int i = 0; i < MAX_BATCH; i++) {
      long piece = (long) i * IOVEC_BYTES;
      pieces.set(ADDRESS, piece, packets.asSlice((long) i * size, size));
      pieces.set(JAVA_LONG, piece + 8, size);
      long message = (long) i * MSGHDR_BYTES;
      messages.set(ADDRESS, message, addresses.asSlice((long) i * SOCKADDR_BYTES, SOCKADDR_BYTES));
      messages.set(JAVA_INT, message + 8, SOCKADDR_BYTES);
      messages.set(ADDRESS, message + 16, pieces.asSlice(piece, IOVEC_BYTES));
      messages.set(JAVA_LONG, message + 24, 1);
    }
    return messages;
  }

  @Override
  public void send(int[] addresses, int count, Purpose purpose, SendOutcome[] outcomes) {
    for (int i = 0; i < count; i++) {
      sendAddresses.set(NETWORK_INT, (long) i * SOCKADDR_BYTES + 4, addresses[i]);
      codec.encode(
          sendPackets, (long) i * EchoCodec.BYTES, addresses[i], purpose, System.nanoTime());
    }
    int done = 0;
    while (done < count) {
      int sent = abi == Abi.LINUX ? sendMany(done, count - done) : sendOne(done);
      for (int i = 0; i < sent; i++) {
        outcomes[done++] = SendOutcome.SENT;
      }
      if (sent <= 0) {
        int address = addresses[done];
        outcomes[done++] = abi.outcome(libc.errno(), () -> isBroadcast(address));
      }
    }
  }

  /**
   * Whether the system takes an address for a broadcast address. It lets a datagram socket connect
   * to one only with SO_BROADCAST; connecting sends nothing.
   */
  private static boolean isBroadcast(int address) {
    return connects(address, true) && !connects(address, false);
  }

  private static boolean connects(int address, boolean broadcast) {
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(address).array();
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.SO_BROADCAST, broadcast);
      channel.connect(new InetSocketAddress(InetAddress.getByAddress(bytes), DISCARD_PORT));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private int sendMany(int first, int count) {
    return libc.sendmmsg(
        descriptor,
        sendMessages.asSlice((long) first * MSGHDR_BYTES, (long) count * MSGHDR_BYTES),
        count,
        abi.msgDontwait);
  }

  private int sendOne(int index) {
    long sent =
        libc.sendto(
            descriptor,
            sendPackets.asSlice((long) index * EchoCodec.BYTES, EchoCodec.BYTES),
            abi.msgDontwait,
            sendAddresses.asSlice((long) index * SOCKADDR_BYTES, SOCKADDR_BYTES));
    return sent < 0 ? -1 : 1;
  }

  @Override
  public void receive(ReplyHandler handler) {
    int received;
    do {
      received = abi == Abi.LINUX ? receiveMany() : receiveOne();
      long now = System.nanoTime();
      for (int i = 0; i < received; i++) {
        long length =
            abi == Abi.LINUX
                ? receiveMessages.get(JAVA_INT, (long) i * MSGHDR_BYTES + 56)
                : receivedBytes;
        int source = receiveAddresses.get(NETWORK_INT, (long) i * SOCKADDR_BYTES + 4);
        decode((long) i * RECEIVE_BYTES, length, source, now, handler);
      }
    } while (received == (abi == Abi.LINUX ? MAX_BATCH : 1));
  }

  private int receiveMany() {
    return libc.recvmmsg(descriptor, receiveMessages, MAX_BATCH, abi.msgDontwait);
  }

  private int receiveOne() {
    addressSize.set(JAVA_INT, 0, SOCKADDR_BYTES);
    receivedBytes =
        libc.recvfrom(
            descriptor,
            receivePackets.asSlice(0, RECEIVE_BYTES),
            abi.msgDontwait,
            receiveAddresses.asSlice(0, SOCKADDR_BYTES),
            addressSize);
    return receivedBytes < 0 ? 0 : 1;
  }

  private void decode(long at, long length, int source, long now, ReplyHandler handler) {
    long header = 0;
    if (ipHeader) {
      header = length < 20 ? length : (receivePackets.get(JAVA_BYTE, at) & 0x0f) * 4L;
    }
    // A datagram socket of Linux has an identifier of the system's choice, and sees no other.
    boolean anyId = !raw && abi == Abi.LINUX;
    for (Purpose purpose : PURPOSES) {
      long roundTrip =
          codec.roundTrip(
              receivePackets, at + header, length - header, source, purpose, anyId, now);
      if (roundTrip != EchoCodec.NOT_OURS) {
        handler.onReply(source, purpose, roundTrip);
        return;
      }
    }
  }

  @Override
  public void await(int millis) {
    libc.poll(pollDescriptor, millis);
  }

  @Override
  public String description() {
    return raw ? "raw ICMP socket" : "ICMP datagram socket";
  }

  @Override
  public void close() {
    libc.close(descriptor);
    arena.close();
  }
}
