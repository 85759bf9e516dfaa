package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.file.AbortUploadRequest;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply;
import dev.signalbox.contracts.file.BeginUploadReply.Begun;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.BodyStream;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/**
 * Hands a request's body to file-service, a piece at a time: the next is read from the client while
 * the one before is being put away, and no further. On one event loop.
 */
final class UploadRun {

  private static final int PIECE_BYTES = 256 * 1024;

  private final Backend backend;
  private final RoutingContext ctx;
  private final BodyStream body;
  private final Begun upload;
  private final Promise<FinishUploadReply> done = Promise.promise();
  private long sent;

  private UploadRun(Backend backend, RoutingContext ctx, Begun upload) {
    this.backend = backend;
    this.ctx = ctx;
    this.body = RequestScope.of(ctx).stream();
    this.upload = upload;
  }

  /**
   * Stores a body.
   *
   * @return the file; an error when it was not stored, and then nothing is left of it
   */
  static Future<Stored> store(Backend backend, RoutingContext ctx, BeginUploadRequest request) {
    return backend
        .call(ctx, FileContract.BEGIN_UPLOAD, request)
        .compose(reply ->
            switch (reply) {
              case BeginUploadReply.ConditionFailed() -> throw HttpException.preconditionFailed();
              case BeginUploadReply.Forbidden(String message) ->
                  throw HttpException.forbidden(message);
              case Begun begun -> new UploadRun(backend, ctx, begun).run();
            })
        .map(reply ->
            switch (reply) {
              case Stored stored -> stored;
              case FinishUploadReply.Rejected(String message) ->
                  throw HttpException.of(400, "REJECTED", message);
              case FinishUploadReply.ConditionFailed() -> throw HttpException.preconditionFailed();
            });
  }

  private Future<FinishUploadReply> run() {
    arrived(body.fill(PIECE_BYTES));
    return done.future();
  }

  private void arrived(Future<Buffer> reading) {
    reading.onSuccess(this::take).onFailure(this::giveUp);
  }

  private void take(Buffer piece) {
    if (piece.length() == 0) {
      backend
          .call(
              ctx,
              FileContract.FINISH_UPLOAD.at(upload.node()),
              new FinishUploadRequest(upload.uploadId(), sent))
          .onComplete(done);
      return;
    }
    long offset = sent;
    sent += piece.length();
    Future<Empty> putAway =
        backend.call(
            ctx,
            FileContract.APPEND_UPLOAD.at(upload.node()),
            new AppendUploadRequest(upload.uploadId(), offset, new Binary(piece.getBytes())));
    // A short piece was the last; nothing more is to be read meanwhile.
    Future<Buffer> following =
        piece.length() < PIECE_BYTES
            ? Future.succeededFuture(Buffer.buffer())
            : body.fill(PIECE_BYTES);
    putAway.onSuccess(_ -> arrived(following)).onFailure(this::giveUp);
  }

  /** The client went away or was too slow, or a piece could not be put away. */
  private void giveUp(Throwable cause) {
    // At once: the connection of a body that is not framed right is closed behind this.
    done.tryFail(cause);
    // If even that fails, file-service notices by itself that nothing comes any more.
    backend.call(
        ctx,
        FileContract.ABORT_UPLOAD.at(upload.node()),
        new AbortUploadRequest(upload.uploadId()));
  }
}
