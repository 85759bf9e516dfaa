package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.MultipartDecoder.Begin;
import dev.signalbox.gateway.files.MultipartDecoder.Data;
import dev.signalbox.gateway.files.MultipartDecoder.End;
import dev.signalbox.gateway.files.MultipartDecoder.Event;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the files of a form, one after the other, each under a new name; all of them or none. A
 * file that is stored before a later one fails is deleted again. Belongs to one event loop.
 */
final class MultipartUpload {

  private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

  /**
   * A file of the form that is stored.
   *
   * @param fileName as the client says it
   */
  record StoredPart(FileInfo file, String fileName) {}

  private final Backend backend;
  private final RoutingContext ctx;
  private final MultipartDecoder decoder;
  private final UploadDigests digests;
  private final List<StoredPart> stored = new ArrayList<>();
  private @Nullable Begin part;
  private @Nullable UploadSession session;
  private int parts;
  private boolean failed;

  private MultipartUpload(Backend backend, RoutingContext ctx) {
    this.backend = backend;
    this.ctx = ctx;
    this.digests = UploadDigests.of(ctx);
    this.decoder =
        new MultipartDecoder(String.valueOf(ctx.request().headers().get(HttpHeaders.CONTENT_TYPE)));
  }

  /** Stores the files of a form; at least one. */
  static Future<List<StoredPart>> store(Backend backend, RoutingContext ctx) {
    MultipartUpload upload = new MultipartUpload(backend, ctx);
    return BodyPump.pump(RequestScope.of(ctx).stream(), upload::onPiece)
        .map(_ -> upload.end())
        .onFailure(_ -> upload.undo())
        .onComplete(_ -> upload.decoder.close());
  }

  private Future<?> onPiece(Buffer piece) {
    digests.update(piece);
    List<Event> events;
    try {
      events = decoder.decode(piece);
    } catch (HttpException e) {
      return Future.failedFuture(e);
    }
    Future<Void> done = Future.succeededFuture();
    for (Event event : events) {
      done = done.compose(_ -> on(event));
    }
    return done;
  }

  private Future<Void> on(Event event) {
    if (failed) {
      return Future.failedFuture(HttpException.malformed("The upload has failed"));
    }
    return switch (event) {
      case Begin begin -> {
        part = begin;
        parts++;
        yield Future.succeededFuture();
      }
      case Data(Buffer bytes) -> begun().compose(open -> open.append(bytes)).mapEmpty();
      case End() -> finish();
    };
  }

  /** The upload of the current part; begins with its first byte. */
  private Future<UploadSession> begun() {
    if (session != null) {
      return Future.succeededFuture(session);
    }
    return UploadSession.begin(
            backend,
            ctx,
            new BeginUploadRequest(null, kind(current()), -1, null, null, current().fileName()))
        .compose(open -> {
          if (failed) {
            open.abort();
            return Future.failedFuture(HttpException.malformed("The upload has failed"));
          }
          session = open;
          return Future.succeededFuture(open);
        });
  }

  private Begin current() {
    if (part == null) {
      throw new IllegalStateException("bytes of no part");
    }
    return part;
  }

  private Future<Void> finish() {
    String fileName = current().fileName();
    UploadSession open = session;
    if (open == null) {
      // Browsers send a part without name and bytes for a file that was not chosen.
      return fileName.isEmpty()
          ? Future.succeededFuture()
          : Future.failedFuture(HttpException.malformed("File " + parts + " of the form is empty"));
    }
    return open.finish()
        .recover(e ->
            Future.failedFuture(
                e instanceof HttpException error && error.code().equals("REJECTED")
                    ? HttpException.of(
                        error.status(),
                        error.code(),
                        "File " + parts + " of the form: " + error.message())
                    : e))
        .map(reply -> {
          session = null;
          if (failed) {
            delete(reply.file());
          } else {
            stored.add(new StoredPart(reply.file(), fileName));
          }
          return null;
        });
  }

  private List<StoredPart> end() {
    decoder.end();
    digests.verify();
    if (stored.isEmpty()) {
      throw HttpException.malformed("The form has no file");
    }
    return List.copyOf(stored);
  }

  private void undo() {
    failed = true;
    if (session != null) {
      session.abort();
    }
    for (StoredPart done : stored) {
      delete(done.file());
    }
  }

  private void delete(FileInfo file) {
    backend
        .call(ctx, FileContract.DELETE, new DeleteFileRequest(file.path(), file.etag()))
        .onFailure(e ->
            LOG.warn(
                "{} of a form that failed could not be deleted: {}", file.path(), e.toString()));
  }

  private static Kind kind(Begin part) {
    String type = part.mediaType();
    int semicolon = type.indexOf(';');
    return switch ((semicolon < 0 ? type : type.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT)) {
      case "application/json" -> Kind.JSON;
      case "text/plain" -> Kind.TEXT;
      default -> Kind.BYTES;
    };
  }
}
