package dev.signalbox.gateway.files;

import dev.signalbox.gateway.routing.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.function.Function;

/**
 * Hands a request's body to a consumer, a piece at a time: it reads one piece from the client while
 * the consumer works on the previous one. Belongs to one event loop.
 */
final class BodyPump {

  private static final int PIECE_BYTES = 256 * 1024;

  private final RequestBody body;
  private final Function<Buffer, Future<?>> consumer;
  private final Promise<Void> done = Promise.promise();

  private BodyPump(RequestBody body, Function<Buffer, Future<?>> consumer) {
    this.body = body;
    this.consumer = consumer;
  }

  /**
   * Pumps the body to its end.
   *
   * @param consumer takes a piece of at least one byte; gets the next when its future completes
   * @return fails as soon as the consumer fails or the client leaves or is too slow, even while the
   *     consumer is at work
   */
  static Future<Void> pump(RequestBody body, Function<Buffer, Future<?>> consumer) {
    BodyPump pump = new BodyPump(body, consumer);
    // The first bytes alone: with them an upload takes its place, however slowly the rest comes.
    pump.handle(body.read(PIECE_BYTES));
    return pump.done.future();
  }

  private void handle(Future<Buffer> reading) {
    reading.onSuccess(this::onPiece).onFailure(done::tryFail);
  }

  private void onPiece(Buffer piece) {
    if (done.future().isComplete()) {
      return;
    }
    if (piece.length() == 0) {
      done.tryComplete();
      return;
    }
    Future<?> consumed = consumer.apply(piece);
    Future<Buffer> following = body.fill(PIECE_BYTES);
    consumed.onSuccess(_ -> handle(following)).onFailure(done::tryFail);
    // The client may leave while the consumer is at work, and file-service may never answer.
    following.onFailure(done::tryFail);
  }
}
