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
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.task.ProbeTask.Pin;
import dev.signalbox.httpprobe.tls.TlsFacts;
import dev.signalbox.httpprobe.tls.TlsLayer;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.guard.IpLiteral;
import dev.signalbox.platform.guard.Verdict;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One probe from beginning to end: hop after hop, each with a connection of its own to an address
 * that was judged. Lives on one event loop; whatever ends it closes its socket.
 */
public final class Probe {

  private static final int MOST_ADDRESSES = 8;

  private final ProbeParts parts;
  private final ProbeTask task;
  private final Cancellation cancellation;
  private final long started = System.nanoTime();
  private final long deadline;
  private final Promise<ProbeResult> promise = Promise.promise();
  private final List<Hop> hops = new ArrayList<>();
  private PhaseClock clock = new PhaseClock();
  private @Nullable Channel channel;
  private @Nullable Exchange exchange;
  private @Nullable Turn turn;
  private @Nullable ScheduledFuture<?> timer;

  Probe(ProbeParts parts, ProbeTask task, Cancellation cancellation) {
    this.parts = parts;
    this.cancellation = cancellation;
    this.task = task;
    this.deadline = started + task.timeout().toNanos();
  }

  /** Begins; to be called once, on the event loop. */
  Future<ProbeResult> run() {
    timer = parts.loop().schedule(this::timeOut, task.timeout().toNanos(), TimeUnit.NANOSECONDS);
    hop(task.request());
    return promise.future();
  }

  /** What it finds; fails with a {@link ProbeException}, or with what it was cancelled with. */
  public Future<ProbeResult> result() {
    return promise.future();
  }

  /**
   * Gives up at once, because nobody waits any more: when this returns, the socket is closed and
   * timer, place at the target and the body's memory are given back. On the event loop.
   */
  public void cancel(Throwable why) {
    fail(why);
  }

  private void timeOut() {
    if (turn != null && !turn.ready().isComplete()) {
      fail(
          ProbeException.overloaded(
              "http-probe.target-connections left no place at the target in time"));
      return;
    }
    Phase phase = clock.current();
    String during = phase == null ? "" : " during " + phase.key();
    fail(
        ProbeException.timeout(
            phase, "no complete answer within " + task.timeout().toMillis() + " ms" + during));
  }

  private void hop(HopRequest request) {
    clock = new PhaseClock();
    channel = null;
    exchange = null;
    PhaseClock hopClock = clock;
    addresses(request)
        .compose(addresses -> turn(request).map(addresses))
        .compose(addresses -> {
          if (promise.future().isComplete()) {
            return ended();
          }
          hopClock.begin(Phase.CONNECT);
          return parts
              .connector()
              .connect(addresses, port(request), this::remainingMillis, this::opened);
        })
        .compose(open -> converse(open, request))
        .onComplete(done -> {
          if (done.succeeded()) {
            finish(request, done.result());
          } else {
            fail(done.cause());
          }
        });
  }

  private Future<List<InetAddress>> addresses(HopRequest request) {
    Pin pin = pin(request);
    String host = pin == null ? request.url().origin().host() : pin.host();
    Optional<InetAddress> literal = IpLiteral.parse(host);
    Future<List<InetAddress>> found;
    if (literal.isPresent()) {
      found = Future.succeededFuture(List.of(literal.get()));
    } else {
      clock.begin(Phase.DNS);
      found = parts.resolver().resolve(host, deadline, cancellation);
    }
    return found.map(addresses -> permitted(host, addresses));
  }

  private List<InetAddress> permitted(String host, List<InetAddress> addresses) {
    clock.end();
    // Every address is judged, those of the other family too: see TargetGuard.
    if (parts.guard().judge(addresses) instanceof Verdict.Blocked blocked) {
      throw ProbeException.blocked(blocked.message());
    }
    List<InetAddress> usable =
        addresses.stream().filter(task.family()::includes).limit(MOST_ADDRESSES).toList();
    if (usable.isEmpty()) {
      throw ProbeException.dns(host + " has no address of family " + task.family().key(), false);
    }
    return usable;
  }

  private Future<Void> turn(HopRequest request) {
    if (promise.future().isComplete()) {
      return ended();
    }
    Pin pin = pin(request);
    String host = pin == null ? request.url().origin().host() : pin.host();
    Turn mine =
        parts.limits().turn(host, port(request), parts.loop(), deadline - System.nanoTime());
    turn = mine;
    return mine.ready();
  }

