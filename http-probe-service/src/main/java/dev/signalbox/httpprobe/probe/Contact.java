package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.body.BodyReader;
import dev.signalbox.httpprobe.connect.Turn;
import dev.signalbox.httpprobe.exchange.Exchange;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.exchange.HttpWire;
import dev.signalbox.httpprobe.exchange.Protocol;
import dev.signalbox.httpprobe.exchange.Redirect;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.PhaseClock;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.reuse.Connection;
import dev.signalbox.httpprobe.reuse.ConnectionKey;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.tls.TlsLayer;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One hop: from a request to its answer, over a connection to an address that was judged just
 * before. Lives on one event loop; ends by {@link #end} or {@link #abort}, and then holds nothing.
 */
final class Contact {

  private final ProbeParts parts;
  private final ProbeTask task;
  private final HopRequest request;
  private final Place place;
  private final long deadline;
  private final @Nullable HopSpan span;
  private final PhaseClock clock;
  private @Nullable Channel channel;
  private @Nullable Connection connection;
  private @Nullable Exchange exchange;
  private @Nullable Turn turn;
  private @Nullable InetAddress peer;
  private List<InetAddress> known = List.of(); // where it is about to connect

  private boolean ended;

  /**
   * A hop.
   *
   * @param trace what it is part of; null when not traced
   * @param before hops of the probe before this one
   */
  Contact(
      ProbeParts parts,
      ProbeTask task,
      HopRequest request,
      long deadline,
      @Nullable TraceContext trace,
      int before) {
    this.parts = parts;
    this.task = task;
    this.request = request;
    this.place = Place.of(task, request);
    this.deadline = deadline;
    this.span = HopSpan.start(trace, request, place, before);
    this.clock = new PhaseClock(span == null ? null : span.below());
  }

  /** Begins; to be called once. */
  Future<Hop> run(Cancellation cancellation, boolean first) {
    Future<Hop> hop = hop(cancellation, first);
    HopSpan traced = span;
    return traced == null ? hop : hop.onSuccess(traced::answered);
  }

  private Future<Hop> hop(Cancellation cancellation, boolean first) {
    return place
        .addresses(parts, task, clock, deadline, cancellation)
        .compose(addresses -> turn().map(addresses))
        .compose(addresses -> {
          if (ended) {
            return gone();
          }
          known = addresses;
          Optional<Connection> kept = kept(addresses);
          return kept.isPresent() ? again(kept.get(), addresses, first) : anew(addresses, first);
        });
  }

  /** What the time goes into, or went last. */
  @Nullable Phase phase() {
    return clock.current();
  }

  /** What is known by now; null before there was a connection to speak over. */
  @Nullable HopFacts facts() {
    if (connection == null || peer == null || exchange == null) {
      return null;
    }
    clock.end();
    return new HopFacts(
        request.url(), exchange.head(), peer, connection.tls(), clock.read(), connection.reused());
  }

  /** Whom it tried to connect to, or first tried to; null before its addresses are known. */
  @Nullable HopFacts tried() {
    if (known.isEmpty()) {
      return null;
    }
    clock.end();
    InetAddress address = peer == null ? known.getFirst() : peer;
    return new HopFacts(request.url(), null, address, null, clock.read(), false);
  }

  /** Whether the target's limits leave no place yet. */
  boolean queues() {
    return turn != null && !turn.ready().isComplete();
  }

  /** After an answer: gives everything back, the connection to those kept if it may be. */
  void end() {
    Connection open = connection;
    Exchange done = exchange;
    if (ended || open == null || done == null || !task.reuse() || request.identifies()) {
      close();
      return;
    }
    channel = null;
    close();
    // Once what arrived with the answer has been read: see KeptConnections.
    parts
        .loop()
        .execute(() -> {
          if (done.leavesConnection()) {
            parts.kept().keep(key(open.peer()), open);
          } else {
            open.channel().close();
          }
        });
  }

  /** Leaves the memory of the answer's body to the caller; how many bytes it is. */
  long handOver() {
    return exchange == null ? 0 : exchange.handOver();
  }

  /** Ends what is traced of it, as failed; the rest by {@link #abort}. */
  void failed(Throwable why) {
    if (span != null) {
      clock.fail(why);
      span.failed(why);
    }
  }

  /** Gives up at once. */
  void abort(Throwable why) {
    if (exchange != null) {
      exchange.abandon(why);
    }
    if (channel != null) {
      Connection.cut(channel);
    }
    close();
  }

  private void close() {
    ended = true;
    if (exchange != null) {
      exchange.release();
    }
    if (channel != null) {
      channel.close();
      channel = null;
    }
    if (turn != null) {
      turn.end();
      turn = null;
    }
  }

  private Future<Void> turn() {
    if (ended) {
      return gone();
    }
    Turn mine =
        parts.limits().turn(place.host(), place.port(), parts.loop(), deadline - System.nanoTime());
    turn = mine;
    return mine.ready();
  }

  private Optional<Connection> kept(List<InetAddress> addresses) {
    if (!task.reuse() || request.identifies()) {
      return Optional.empty();
    }
    return addresses.stream()
        .map(this::key)
        .flatMap(key -> parts.kept().take(key).stream())
        .findFirst();
  }

  private ConnectionKey key(InetAddress address) {
    boolean secured = request.url().origin().scheme() == Origin.Scheme.HTTPS;
    return new ConnectionKey(
        request.url().origin(),
        request.hosts(),
        address,
        place.port(),
        secured ? place.serverName() : "",
        secured && task.tls().verify(),
        secured && place.authorities() != null ? place.authorities().fingerprint() : "",
        secured && place.identity() != null ? place.identity().fingerprint() : "",
        task.protocol());
  }

  // The target may have closed the connection while nobody looked.
  private Future<Hop> again(Connection kept, List<InetAddress> addresses, boolean first) {
    channel = kept.channel();
    return exchange(kept)
        .recover(failure -> {
          boolean unanswered = exchange == null || exchange.unanswered();
          if (ended || !unanswered || !request.repeatable()) {
            return Future.failedFuture(failure);
          }
          kept.channel().close();
          clock.drop(Phase.FIRST_BYTE);
          // Nothing of it is of the next one.
          connection = null;
          exchange = null;
          peer = null;
          return anew(addresses, first);
        });
  }

  private Future<Hop> anew(List<InetAddress> addresses, boolean first) {
    clock.begin(Phase.CONNECT);
    return parts
        .connector()
        .connect(addresses, place.port(), this::remainingMillis, this::opened)
        .compose(open -> secure(open, first))
        .compose(this::exchange);
  }

  private void opened(Channel socket) {
    if (ended) {
      socket.close();
    } else {
      channel = socket;
    }
  }

  private Future<Connection> secure(Channel open, boolean first) {
    clock.end();
    peer = Connection.peer(open);
    if (ended) {
      open.close();
      return gone();
    }
    if (request.url().origin().scheme() == Origin.Scheme.HTTP) {
      return Future.succeededFuture(
          new Connection(open, null, task.protocol() == Protocol.HTTP_2, false));
    }
    return parts
        .tls()
        .get()
        .compose(tls -> {
          if (ended) {
            return gone();
          }
          clock.begin(Phase.TLS);
          return tls.secure(
              open,
              place.serverName(),
              request.url().origin().port(),
              task.tls().verify(),
              place.authorities(),
              place.identity(),
              task.protocol().alpn(),
              first ? task.tls().patience() : null);
        })
        .compose(secured -> spoken(open, secured));
  }

  private Future<Connection> spoken(Channel open, TlsLayer.Secured secured) {
    clock.end();
    boolean two = secured.protocol().equals("h2");
    if (task.protocol() == Protocol.HTTP_2 && !two) {
      return Future.failedFuture(
          ProbeException.protocol(Phase.TLS, "the target does not offer HTTP/2"));
    }
    return Future.succeededFuture(new Connection(open, secured.facts(), two, false));
  }

  private Future<Hop> exchange(Connection open) {
    if (ended) {
      return gone();
    }
    Exchange current =
        new Exchange(
            open.two() ? "HTTP/2" : "",
            clock,
            answer -> !(task.followRedirects() && Redirect.is(answer)),
            encoding -> new BodyReader(task.body(), task.keepsBody(), parts.memory(), encoding));
    connection = open;
    exchange = current;
    InetAddress address = open.peer();
    peer = address;
    if (open.two()) {
      HttpWire.send2(open.channel(), request, clock, current);
    } else {
      HttpWire.send1(open.channel(), request, task.reuse(), clock, current);
    }
    return current
        .answer()
        .map(answer ->
            new Hop(request.url(), answer, address, open.tls(), clock.read(), open.reused()));
  }

  private long remainingMillis() {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
  }

  private static <T> Future<T> gone() {
    return Future.failedFuture(ProbeException.internal("the probe has ended"));
  }
}
