package dev.signalbox.dnsclient.transport;

import dev.signalbox.dnsclient.message.EncodedQuery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** One query over UDP, from its place in the queue to its answer or its end. */
final class UdpQuery extends TimerWheel.Timeout implements InFlight {

  static final String CANCELLED_BY_CALLER = "was cancelled by the caller";

  final EncodedQuery query;
  final RetryPolicy retryPolicy;
  final long deadlineNanos;
  private final Promise<Received> promise;
  private final UdpPeer peer;
  private @Nullable UdpSocket socket;
  private boolean ended;

  /** Its place in the queue of queries that are sent again. */
  @Nullable RateTurn turn;

  /** Whether it will not be sent again: its answer may still come. */
  boolean outOfTurns;

  byte[] sent = {};
  int id;
  int sendings;
  long sentNanos;

  UdpQuery(EncodedQuery query, RetryPolicy retryPolicy, Promise<Received> promise, UdpPeer peer) {
    this.peer = peer;
    this.query = query;
    this.retryPolicy = retryPolicy;
    this.promise = promise;
    this.deadlineNanos = System.nanoTime() + retryPolicy.timeoutNanos();
  }

  void on(UdpSocket carrier) {
    socket = carrier;
  }

  boolean ended() {
    return ended;
  }

  void complete(Received received) {
    ended = true;
    promise.tryComplete(received);
  }

  void fail(Fault fault, String reason) {
    ended = true;
    promise.tryFail(new TransportException(fault, reason, sendings));
  }

  @Override
  public Future<Received> answer() {
    return promise.future();
  }

  @Override
  public void cancel() {
    if (ended) {
      return;
    }
    UdpSocket carrier = socket;
    if (carrier == null) {
      peer.leave(this);
      fail(Fault.CANCELLED, CANCELLED_BY_CALLER);
    } else {
      carrier.fail(this, Fault.CANCELLED, CANCELLED_BY_CALLER);
    }
  }

  @Override
  protected void expired() {
    if (socket == null) {
      peer.leave(this);
      fail(Fault.TIMEOUT, "was not asked in time: too many queries before this one");
    } else {
      socket.overdue(this);
    }
  }
}
