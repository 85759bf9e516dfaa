package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.gateway.files.ByteRanges.Piece;
import dev.signalbox.gateway.files.OpenFiles.OpenFile;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Sends a file of this process's own file-service straight from the disk to the socket. Only a
 * change in place during the sending goes unnoticed, as with any server that uses sendfile; uploads
 * never change a file in place.
 */
final class LocalFile {

  private final OpenFiles files;

  LocalFile(Vertx vertx) {
    this.files = new OpenFiles(vertx);
  }

  /** Sends a piece behind a head that is set already; fails with {@link StaleFile} before that. */
  Future<Response> send(RoutingContext ctx, Found found, Piece piece) {
    return files.open(found).compose(file -> send(ctx, file, piece));
  }

  private Future<Response> send(RoutingContext ctx, OpenFile file, Piece piece) {
    HttpServerResponse response = ctx.response();
    if (response.closed()) {
      file.release();
      return Future.succeededFuture(Response.SENT);
    }
    HttpConnection connection = ctx.request().connection();
    Cork.in(connection);
    response
        .sendFile(file.channel(), piece.first(), piece.length())
        .onComplete(sent -> {
          file.release();
          Cork.out(connection);
          if (sent.failed()) {
            // The head promised more: only an end before its time says that it is missing.
            RequestScope.of(ctx).breakOff();
          }
        });
    return Future.succeededFuture(Response.SENT);
  }
}
