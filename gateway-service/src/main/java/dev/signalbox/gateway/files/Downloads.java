package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.ByteRanges.Piece;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import dev.signalbox.gateway.routing.AcceptEncoding;
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
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers GET and HEAD of files. Belongs to one event loop. */
public final class Downloads {

  private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  private static final CharSequence IF_RANGE = HttpHeaders.createOptimized("if-range");
  private static final Future<Response> SENT = Future.succeededFuture(Response.SENT);

  private static final Buffer NOTHING = Buffer.buffer();

  /** A file that keeps changing between being found and being sent is not followed for ever. */
  private static final int ATTEMPTS = 3;

  /** Whoever changed it needs a moment to tell. */
  private static final long AGAIN_MS = 20;

  private final Vertx vertx;
  private final Backend backend;
  private final FilesConfig config;
  private final String process;
  private final PreparedFiles prepared;
  private final LocalFile local;
  private final AcceptEncoding accepted = new AcceptEncoding();

  /**
   * @param process id of this process; files found in it are sent from the disk
   * @param prepared emptied by whoever hears of changes
   */
  Downloads(
      Vertx vertx, Backend backend, FilesConfig config, String process, PreparedFiles prepared) {
    this.vertx = vertx;
    this.backend = backend;
    this.config = config;
    this.process = process;
    this.prepared = prepared;
    this.local = new LocalFile(vertx);
  }

  /** Downloads for the calling event loop. */
  public static Downloads of(ServiceContext context, Backend backend, FilesConfig config) {
    PreparedFiles prepared = new PreparedFiles(config.cacheBytes(), System::nanoTime);
    // Until everybody knows that we listen, age alone ends what is remembered.
    context.bus().subscribe(FileContract.CHANGED, _ -> prepared.clear());
    return new Downloads(context.vertx(), backend, config, context.process(), prepared);
  }

  /**
   * Answers a request.
   *
   * @param rawPath the file's path, not decoded, beginning with a slash
   */
  Future<Response> answer(RoutingContext ctx, String rawPath) {
    List<String> encodings = accepted.of(ctx.request().headers().get(HttpHeaders.ACCEPT_ENCODING));
    PreparedFile file = prepared.get(ctx.request().uri(), encodings);
    return file == null
        ? find(ctx, rawPath, encodings, 1)
        : answer(ctx, rawPath, encodings, file, 1);
  }

  private Future<Response> find(
      RoutingContext ctx, String rawPath, List<String> encodings, int attempt) {
    return switch (TargetPath.decode(rawPath)) {
      case TargetPath.Malformed(String message) -> throw HttpException.malformed(message);
      case TargetPath.Outside(String message) -> throw forbidden(message);
      case TargetPath.Fine(String path) -> {
        long asked = prepared.generation();
        yield backend
            .call(ctx, FileContract.OPEN, new OpenFileRequest(path, encodings))
            .compose(reply ->
                switch (reply) {
                  case OpenFileReply.Missing() -> throw HttpException.notFound("No such file");
                  case OpenFileReply.Forbidden(String message) -> throw forbidden(message);
                  case Found found -> {
                    PreparedFile file =
                        PreparedFile.of(found, wished(ctx.request().query()), config);
                    prepared.put(
                        ctx.request().uri(), encodings, file, found.validMs() * 1_000_000, asked);
                    yield answer(ctx, rawPath, encodings, file, attempt);
                  }
                });
      }
    };
  }

  private Future<Response> answer(
      RoutingContext ctx, String rawPath, List<String> encodings, PreparedFile file, int attempt) {
    return switch (Preconditions.judge(ctx.request().headers(), file)) {
      case NOT_MODIFIED -> notModified(ctx, file);
      case FAILED ->
          throw HttpException.of(
              412, "PRECONDITION_FAILED", "The file is not the version that the request names");
      case PROCEED -> {
        Buffer content = file.content();
        String range = ctx.request().headers().get(RANGE);
        BodyPlan plan = range == null || isHead(ctx) ? null : ranges(ctx, file, range);
        if (content != null || isHead(ctx)) {
          yield atOnce(ctx, file, content, plan);
        }
        yield stream(ctx, file, plan)
            .recover(failure -> {
              resetHead(ctx.response());
              if (!(failure instanceof StaleFile)) {
                return Future.failedFuture(failure);
              }
              // Another file by now, or on another replica: what was remembered is wrong.
              prepared.clear();
              if (attempt >= ATTEMPTS) {
                throw HttpException.overloaded("The file keeps changing");
              }
              return vertx
                  .timer(AGAIN_MS * attempt, TimeUnit.MILLISECONDS)
                  .compose(_ -> find(ctx, rawPath, encodings, attempt + 1));
            });
      }
    };
  }

  private static Future<Response> notModified(RoutingContext ctx, PreparedFile file) {
    HttpServerResponse response = ctx.response().setStatusCode(304);
    file.describeVersion(response.headers());
    RequestScope.of(ctx).end(NOTHING);
    return SENT;
  }

  /** What a Range asks for; null for the whole. */
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

  private static Future<Response> atOnce(
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
    // What is encrypted has to be read anyway, and Vert.x would do so on the event loop.
    boolean direct = found.process().equals(process) && !ctx.request().isSSL();
    return only != null && direct
        ? local.send(ctx, found, only)
        : PulledFile.send(backend, ctx, found.file(), body);
  }

  /** Status and headers of an answer with the file, or those pieces of it. */
  private static void head(
      HttpServerResponse response, PreparedFile file, @Nullable BodyPlan plan) {
    MultiMap headers = response.headers();
    file.describeVersion(headers);
    file.describeContent(headers);
    if (plan == null) {
      headers.set(HttpHeaders.CONTENT_TYPE, file.contentType());
      headers.set(HttpHeaders.CONTENT_LENGTH, file.contentLength());
      return;
    }
    response.setStatusCode(206);
    headers.set(HttpHeaders.CONTENT_LENGTH, Long.toString(plan.length()));
    Piece only = plan.onlyPiece();
    if (only != null) {
      headers.set(HttpHeaders.CONTENT_TYPE, file.contentType());
      headers.set(HttpHeaders.CONTENT_RANGE, BodyPlan.contentRange(only, file.size()));
    } else {
      headers.set(HttpHeaders.CONTENT_TYPE, "multipart/byteranges; boundary=" + plan.boundary());
    }
  }

  /** Takes back what {@link #head} set: the next attempt, or a fault, says something else. */
  private static void resetHead(HttpServerResponse response) {
    response.setStatusCode(200);
    MultiMap headers = response.headers();
    PreparedFile.undescribe(headers);
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    headers.remove(HttpHeaders.CONTENT_RANGE);
  }

  private static boolean isHead(RoutingContext ctx) {
    return ctx.request().method().equals(HttpMethod.HEAD);
  }

  private static HttpException forbidden(String message) {
    return HttpException.of(403, "FORBIDDEN", message);
  }

  /** What a query wishes; null for nothing. Other parameters mean nothing to a file. */
  static @Nullable Disposition wished(@Nullable String query) {
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
          // not for us
        }
      }
    }
    return null;
  }
}
