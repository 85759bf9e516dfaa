package dev.signalbox.gateway.files;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.BodyPlan.FromFile;
import dev.signalbox.gateway.routing.BodyPlan.Section;
import dev.signalbox.gateway.routing.BodyPlan.Text;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.PulledBody;
import dev.signalbox.gateway.routing.Response;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Sends a file in pieces, such as one of another process. It reads a few pieces ahead, writes them
 * in order, and reads no faster than the client, so that memory use depends neither on the file's
 * size nor on the client's speed. Belongs to one event loop.
 */
final class PulledFile {

  private static final int PIECE_BYTES = 256 * 1024;
  private static final int PIECES_AHEAD = 8;

  private PulledFile() {}

  /**
   * Sends a body after status and headers are set.
   *
   * @return completes when the head is written; fails before that, with {@link StaleFileException}
   *     when the file is not the version found
   */
  static Future<Response> send(Backend backend, RoutingContext ctx, Found found, BodyPlan plan) {
    return send(ctx, plan, PIECES_AHEAD, piece -> fetch(backend, ctx, found, piece));
  }

  /**
   * The same, from wherever the pieces come.
   *
   * @param read reads a piece; fails when the file is not the version found
   */
  static Future<Response> send(
      RoutingContext ctx, BodyPlan plan, int piecesAhead, Function<Piece, Future<Buffer>> read) {
    Iterator<Section> steps = plan.steps(PIECE_BYTES);
    return PulledBody.send(
        ctx,
        piecesAhead,
        PIECE_BYTES,
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return steps.hasNext();
          }

          @Override
          public Supplier<Future<Buffer>> next() {
            Section section = steps.next();
            return () ->
                switch (section) {
                  case Text(Buffer text) -> Future.succeededFuture(text);
                  case FromFile(Piece piece) -> read.apply(piece);
                };
          }
        });
  }

  /** Reads a piece; fails with {@link StaleFileException} when the file is not that version. */
  static Future<Buffer> fetch(Backend backend, RoutingContext ctx, Found found, Piece piece) {
    FileInfo file = found.file();
    ReadFileRequest request =
        new ReadFileRequest(
            file.path(), file.encoding(), file.etag(), piece.first(), (int) piece.length());
    return backend
        .withLargeReply(ctx, () -> atItsHolder(backend, ctx, FileContract.READ, found, request))
        .map(reply -> content(reply, piece));
  }

  /**
   * Calls the instance that has a file open; when it is gone, any other one, which has the same
   * version if that is still at its path.
   */
  static <Q, R> Future<R> atItsHolder(
      Backend backend, RoutingContext ctx, Operation<Q, R> operation, Found found, Q request) {
    return backend
        .call(ctx, operation.at(found.node()), request)
        .recover(failure ->
            failure instanceof ServiceException fault
                    && (fault.code() == ErrorCode.UNAVAILABLE || fault.code() == ErrorCode.STOPPING)
                ? backend.call(ctx, operation, request)
                : Future.failedFuture(failure));
  }

  private static Buffer content(ReadFileReply reply, Piece piece) {
    if (reply instanceof ReadFileReply.Chunk(var data) && data.length() == piece.length()) {
      return BufferInternal.buffer(Unpooled.wrappedBuffer(data.bytes()));
    }
    throw new StaleFileException();
  }
}
