package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.files.ByteRanges.Piece;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Exchange;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers GET and HEAD of files. Belongs to one event loop. */
final class Downloads {

  private static final CharSequence RANGE = HttpHeaders.createOptimized("range");
  private static final CharSequence IF_RANGE = HttpHeaders.createOptimized("if-range");
  private static final Future<Answer> SENT = Future.succeededFuture(Answer.SENT);

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

  /**
   * Answers a request.
   *
   * @param rawPath the file's path, not decoded, beginning with a slash
   */
  Future<Answer> answer(Exchange exchange, String rawPath) {
    List<String> encodings = accepted.of(exchange.header(HttpHeaders.ACCEPT_ENCODING));
    PreparedFile file = prepared.get(exchange.request().uri(), encodings);
    return file == null
        ? find(exchange, rawPath, encodings, 1)
        : answer(exchange, rawPath, encodings, file, 1);
  }

  private Future<Answer> find(
      Exchange exchange, String rawPath, List<String> encodings, int attempt) {
    return switch (TargetPath.decode(rawPath)) {
      case TargetPath.Malformed(String message) -> throw HttpFault.malformed(message);
      case TargetPath.Outside(String message) -> throw forbidden(message);
      case TargetPath.Fine(String path) -> {
        long asked = prepared.generation();
        yield backend
            .call(exchange, FileContract.OPEN, new OpenFileRequest(path, encodings))
            .compose(reply ->
                switch (reply) {
                  case OpenFileReply.Missing() -> throw HttpFault.notFound("No such file");
                  case OpenFileReply.Forbidden(String message) -> throw forbidden(message);
                  case Found found -> {
                    PreparedFile file =
                        PreparedFile.of(found, wished(exchange.request().query()), config);
                    prepared.put(
                        exchange.request().uri(),
                        encodings,
                        file,
                        found.validMs() * 1_000_000,
                        asked);
                    yield answer(exchange, rawPath, encodings, file, attempt);
                  }
                });
      }
    };
  }

  private Future<Answer> answer(
      Exchange exchange, String rawPath, List<String> encodings, PreparedFile file, int attempt) {
    return switch (Preconditions.judge(exchange.request().headers(), file)) {
      case NOT_MODIFIED -> notModified(exchange, file);
      case FAILED ->
          throw HttpFault.of(
              412, "PRECONDITION_FAILED", "The file is not the version that the request names");
      case PROCEED -> {
        Buffer content = file.content();
        String range = exchange.header(RANGE);
        BodyPlan plan = range == null || isHead(exchange) ? null : ranges(exchange, file, range);
        if (content != null || isHead(exchange)) {
          yield atOnce(exchange, file, content, plan);
        }
        yield stream(exchange, file, plan)
            .recover(failure -> {
              resetHead(exchange.response());
              if (!(failure instanceof StaleFile)) {
                return Future.failedFuture(failure);
              }
              // Another file by now, or on another replica: what was remembered is wrong.
              prepared.clear();
              if (attempt >= ATTEMPTS) {
                throw HttpFault.overloaded("The file keeps changing");
              }
              return vertx
                  .timer(AGAIN_MS * attempt, TimeUnit.MILLISECONDS)
                  .compose(_ -> find(exchange, rawPath, encodings, attempt + 1));
            });
      }
    };
  }

  private static Future<Answer> notModified(Exchange exchange, PreparedFile file) {
    HttpServerResponse response = exchange.response().setStatusCode(304);
    file.describeVersion(response.headers());
    response.end();
    return SENT;
  }

  /** What a Range asks for; null for the whole. */
  private static @Nullable BodyPlan ranges(Exchange exchange, PreparedFile file, String range) {
    long now = System.currentTimeMillis() / 1_000;
    if (!Preconditions.rangeApplies(exchange.header(IF_RANGE), file, now)) {
      return null;
    }
    return switch (ByteRanges.parse(range, file.size())) {
      case ByteRanges.Whole() -> null;
      case ByteRanges.Unsatisfiable() ->
          throw HttpFault.of(416, "RANGE_NOT_SATISFIABLE", "The file has " + file.size() + " bytes")
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

  private static Future<Answer> atOnce(
      Exchange exchange, PreparedFile file, @Nullable Buffer content, @Nullable BodyPlan plan) {
    HttpServerResponse response = exchange.response();
    head(response, file, plan);
    if (content == null || isHead(exchange)) {
      response.end();
    } else {
      response.end(plan == null ? content : plan.fill(content));
    }
    return SENT;
  }

  private Future<Answer> stream(Exchange exchange, PreparedFile file, @Nullable BodyPlan plan) {
    Found found = file.found();
    BodyPlan body = plan == null ? BodyPlan.of(new Piece(0, file.size() - 1)) : plan;
    Piece only = body.onlyPiece();
    head(exchange.response(), file, plan);
    // What is encrypted has to be read anyway, and Vert.x would do so on the event loop.
    boolean direct = found.process().equals(process) && !exchange.request().isSSL();
    return only != null && direct
        ? local.send(exchange, found, only)
        : PulledFile.send(backend, exchange, found.file(), body);
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

  private static boolean isHead(Exchange exchange) {
    return exchange.request().method().equals(HttpMethod.HEAD);
  }

  private static HttpFault forbidden(String message) {
    return HttpFault.of(403, "FORBIDDEN", message);
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
