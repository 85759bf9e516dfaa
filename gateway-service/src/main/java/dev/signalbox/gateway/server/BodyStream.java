package dev.signalbox.gateway.server;

import dev.signalbox.gateway.routing.RequestBody;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as a stream of Vert.x, under the gateway's rules of bodies: memory, minimum
 * rate, and no {@code 100 Continue} before the first read. Belongs to one event loop.
 */
final class BodyStream implements ReadStream<Buffer> {

  private static final int PIECE = 65_536;

  private final RequestBody body;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Buffer held;
  private @Nullable Throwable failure;
  private Runnable onEnd = () -> {};
  private long demand = Long.MAX_VALUE;
  private int pieces;
  private boolean reading;
  private boolean over;

  BodyStream(RequestBody body) {
    this.body = body;
  }

  /** Why the body cannot be read to its end; null when nothing is wrong so far. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** How many pieces were taken so far. */
  int pieces() {
    return pieces;
  }

  /** Whether nothing more is wanted for now. */
  boolean paused() {
    return demand == 0;
  }

  /** Whether all of it was taken, or cannot be. */
  boolean over() {
    return over;
  }

  /** Runs when all of it was taken. */
  void onEnd(Runnable action) {
    onEnd = action;
  }

  @Override
  public BodyStream handler(@Nullable Handler<Buffer> taker) {
    handler = taker;
    pump();
    return this;
  }

  @Override
  public BodyStream exceptionHandler(@Nullable Handler<Throwable> failures) {
    exceptionHandler = failures;
    return this;
  }

  @Override
  public BodyStream endHandler(@Nullable Handler<Void> end) {
    endHandler = end;
    return this;
  }

  @Override
  public BodyStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public BodyStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public BodyStream fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    pump();
    return this;
  }

  private void pump() {
    Handler<Buffer> taker = handler;
    if (taker == null || demand == 0) {
      return;
    }
    Buffer piece = held;
    if (piece != null) {
      held = null;
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      pieces++;
      taker.handle(piece);
      pump();
    } else if (!reading && !over) {
      reading = true;
      body.read(PIECE).onComplete(this::onRead, this::onFailure);
    }
  }

  private void onRead(Buffer piece) {
    reading = false;
    if (piece.length() > 0) {
      held = piece;
      pump();
      return;
    }
    over = true;
    onEnd.run();
    if (endHandler != null) {
      endHandler.handle(null);
    }
  }

  private void onFailure(Throwable cause) {
    reading = false;
    over = true;
    failure = cause;
    if (exceptionHandler != null) {
      exceptionHandler.handle(cause);
    }
  }
}
