package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import dev.signalbox.gateway.routing.AcceptEncoding;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves GET and HEAD of files. Belongs to one event loop. */
public final class Downloads {

  private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  private static final CharSequence IF_RANGE = HttpHeaders.createOptimized("if-range");
  private static final Future<Response> SENT = Future.succeededFuture(Response.SENT);

  private static final Buffer NOTHING = Buffer.buffer();

  /** Attempts for a file that changes between look-up and sending. */
  private static final int ATTEMPTS = 3;

  /** Delay of a retry, until the event of the change has arrived. */
  private static final long RETRY_MS = 20;

  private final Vertx vertx;
  private final Backend backend;
  private final FilesConfig config;
  private final String process;
  private final PreparedFiles prepared;
  private final LocalFiles local;
  private final FileStreams streams;
  private final AcceptEncoding accepted = new AcceptEncoding();

  /** The file is no longer the version that was found; nothing has been sent. */
  static final class StaleFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StaleFileException() {
      super("the file changed", null, false, false);
    }
  }

  private Downloads(
      ServiceContext context, Backend backend, FilesConfig config, PreparedFiles prepared) {
    this.vertx = context.vertx();
    this.backend = backend;
    this.config = config;
    this.process = context.process();
    this.prepared = prepared;
    this.local = new LocalFiles(vertx);
    this.streams = new FileStreams(vertx, context.members(), backend);
  }

  /** Downloads for the calling event loop. */
  public static Downloads of(ServiceContext context, Backend backend, FilesConfig config) {
    // The cache of each event loop is its own, without locks; together they hold what is
    // configured.
    int loops = Math.max(1, context.vertx().getOrCreateContext().getInstanceCount());
    PreparedFiles prepared = new PreparedFiles(config.cacheBytes() / loops, System::nanoTime);
    // Until the subscription is complete, cached files only expire.
    context.bus().subscribe(FileContract.CHANGED, _ -> prepared.clear());
    return new Downloads(context, backend, config, prepared);
  }

  /** Responds to a request for a raw path, which begins with a slash. */
  Future<Response> respond(RoutingContext ctx, String rawPath) {
    List<String> encodings = accepted.of(ctx);
    PreparedFile file = prepared.get(ctx.request().uri(), encodings);
    return file == null
        ? find(ctx, rawPath, encodings, 1)
        : respond(ctx, rawPath, encodings, file, 1);
  }

  private Future<Response> find(
      RoutingContext ctx, String rawPath, List<String> encodings, int attempt) {
    return switch (TargetPath.decode(rawPath)) {
      case TargetPath.Malformed(String message) -> throw HttpException.malformed(message);
      case TargetPath.Outside(String message) -> throw HttpException.forbidden(message);
      case TargetPath.Fine(String path) -> {
        long generation = prepared.generation();
        yield backend
            .call(ctx, FileContract.OPEN, new OpenFileRequest(path, encodings))
            .compose(reply ->
                switch (reply) {
                  case OpenFileReply.Missing() -> throw HttpException.notFound("No such file");
                  case OpenFileReply.Forbidden(String message) ->
                      throw HttpException.forbidden(message);
                  case Found found -> {
                    PreparedFile file =
                        PreparedFile.of(found, disposition(ctx.request().query()), config);
                    prepared.put(
                        ctx.request().uri(),
                        encodings,
                        file,
                        found.validMs() * 1_000_000,
                        generation);
                    yield respond(ctx, rawPath, encodings, file, attempt);
                  }
                });
      }
    };
  }

  private Future<Response> respond(
      RoutingContext ctx, String rawPath, List<String> encodings, PreparedFile file, int attempt) {
    return switch (Preconditions.evaluate(ctx.request().headers(), file)) {
      case NOT_MODIFIED -> notModified(ctx, file);
      case FAILED -> throw HttpException.preconditionFailed();
      case PROCEED -> {
        Buffer content = file.content();
        String range = ctx.request().headers().get(RANGE);
        BodyPlan plan = range == null || isHead(ctx) ? null : ranges(ctx, file, range);
        if (content != null || isHead(ctx)) {
          yield sendFromMemory(ctx, file, content, plan);
        }
        yield stream(ctx, file, plan)
            .recover(failure -> {
              resetHead(ctx.response());
              if (!(failure instanceof StaleFileException)) {
                return Future.failedFuture(failure);
              }
              // The file changed, or the replicas differ: the cached file is wrong.
              prepared.clear();
              if (attempt >= ATTEMPTS) {
                throw HttpException.overloaded("The file keeps changing");
              }
              return vertx
                  .timer(RETRY_MS * attempt, TimeUnit.MILLISECONDS)
                  .compose(_ -> find(ctx, rawPath, encodings, attempt + 1));
            });
      }
    };
  }

  /**
   * Responds with a file of this machine that file-service does not have, as an attachment: whole,
   * or one range of it.
   *
   * @param missing what to say when it is not there
   */
  public Future<Response> respondLocal(RoutingContext ctx, Path path, String missing) {
    return vertx
        .executeBlocking(() -> findLocal(path, missing), false)
        .map(Objects::requireNonNull)
        .compose(found -> {
          PreparedFile file = PreparedFile.of(found, Disposition.ATTACHMENT, config);
          return switch (Preconditions.evaluate(ctx.request().headers(), file)) {
            case NOT_MODIFIED -> notModified(ctx, file);
            case FAILED -> throw HttpException.preconditionFailed();
            case PROCEED -> sendLocal(ctx, file);
          };
        });
  }

  private Found findLocal(Path path, String missing) {
    try {
      // A link would lead out of the operator's directory, and is not opened later either.
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isRegularFile()) {
        long modified = attributes.lastModifiedTime().toMillis();
        String etag = "\"" + Long.toHexString(modified) + "-" + attributes.size() + "\"";
        return new Found(
            new FileInfo(
                "/" + path.getFileName(),
                attributes.size(),
                modified,
                etag,
                "application/octet-stream",
                null),
            process,
            path.toString(),
            null,
            0);
      }
    } catch (IOException e) {
      // No file that may be read.
    }
    throw HttpException.notFound(missing);
  }

  private Future<Response> sendLocal(RoutingContext ctx, PreparedFile file) {
    if (isHead(ctx)) {
      return sendFromMemory(ctx, file, null, null);
    }
    String range = ctx.request().headers().get(RANGE);
    BodyPlan plan = range == null ? null : ranges(ctx, file, range);
    Piece only = plan == null ? null : plan.onlyPiece();
    if (only == null) { // several ranges may be answered with the whole (RFC 9110 section 14.2)
      plan = null;
      only = new Piece(0, file.size() - 1);
    }
    head(ctx.response(), file, plan);
    Future<Response> sent =
        ctx.request().isSSL()
            ? local.pull(ctx, file.found(), BodyPlan.of(only))
            : local.send(ctx, file.found(), only);
    return sent.recover(failure -> {
      resetHead(ctx.response());
      return Future.failedFuture(
          failure instanceof StaleFileException
              ? HttpException.overloaded("The file is being replaced")
              : failure);
    });
  }

  private static Future<Response> notModified(RoutingContext ctx, PreparedFile file) {
    HttpServerResponse response = ctx.response().setStatusCode(304);
    file.addVersionHeaders(response.headers());
    RequestScope.of(ctx).end(NOTHING);
    return SENT;
  }

  /** The pieces of a Range header; null for the whole file. */
  private static @Nullable BodyPlan ranges(RoutingContext ctx, PreparedFile file, String range) {
    long now = System.currentTimeMillis() / 1_000;
    if (!Preconditions.rangeApplies(ctx.request().headers().get(IF_RANGE), file, now)) {
      return null;
    }
    return switch (ByteRanges.parse(range, file.size())) {
      case ByteRanges.Whole() -> null;
      case ByteRanges.Unsatisfiable() ->
          throw HttpException.of(
                  416, "RANGE_NOT_SATISFIABLE", "The file has " + file.size() + " bytes")
              .with("Content-Range", "bytes */" + file.size());
      case ByteRanges.Pieces(List<Piece> pieces) when pieces.size() == 1 ->
          BodyPlan.of(pieces.getFirst());
      case ByteRanges.Pieces(List<Piece> pieces) ->
          BodyPlan.multipart(pieces, boundary(), file.contentType(), file.size());
    };
  }

  private static String boundary() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }

  private static Future<Response> sendFromMemory(
      RoutingContext ctx, PreparedFile file, @Nullable Buffer content, @Nullable BodyPlan plan) {
    HttpServerResponse response = ctx.response();
    head(response, file, plan);
    RequestScope.of(ctx)
        .end(
            content == null || isHead(ctx) ? NOTHING : plan == null ? content : plan.fill(content));
    return SENT;
  }

  private Future<Response> stream(RoutingContext ctx, PreparedFile file, @Nullable BodyPlan plan) {
    Found found = file.found();
    BodyPlan body = plan == null ? BodyPlan.of(new Piece(0, file.size() - 1)) : plan;
    Piece only = body.onlyPiece();
    head(ctx.response(), file, plan);
    // For TLS, Vert.x would read the file on the event loop.
    boolean direct = found.process().equals(process) && !ctx.request().isSSL();
    if (only != null && direct) {
      return local.send(ctx, found, only);
    }
    boolean distant = !found.process().equals(process);
    return only != null && distant && streams.suits(only)
        ? streams.send(ctx, found.file(), only)
        : PulledFile.send(backend, ctx, found.file(), body);
  }

  /** Sets status and headers of a response with the file, or with pieces of it. */
  private static void head(
      HttpServerResponse response, PreparedFile file, @Nullable BodyPlan plan) {
    MultiMap headers = response.headers();
    file.addVersionHeaders(headers);
    file.addContentHeaders(headers);
    if (plan == null) {
      headers.add(HttpHeaders.CONTENT_TYPE, file.contentType());
      headers.add(HttpHeaders.CONTENT_LENGTH, file.contentLength());
      return;
    }
    response.setStatusCode(206);
    headers.add(HttpHeaders.CONTENT_LENGTH, Long.toString(plan.length()));
    Piece only = plan.onlyPiece();
    if (only != null) {
      headers.add(HttpHeaders.CONTENT_TYPE, file.contentType());
      headers.add(HttpHeaders.CONTENT_RANGE, BodyPlan.contentRange(only, file.size()));
    } else {
      headers.add(HttpHeaders.CONTENT_TYPE, "multipart/byteranges; boundary=" + plan.boundary());
    }
  }

  /** Undoes {@link #head}, for the next attempt or for an error. */
  private static void resetHead(HttpServerResponse response) {
    response.setStatusCode(200);
    MultiMap headers = response.headers();
    PreparedFile.removeHeaders(headers);
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    headers.remove(HttpHeaders.CONTENT_RANGE);
  }

  private static boolean isHead(RoutingContext ctx) {
    return ctx.request().method().equals(HttpMethod.HEAD);
  }

  /** The disposition of a query; null for none. Other parameters have no effect. */
  private static @Nullable Disposition disposition(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return null;
    }
    for (String parameter : query.split("&", 100)) {
      switch (parameter) {
        case "disposition=inline" -> {
          return Disposition.INLINE;
        }
        case "disposition=attachment" -> {
          return Disposition.ATTACHMENT;
        }
        default -> {
          // ignored
        }
      }
    }
    return null;
  }
}
