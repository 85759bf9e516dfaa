package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.RandomBits;
import dev.signalbox.dnsclient.message.ReplyMatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/** One connected UDP socket and the queries under way on it. */
final class UdpSocket extends ChannelInboundHandlerAdapter {

  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final int DATAGRAMS_PER_READ = 64;
  private static final int DATAGRAMS_PER_CALL = 8;

  private final UdpPeer peer;
  private final InetSocketAddress remote;
  private final UdpTransport.Limits limits;
  private final RandomBits random;
  private final TimerWheel wheel;
  private final RateGates rates;
  private final Consumer<UdpSocket> changed;
  private final EventLoop eventLoop;
  private final DatagramChannel channel;
  private final ChannelFuture connected;
  private final IntObjectHashMap<UdpQuery> pending = new IntObjectHashMap<>();
  private final Lifetime lifetime = new Lifetime();
  private State state = State.BUSY;
  private boolean flushing;

  enum State {
    IDLE,
    BUSY,
    /** Takes no more queries and closes with its last one. */
    RETIRED,
    CLOSED
  }

  UdpSocket(
      ContextInternal context,
      UdpPeer peer,
      InetSocketAddress remote,
      UdpTransport.Limits limits,
      RandomBits random,
      TimerWheel wheel,
      RateGates rates,
      Consumer<UdpSocket> changed) {
    this.peer = peer;
    this.remote = remote;
    this.limits = limits;
    this.random = random;
    this.wheel = wheel;
    this.rates = rates;
    this.changed = changed;
    this.eventLoop = context.nettyEventLoop();
    this.channel = context.owner().transport().datagramChannel();
    // Where the transport can, one system call takes as many datagrams as the buffer holds.
    channel
        .config()
        .setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, EdnsOptions.MAX_UDP_SIZE);
    channel
        .config()
        .setRecvByteBufAllocator(
            new FixedRecvByteBufAllocator(DATAGRAMS_PER_CALL * EdnsOptions.MAX_UDP_SIZE)
                .maxMessagesPerRead(DATAGRAMS_PER_READ));
    channel.config().setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    channel.pipeline().addLast(this);
    eventLoop.register(channel);
    // Unbound, so that the kernel picks a random source port as it connects.
    this.connected = channel.connect(remote);
    wheel.arm(lifetime, limits.lifetimeNanos());
  }

  UdpPeer peer() {
    return peer;
  }

  InetSocketAddress remote() {
    return remote;
  }

  State state() {
    return state;
  }

  boolean full() {
    return pending.size() >= limits.inFlightPerSocket();
  }

  void send(UdpQuery entry) {
    entry.on(this);
    entry.id = freeId();
    entry.sent =
        limits.mixedCase()
            ? entry.query.withIdAndMixedCase(entry.id, random)
            : entry.query.withId(entry.id);
    if (pending.isEmpty()) {
      become(State.BUSY);
    }
    pending.put(entry.id, entry);
    if (connected.isDone()) {
      write(entry);
    } else {
      connected.addListener(_ -> {
        if (!entry.ended()) {
          write(entry);
        }
      });
    }
  }

  /** No answer to the latest sending in time. */
  void overdue(UdpQuery entry) {
    peer.lost();
    // The same message again, not one with another id: an answer to any of the sendings will do,
    // and a forger gains no second chance (RFC 5452 section 5).
    if (entry.sendings <= entry.retryPolicy.retries() && !entry.outOfTurns) {
      if (rates.limited()) {
        writeInTurn(entry);
      } else {
        write(entry);
      }
    } else {
      fail(entry, Fault.TIMEOUT, "did not answer in time");
    }
  }

  /** Meanwhile an answer to an earlier sending is welcome as ever. */
  private void writeInTurn(UdpQuery entry) {
    entry.turn =
        rates.turn(
            remote.getAddress(),
            entry.deadlineNanos,
            () -> {
              entry.turn = null;
              write(entry);
            },
            _ -> {
              entry.outOfTurns = true;
              wheel.arm(entry, Math.max(0, entry.deadlineNanos - System.nanoTime()));
            });
  }

  private int freeId() {
    int id = random.nextId();
    while (pending.containsKey(id)) {
      id = random.nextId();
    }
    return id;
  }

  private void write(UdpQuery entry) {
    if (!connected.isSuccess()) {
      fail(entry, Fault.UNREACHABLE, "cannot be reached");
      retire();
      return;
    }
    long now = System.nanoTime();
    wheel.arm(entry, waitNanos(entry, now));
    entry.sendings++;
    entry.sentNanos = now;
    channel.write(Unpooled.wrappedBuffer(entry.sent), channel.voidPromise());
    if (!flushing) {
      // One flush for all queries of this turn of the event loop: one system call where the
      // transport can send many messages at once.
      flushing = true;
      eventLoop.execute(this::flush);
    }
  }

  /**
   * Waits are spread by a quarter to both sides: what was lost together, in a burst that overran a
   * buffer, must not be sent together again. The last wait ends at the deadline.
   */
  private long waitNanos(UdpQuery entry, long now) {
    if (entry.sendings >= entry.retryPolicy.retries()) {
      return entry.deadlineNanos - now;
    }
    long wait = entry.retryPolicy.waitNanos(entry.sendings);
    return wait / 4 * 3 + (wait >> 12) * random.nextInt(1 << 11);
  }

  private void flush() {
    flushing = false;
    channel.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext unused, Object message) {
    try {
      if (message instanceof DatagramPacket packet) {
        received(packet.content());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(ByteBuf content) {
    if (content.readableBytes() < Short.BYTES) {
      return;
    }
    UdpQuery entry = pending.get(content.getUnsignedShort(content.readerIndex()));
    if (entry == null) {
      return;
    }
    byte[] wire = new byte[content.readableBytes()];
    content.readBytes(wire);
    ReplyMatch match = entry.query.match(entry.sent, wire);
    if (match == ReplyMatch.FOREIGN) {
      return;
    }
    entry.query.restoreCase(wire);
    long nanos = System.nanoTime() - entry.sentNanos;
    remove(entry);
    entry.complete(
        new Received(
            wire,
            match != ReplyMatch.OTHER_CASE,
            entry.sendings,
            new DnsTimings(null, null, nanos / 1e6)));
    peer.answered(nanos);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
    // An ICMP message does not say which query it is about, only that this resolver has no such
    // port or no route: true for all of them.
    failAll(Fault.UNREACHABLE, "cannot be reached");
  }

  /** Ends a query without an answer. */
  void fail(UdpQuery entry, Fault fault, String reason) {
    remove(entry);
    entry.fail(fault, reason);
    peer.ended();
  }

  private void failAll(Fault fault, String reason) {
    for (UdpQuery entry : List.copyOf(pending.values())) {
      fail(entry, fault, reason);
    }
  }

  private void remove(UdpQuery entry) {
    wheel.disarm(entry);
    RateTurn turn = entry.turn;
    if (turn != null) {
      turn.forget();
      entry.turn = null;
    }
    if (pending.remove(entry.id, entry) && pending.isEmpty()) {
      if (state == State.RETIRED) {
        close();
      } else {
        become(State.IDLE);
      }
    }
  }

  private void become(State next) {
    if (state != next && state != State.CLOSED && state != State.RETIRED) {
      state = next;
      changed.accept(this);
    }
  }

  void retire() {
    become(State.RETIRED);
    if (pending.isEmpty()) {
      close();
    }
  }

  void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      wheel.disarm(lifetime);
      channel.close();
      failAll(Fault.OVERLOADED, "was cancelled: the client is shutting down");
      changed.accept(this);
    }
  }

  private final class Lifetime extends TimerWheel.Timeout {
    @Override
    protected void expired() {
      retire();
    }
  }
}
