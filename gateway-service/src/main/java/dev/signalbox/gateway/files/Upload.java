package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
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
import dev.signalbox.gateway.routing.RequestBody;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/**
 * Sends a request's body to file-service, a piece at a time: it reads one piece from the client
 * while file-service stores the previous one. Belongs to one event loop.
 */
final class Upload {

  private static final int PIECE_BYTES = 256 * 1024;

  /** Heartbeats in the time after which file-service discards an idle upload. */
  private static final int HEARTBEATS = 3;

  private final Backend backend;
  private final RoutingContext ctx;
  private final RequestBody body;
  private final Begun upload;
  private final Promise<FinishUploadReply> done = Promise.promise();
  private long sent;

  private Upload(Backend backend, RoutingContext ctx, Begun upload) {
    this.backend = backend;
    this.ctx = ctx;
    this.body = RequestScope.of(ctx).stream();
    this.upload = upload;
  }

  /**
   * Rejects a body that is not the whole, unencoded file.
   *
   * @throws HttpException 415 for a content coding, 400 for a part (RFC 9110 section 14.5)
   */
  static void requireWholeFile(RoutingContext ctx) {
    String coding = ctx.request().headers().get(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      throw HttpException.unsupported("This call does not accept a Content-Encoding")
          .with("Accept-Encoding", "identity");
    }
    if (ctx.request().headers().get(HttpHeaders.CONTENT_RANGE) != null) {
      throw HttpException.malformed("An upload must be the whole file, without Content-Range");
    }
  }

  /**
   * Stores a body.
   *
   * @return the stored file; on failure file-service stores nothing
   */
  static Future<Stored> store(Backend backend, RoutingContext ctx, BeginUploadRequest request) {
    return backend
        .call(ctx, FileContract.BEGIN_UPLOAD, request)
        .compose(reply ->
            switch (reply) {
              case BeginUploadReply.ConditionFailed() -> throw HttpException.preconditionFailed();
              case BeginUploadReply.Forbidden(String message) ->
                  throw HttpException.forbidden(message);
              case Begun begun -> new Upload(backend, ctx, begun).run();
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
    // The gateway bounds slow clients: a piece may take longer than file-service's timeout.
    long timer =
        ctx.vertx().setPeriodic(Math.max(1, upload.idleMs() / HEARTBEATS), _ -> sendHeartbeat());
    handle(body.fill(PIECE_BYTES));
    return done.future().onComplete(_ -> ctx.vertx().cancelTimer(timer));
  }

  private void sendHeartbeat() {
    // Also while a piece is on its way: it may have to be sent again. If a heartbeat fails for
    // good,
    // so will the next piece.
    append(sent, Buffer.buffer());
  }

  private Future<Empty> append(long offset, Buffer piece) {
    return backend.call(
        ctx,
        FileContract.APPEND_UPLOAD.at(upload.node()),
        new AppendUploadRequest(upload.uploadId(), offset, new Binary(piece.getBytes())));
  }

  private void handle(Future<Buffer> reading) {
    reading.onSuccess(this::onPiece).onFailure(this::abort);
  }

  private void onPiece(Buffer piece) {
    if (piece.length() == 0) {
      backend
          .call(
              ctx,
              FileContract.FINISH_UPLOAD.at(upload.node()),
              new FinishUploadRequest(upload.uploadId(), sent))
          .onSuccess(done::tryComplete)
          // Its place is free at once, even if the reply was lost.
          .onFailure(this::abort);
      return;
    }
    long offset = sent;
    sent += piece.length();
    Future<Empty> appended = append(offset, piece);
    // A short piece is the last.
    Future<Buffer> following =
        piece.length() < PIECE_BYTES
            ? Future.succeededFuture(Buffer.buffer())
            : body.fill(PIECE_BYTES);
    appended.onSuccess(_ -> handle(following)).onFailure(this::abort);
    // The client may leave while the piece is on its way, and file-service may never answer.
    following.onFailure(this::abort);
  }

  /** Ends the upload when the client disconnects or is too slow, or when file-service fails. */
  private void abort(Throwable cause) {
    // First: after a framing error the connection closes next.
    if (!done.tryFail(interrupted(cause))) {
      return;
    }
    // If this call fails too, file-service discards the idle upload.
    backend.call(
        ctx,
        FileContract.ABORT_UPLOAD.at(upload.node()),
        new AbortUploadRequest(upload.uploadId()));
  }

  /** An upload that file-service has given up is unfinished, not missing: the client may retry. */
  private static Throwable interrupted(Throwable cause) {
    return cause instanceof ServiceException fault && fault.code() == ErrorCode.NOT_FOUND
        ? HttpException.overloaded("The upload was interrupted; nothing of it is stored")
        : cause;
  }
}