  private Future<Hop> converse(Channel open, HopRequest request) {
    clock.end();
    if (promise.future().isComplete()) {
      open.close();
      return ended();
    }
    Origin origin = request.url().origin();
    return switch (origin.scheme()) {
      case HTTP -> exchange(open, request, null, task.protocol() == Protocol.HTTP_2);
      case HTTPS ->
          parts
              .tls()
              .get()
              .compose(tls -> {
                if (promise.future().isComplete()) {
                  return ended();
                }
                clock.begin(Phase.TLS);
                String asked = task.tls().serverName();
                String name = asked != null && sameOrigin(request) ? asked : origin.host();
                return tls.secure(
                    open,
                    name,
                    origin.port(),
                    task.tls().verify(),
                    task.protocol().alpn(),
                    hops.isEmpty() ? task.tls().patience() : null);
              })
              .compose(secured -> spoken(open, request, secured));
    };
  }

  private Future<Hop> spoken(Channel open, HopRequest request, TlsLayer.Secured secured) {
    clock.end();
    boolean two = secured.protocol().equals("h2");
    if (task.protocol() == Protocol.HTTP_2 && !two) {
      return Future.failedFuture(
          ProbeException.protocol(Phase.TLS, "the target does not offer HTTP/2"));
    }
    return exchange(open, request, secured.facts(), two);
  }

  private Future<Hop> exchange(
      Channel open, HopRequest request, @Nullable TlsFacts tls, boolean two) {
    PhaseClock hopClock = clock;
    Exchange current =
        new Exchange(
            two ? "HTTP/2" : "",
            hopClock,
            answer -> !(task.followRedirects() && Redirect.is(answer)),
            encoding -> new BodyReader(task.body(), task.keepsBody(), parts.memory(), encoding));
    exchange = current;
    if (two) {
      HttpWire.send2(open, request, hopClock, current);
    } else {
      HttpWire.send1(open, request, hopClock, current);
    }
    InetAddress peer = ((InetSocketAddress) open.remoteAddress()).getAddress();
    return current
        .answer()
        .map(answer -> new Hop(request.url(), answer, peer, tls, hopClock.read()));
  }

  private void finish(HopRequest request, Hop hop) {
    closeChannel();
    if (promise.future().isComplete()) {
      return;
    }
    hops.add(hop);
    Optional<HopRequest> next;
    try {
      next = task.followRedirects() ? Redirect.next(request, hop.answer()) : Optional.empty();
    } catch (ProbeException nowhere) {
      fail(nowhere);
      return;
    }
    if (next.isEmpty()) {
      stopTimer();
      promise.tryComplete(new ProbeResult(task, hops, System.nanoTime() - started));
    } else if (hops.size() > task.redirects()) {
      fail(
          ProbeException.tooManyRedirects(
              "more than " + task.redirects() + " redirects, the next to " + next.get().url()));
    } else {
      hop(next.get());
    }
  }

  private void fail(Throwable cause) {
    stopTimer();
    if (exchange != null) {
      exchange.abandon(cause);
    }
    if (channel != null) {
      // Past the handlers of TLS and HTTP/2, which would take leave of the target first, and wait.
      ChannelHandlerContext outermost = channel.pipeline().firstContext();
      if (outermost != null) {
        outermost.close();
      }
    }
    closeChannel();
    promise.tryFail(cause);
  }

  private void opened(Channel socket) {
    if (promise.future().isComplete()) {
      socket.close();
    } else {
      channel = socket;
    }
  }

  private void closeChannel() {
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

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private @Nullable Pin pin(HopRequest request) {
    return sameOrigin(request) ? task.connectTo() : null;
  }

  private int port(HopRequest request) {
    Pin pin = pin(request);
    return pin != null && pin.port() != 0 ? pin.port() : request.url().origin().port();
  }

  private boolean sameOrigin(HopRequest request) {
    return request.url().origin().equals(task.request().url().origin());
  }

  private long remainingMillis() {
    return Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
  }

  private static <T> Future<T> ended() {
    return Future.failedFuture(ProbeException.internal("the probe has ended"));
  }
}
