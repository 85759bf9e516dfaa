package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.message.EncodedQuery;
import dev.signalbox.dnsclient.message.RandomBits;
import dev.signalbox.dnsclient.message.ReplyMatch;
import io.netty.util.collection.IntObjectHashMap;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection to a resolver and the queries under way on it. */
final class StreamConnection {

  private static final int CONNECT_TIMEOUT_MS = 10_000;

  private final ContextInternal context;
  private final Upstream upstream;
  private final StreamTransport.Limits limits;
  private final RandomBits random;
  private final TimerWheel wheel;
  private final Consumer<StreamConnection> changed;
  private final IntObjectHashMap<Pending> pending = new IntObjectHashMap<>();
  private final IdleTime idleTime = new IdleTime();
  private final long startNanos = System.nanoTime();
  private @Nullable NetSocket socket;
  private @Nullable Double connectMillis;
  private @Nullable Double tlsMillis;
  private State state = State.BUSY;

  enum State {
    IDLE,
    BUSY,
    /** Takes no more queries and closes with its last one. */
    RETIRED,
    CLOSED
  }

  StreamConnection(
      ContextInternal context,
      Upstream upstream,
      StreamTransport.Limits limits,
      RandomBits random,
      TimerWheel wheel,
      Consumer<StreamConnection> changed) {
    this.context = context;
    this.upstream = upstream;
    this.limits = limits;
    this.random = random;
    this.wheel = wheel;
    this.changed = changed;
  }

  Upstream upstream() {
    return upstream;
  }

  State state() {
    return state;
  }

  int inFlight() {
    return pending.size();
  }

  void connect(NetClient client, ClientSSLOptions tls) {
    ConnectOptions options =
        new ConnectOptions().setRemoteAddress(upstream.target()).setTimeout(CONNECT_TIMEOUT_MS);
    client
        .connect(options)
        .onSuccess(connected -> established(connected, tls))
        .onFailure(_ -> close(Fault.UNREACHABLE, "cannot be reached"));
  }

  private void established(NetSocket connected, ClientSSLOptions tls) {
    connectMillis = millisSince(startNanos);
    if (state == State.CLOSED) {
      connected.close();
      return;
    }
    socket = connected;
    connected.closeHandler(_ -> close(Fault.LOST, "closed the connection"));
    connected.exceptionHandler(_ -> {});
    long handshakeNanos = System.nanoTime();
    secured(connected, tls)
        .onSuccess(_ -> {
          if (upstream.protocol() == Protocol.TLS) {
            tlsMillis = millisSince(handshakeNanos);
          }
          open(connected);
        })
        .onFailure(
            cause -> close(Fault.TLS, "failed the TLS handshake: " + Causes.rootMessage(cause)));
  }

  private Future<Void> secured(NetSocket connected, ClientSSLOptions tls) {
    if (upstream.protocol() != Protocol.TLS) {
      return context.succeededFuture();
    }
    return upstream.named()
        ? connected.upgradeToSsl(tls, upstream.host())
        : connected.upgradeToSsl(tls);
  }

  private void open(NetSocket connected) {
    if (state == State.CLOSED) {
      return;
    }
    connected.handler(new MessageFrames(this::received));
    for (Pending entry : pending.values()) {
      entry.waitedForConnection = true;
      write(connected, entry);
    }
    settle();
  }

  InFlight send(EncodedQuery query, long timeoutNanos, Promise<Received> promise) {
    int id = freeId();
    Pending entry = new Pending(id, query, query.withId(id), promise);
    if (pending.isEmpty()) {
      wheel.disarm(idleTime);
      become(State.BUSY);
    }
    pending.put(id, entry);
    wheel.arm(entry, timeoutNanos);
    NetSocket connected = socket;
    if (connected != null && established()) {
      write(connected, entry);
    }
    return entry;
  }

  private int freeId() {
    int id = random.nextId();
    while (pending.containsKey(id)) {
      id = random.nextId();
    }
    return id;
  }

  private static void write(NetSocket connected, Pending entry) {
    entry.sentNanos = System.nanoTime();
    Buffer frame = Buffer.buffer(entry.sent.length + Short.BYTES);
    // Length and message in one write (RFC 7766 section 8).
    connected.write(frame.appendUnsignedShort(entry.sent.length).appendBytes(entry.sent));
  }

  private void received(byte[] wire) {
    if (wire.length < Short.BYTES) {
      return;
    }
    Pending entry = pending.get(((wire[0] & 0xFF) << 8) | (wire[1] & 0xFF));
    if (entry == null) {
      return;
    }
    ReplyMatch match = entry.query.match(entry.sent, wire);
    if (match == ReplyMatch.FOREIGN) {
      return;
    }
    remove(entry);
    boolean first = entry.waitedForConnection;
    DnsTimings timings =
        new DnsTimings(
            first ? connectMillis : null, first ? tlsMillis : null, millisSince(entry.sentNanos));
    entry.promise.complete(new Received(wire, true, 1, timings));
  }

  private void remove(Pending entry) {
    wheel.disarm(entry);
    if (pending.remove(entry.id, entry)) {
      settle();
    }
  }

  private void settle() {
    if (!pending.isEmpty() || state == State.CLOSED) {
      return;
    }
    if (state == State.RETIRED) {
      close(Fault.LOST, "closed the connection");
    } else if (state == State.BUSY && socket != null) {
      become(State.IDLE);
      wheel.arm(idleTime, limits.idleNanos());
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
    settle();
  }

  void close(Fault fault, String reason) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    wheel.disarm(idleTime);
    if (socket != null) {
      socket.close();
    }
    changed.accept(this);
    for (Pending entry : List.copyOf(pending.values())) {
      remove(entry);
      entry.promise.tryFail(new TransportException(fault, reason, 1));
    }
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }

  private final class IdleTime extends TimerWheel.Timeout {
    @Override
    protected void expired() {
      retire();
    }
  }

  private boolean established() {
    return socket != null && (tlsMillis != null || upstream.protocol() != Protocol.TLS);
  }

  private final class Pending extends TimerWheel.Timeout implements InFlight {
    private final int id;
    private final EncodedQuery query;
    private final byte[] sent;
    private final Promise<Received> promise;
    private boolean waitedForConnection;
    private long sentNanos;

    Pending(int id, EncodedQuery query, byte[] sent, Promise<Received> promise) {
      this.id = id;
      this.query = query;
      this.sent = sent;
      this.promise = promise;
    }

    @Override
    public Future<Received> answer() {
      return promise.future();
    }

    @Override
    public void cancel() {
      if (promise.future().isComplete()) {
        return;
      }
      remove(this);
      promise.tryFail(new TransportException(Fault.CANCELLED, UdpQuery.CANCELLED_BY_CALLER, 1));
      if (pending.isEmpty() && !established()) {
        // No query waits for this connection, and it may never be established.
        close(Fault.CANCELLED, UdpQuery.CANCELLED_BY_CALLER);
      }
    }

    @Override
    protected void expired() {
      // A connection on which an answer is overdue may be dead: the next query gets another one.
      become(State.RETIRED);
      remove(this);
      promise.tryFail(new TransportException(Fault.TIMEOUT, "did not answer in time", 1));
    }
  }
}
