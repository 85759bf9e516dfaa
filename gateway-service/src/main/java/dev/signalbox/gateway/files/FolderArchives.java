package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.routing.PulledBody;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends folders as zip archives, which are made while the client reads them. Belongs to one event
 * loop.
 */
final class FolderArchives {

  private static final CharSequence CONTENT_DISPOSITION =
      HttpHeaders.createOptimized("content-disposition");

  private final Vertx vertx;
  private final Backend backend;
  private final ConcurrencyLimiter places;
  private final FilesConfig config;

  /** What a folder holds, as far as it was counted; with the first page of its listing. */
  private record Contents(ListFilesReply firstPage, long files, long bytes) {

    Contents with(ListFilesReply page) {
      long sum = bytes;
      for (FileInfo file : page.files()) {
        sum += Math.min(file.sizeBytes(), Long.MAX_VALUE - sum); // sparse files may be that long
      }
      return new Contents(firstPage, files + page.files().size(), sum);
    }
  }

  /**
   * Archives of a gateway.
   *
   * @param places how many may be sent at once over all event loops
   */
  FolderArchives(Vertx vertx, Backend backend, ConcurrencyLimiter places, FilesConfig config) {
    this.vertx = vertx;
    this.backend = backend;
    this.places = places;
    this.config = config;
  }

  /** Whether a request asks for an archive, by the parameter {@code zip} without a value. */
  boolean wanted(RoutingContext ctx) {
    String query = ctx.request().query();
    return query != null
        && config.maxArchives() > 0
        && List.of(query.split("&", 100)).contains("zip");
  }

  /**
   * Responds with an archive of a folder.
   *
   * @param path decoded
   * @return fails as {@link FolderPages#isNoFolder} says when there is no such folder
   */
  Future<Response> respond(RoutingContext ctx, String path) {
    FolderPath folder = FolderPath.of(path);
    return FolderPages.list(backend, ctx, new ListFilesRequest(folder.path(), null, 1, true))
        .compose(_ -> place(ctx))
        .compose(_ -> page(ctx, folder, null))
        .compose(first -> count(ctx, folder, new Contents(first, 0, 0).with(first), first))
        .compose(contents -> send(ctx, folder, contents));
  }

  /** Takes one of the places until the request ends. */
  private Future<Void> place(RoutingContext ctx) {
    ConcurrencyLimiter.Permit permit =
        places.acquire((ContextInternal) vertx.getOrCreateContext(), 0);
    RequestScope.of(ctx).onEnd(permit::release);
    return permit
        .granted()
        .recover(_ ->
            Future.failedFuture(
                HttpException.overloaded(
                    "As many archives as allowed are being sent (files.max-archives); retry")));
  }

  private Future<ListFilesReply> page(
      RoutingContext ctx, FolderPath folder, @Nullable String after) {
    return FolderPages.list(backend, ctx, ZipPieces.page(folder, after));
  }

  /**
   * Counts the files beyond those counted, so that a folder that is too large is refused before the
   * first byte.
   */
  private Future<Contents> count(
      RoutingContext ctx, FolderPath folder, Contents counted, ListFilesReply last) {
    requireAllowed(counted.files(), counted.bytes());
    String next = last.next();
    return next == null || ctx.response().closed()
        ? Future.succeededFuture(counted)
        : page(ctx, folder, next).compose(page -> count(ctx, folder, counted.with(page), page));
  }

  private void requireAllowed(long files, long bytes) {
    if (files > config.maxArchiveEntries()) {
      throw tooLarge("has more than " + config.maxArchiveEntries() + " files");
    }
    if (bytes > config.maxArchiveBytes()) {
      throw tooLarge("has more than " + config.maxArchiveBytes() + " bytes");
    }
  }

  private static HttpException tooLarge(String what) {
    return HttpException.of(
        403, "ARCHIVE_TOO_LARGE", "The folder " + what + ", which is too large for an archive");
  }

  private Future<Response> send(RoutingContext ctx, FolderPath folder, Contents contents) {
    HttpServerResponse response = ctx.response();
    if (response.closed()) {
      return Future.succeededFuture(Response.SENT);
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/zip");
    response.putHeader(
        CONTENT_DISPOSITION, ContentDisposition.attachment(folder.name("files") + ".zip"));
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    // HTTP/1.0 has no chunks: there the end of the connection ends the response.
    response.setChunked(ctx.request().version() == HttpVersion.HTTP_1_1);
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      RequestScope.of(ctx).end(Buffer.buffer());
      return Future.succeededFuture(Response.SENT);
    }
    ZipPieces pieces = new ZipPieces(backend, ctx, folder, contents.firstPage(), config);
    RequestScope.of(ctx).onEnd(pieces::close);
    return PulledBody.send(ctx, 1, ZipPieces.BUFFER_BYTES, pieces)
        .recover(failure -> {
          response.setChunked(false);
          response.headers().remove(HttpHeaders.CONTENT_TYPE).remove(CONTENT_DISPOSITION);
          return Future.failedFuture(
              failure instanceof StaleFileException
                  ? HttpException.overloaded("A file of the folder keeps changing")
                  : failure);
        });
  }
}
