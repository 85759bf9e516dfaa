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
import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.contracts.file.ResumeUploadReply.Resumed;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.OptionalLong;

/**
 * One upload at file-service, with heartbeats while the client is slow. Ends with {@link #finish}
 * or {@link #abort}. Belongs to one event loop.
 */
final class UploadSession {

  /** Heartbeats in the time after which file-service discards an idle upload. */
  private static final int HEARTBEATS = 3;

  private final Backend backend;
  private final RoutingContext ctx;
  private final Begun upload;
  private final long timer;
  private final String interrupted;
  private long sent;
  private boolean aborted;

  private UploadSession(
      Backend backend, RoutingContext ctx, Begun upload, long offset, String interrupted) {
    this.backend = backend;
    this.ctx = ctx;
    this.upload = upload;
    this.sent = offset;
    this.interrupted = interrupted;
    // The gateway bounds slow clients: a piece may take longer than file-service's timeout.
    this.timer =
        ctx.vertx().setPeriodic(Math.max(1, upload.idleMs() / HEARTBEATS), _ -> sendHeartbeat());
  }

  /** Begins an upload; fails with 412 or 403 when it may not begin. */
  static Future<UploadSession> begin(
      Backend backend, RoutingContext ctx, BeginUploadRequest request) {
    return backend
        .call(ctx, FileContract.BEGIN_UPLOAD, request)
        .map(reply ->
            switch (reply) {
              case BeginUploadReply.ConditionFailed() -> throw HttpException.preconditionFailed();
              case BeginUploadReply.Forbidden(String message) ->
                  throw HttpException.forbidden(message);
              case Begun begun ->
                  new UploadSession(
                      backend,
                      ctx,
                      begun,
                      0,
                      "The upload was interrupted; nothing of it is stored");
            });
  }

  /** Carries a resumable upload on; {@link #abort} keeps what is appended. */
  static UploadSession resumed(Backend backend, RoutingContext ctx, Resumed resumed, long offset) {
    return new UploadSession(
        backend,
        ctx,
        new Begun(resumed.uploadId(), resumed.node(), resumed.idleMs()),
        offset,
        "The upload was interrupted; its offset says how much is stored");
  }

  /** Bytes of the upload that were appended, here and before. */
  long sent() {
    return sent;
  }

  /** Appends a piece, after the one before is written. */
  Future<Empty> append(Buffer piece) {
    long offset = sent;
    sent += piece.length();
    return append(offset, piece);
  }

  private void sendHeartbeat() {
    // Also while a piece is on its way: it may have to be sent again. If a heartbeat fails for
    // good, so will the next piece.
    append(sent, Buffer.buffer());
  }

  private Future<Empty> append(long offset, Buffer piece) {
    return backend
        .call(
            ctx,
            FileContract.APPEND_UPLOAD.at(upload.node()),
            new AppendUploadRequest(upload.uploadId(), offset, new Binary(piece.getBytes())))
        .recover(e -> Future.failedFuture(interrupted(e)));
  }

  /** Makes what was appended a visible file; on failure file-service stores nothing. */
  Future<Stored> finish() {
    return end().map(reply -> reply instanceof Stored stored ? stored : unexpected(reply));
  }

  /** Ends a call on a resumable upload: what was appended is on disk, or a visible file. */
  Future<OptionalLong> finishResumed() {
    return end()
        .map(reply ->
            reply instanceof FinishUploadReply.Kept(ResumableUpload kept)
                ? OptionalLong.of(kept.expiresAtEpochMs())
                : OptionalLong.empty());
  }

  private static Stored unexpected(FinishUploadReply reply) {
    throw new IllegalStateException("not the end of an upload: " + reply);
  }

  private Future<FinishUploadReply> end() {
    return backend
        .call(
            ctx,
            FileContract.FINISH_UPLOAD.at(upload.node()),
            new FinishUploadRequest(upload.uploadId(), sent))
        .map(reply ->
            switch (reply) {
              case FinishUploadReply.Kept _, Stored _ -> reply;
              case FinishUploadReply.Rejected(String message) ->
                  throw HttpException.of(400, "REJECTED", message);
              case FinishUploadReply.ConditionFailed() -> throw HttpException.preconditionFailed();
            })
        .onSuccess(_ -> ctx.vertx().cancelTimer(timer))
        .recover(e -> Future.failedFuture(interrupted(e)));
  }

  /**
   * Frees its place at once. If the call fails too, file-service discards the idle upload.
   *
   * @return completes when that is done
   */
  Future<?> abort() {
    if (aborted) {
      return Future.succeededFuture();
    }
    aborted = true;
    ctx.vertx().cancelTimer(timer);
    return backend.call(
        ctx,
        FileContract.ABORT_UPLOAD.at(upload.node()),
        new AbortUploadRequest(upload.uploadId()));
  }

  /** An upload that file-service has given up is unfinished, not missing: the client may retry. */
  private Throwable interrupted(Throwable cause) {
    return cause instanceof ServiceException fault && fault.code() == ErrorCode.NOT_FOUND
        ? HttpException.overloaded(interrupted)
        : cause;
  }
}
