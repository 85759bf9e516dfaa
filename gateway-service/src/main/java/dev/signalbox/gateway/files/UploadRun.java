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
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.BodyStream;
import dev.signalbox.gateway.route.Exchange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/**
 * Hands a request's body to file-service, a piece at a time: the next is read from the client while
 * the one before is being put away, and no further. On one event loop.
 */
final class UploadRun {

  private static final int PIECE_BYTES = 256 * 1024;

  private final Backend backend;
  private final Exchange exchange;
  private final BodyStream body;
  private final Begun upload;
  private final Promise<FinishUploadReply> done = Promise.promise();
  private long sent;

  private UploadRun(Backend backend, Exchange exchange, Begun upload) {
    this.backend = backend;
    this.exchange = exchange;
    this.body = exchange.stream();
    this.upload = upload;
  }

  /**
   * Stores a body.
   *
   * @return the file; a fault when it was not stored, and then nothing is left of it
   */
  static Future<Stored> store(Backend backend, Exchange exchange, BeginUploadRequest request) {
    return backend
        .call(exchange, FileContract.BEGIN_UPLOAD, request)
        .compose(reply ->
            switch (reply) {
              case BeginUploadReply.ConditionFailed() -> throw conditionFailed();
              case BeginUploadReply.Forbidden(String message) ->
                  throw HttpFault.of(403, "FORBIDDEN", message);
              case Begun begun -> new UploadRun(backend, exchange, begun).run();
            })
        .map(reply ->
            switch (reply) {
              case Stored stored -> stored;
              case FinishUploadReply.Rejected(String message) ->
                  throw HttpFault.of(400, "REJECTED", message);
              case FinishUploadReply.ConditionFailed() -> throw conditionFailed();
            });
  }

  static HttpFault conditionFailed() {
    return HttpFault.of(
        412, "PRECONDITION_FAILED", "The file is not the version that the request names");
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
              exchange,
              FileContract.FINISH_UPLOAD.at(upload.node()),
              new FinishUploadRequest(upload.uploadId(), sent))
          .onComplete(done);
      return;
    }
    long offset = sent;
    sent += piece.length();
    Future<Empty> putAway =
        backend.call(
            exchange,
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
    backend
        .call(
            exchange,
            FileContract.ABORT_UPLOAD.at(upload.node()),
            new AbortUploadRequest(upload.uploadId()))
        // If even that fails, file-service notices by itself that nothing comes any more.
        .onComplete(_ -> done.fail(cause));
  }
}
