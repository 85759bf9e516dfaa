package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.routing.AcceptEncoding;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.ResponseMemory;
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
import java.nio.file.Path;
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

  /** Bounds how long an idle file keeps the disk space of a removed one. */
  private static final long SWEEP_MS = 1_000;

  /** Delay of a retry, until the event of the change has arrived. */
  private static final long RETRY_MS = 20;

  private final Vertx vertx;
  private final Backend backend;
  private final FilesConfig config;
  private final PreparedFiles prepared;
  private final HeldFiles local;
  private final FileStreams streams;
  private final FileDigests digests;
  private final FolderPages folders;
  private final FolderArchives archives;
  private final AcceptEncoding accepted = new AcceptEncoding();

  /** The file is no longer the version that was found; nothing has been sent. */
  static final class StaleFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StaleFileException() {
      super("the file changed", null, false, false);
    }
  }

  /** Bounds of downloads over all event loops. */
  public static final class Limits {

    private final ConcurrencyLimiter archives;
    private final DigestPermits digests = new DigestPermits();

    private Limits(ConcurrencyLimiter archives) {
      this.archives = archives;
    }

    /** Permits of archives that are sent. */
    public ConcurrencyLimiter archives() {
      return archives;
    }

    /** The bounds that a configuration sets. */
    public static Limits of(FilesConfig config) {
      return new Limits(new ConcurrencyLimiter(Math.max(1, config.maxArchives()), 0));
    }
  }

  private Downloads(
      ServiceContext context,
      Backend backend,
      FilesConfig config,
      Limits limits,
      Pages pages,
      PreparedFiles prepared) {
    this.vertx = context.vertx();
    this.backend = backend;
    this.config = config;
    this.prepared = prepared;
    this.local = new HeldFiles(vertx);
    this.streams = new FileStreams(vertx, context.members(), backend);
    this.digests = new FileDigests(vertx, backend, limits.digests, config.maxDigestBytes());
    this.folders = new FolderPages(vertx, backend, pages, config.maxArchives() > 0);
    this.archives = new FolderArchives(vertx, backend, limits.archives(), config);
  }

  /** Downloads for the calling event loop. */
  public static Downloads of(
      ServiceContext context, Backend backend, FilesConfig config, Limits limits, Pages pages) {
    // The cache of each event loop is its own, without locks; together they hold what is
    // configured.
    int loops = Math.max(1, context.vertx().getOrCreateContext().getInstanceCount());
    PreparedFiles prepared = new PreparedFiles(config.cacheBytes() / loops, System::nanoTime);
    // Until the subscription is complete, cached files only expire.
    context.bus().subscribe(FileContract.CHANGED, _ -> prepared.clear());
    context.vertx().setPeriodic(SWEEP_MS, _ -> prepared.sweep());
    return new Downloads(context, backend, config, limits, pages, prepared);
  }

  /**
   * Responds to a request for a raw path, which begins with a slash: with a file, or with an
   * archive of a folder.
   */
  Future<Response> respond(RoutingContext ctx, String rawPath) {
    return respond(ctx, rawPath, false, archives.wanted(ctx));
  }

  /** The same for people, who may get pages that list folders, with links to archives. */
  Future<Response> browse(RoutingContext ctx, String rawPath) {
    return respond(ctx, rawPath, config.listing(), config.listing() && archives.wanted(ctx));
  }

  /** Whether a request asks for an archive of a folder. */
  boolean wantsArchive(RoutingContext ctx) {
    return archives.wanted(ctx);
  }

  private Future<Response> respond(
      RoutingContext ctx, String rawPath, boolean lists, boolean archive) {
    List<String> encodings = accepted.of(ctx);
    // A file of the cache may be closed before its digest is computed.
    PreparedFile file =
        archive || FileDigests.wanted(ctx) ? null : prepared.get(ctx.request().uri(), encodings);
    if (file != null) {
      Future<Response> response = respond(ctx, file);
      return response.succeeded()
          ? response
          : response.recover(
              failure -> findAgain(ctx, decoded(rawPath), lists, encodings, 1, failure));
    }
    String path = decoded(rawPath);
    return archive
        ? archives
            .respond(ctx, path)
            .recover(failure ->
                FolderPages.isNoFolder(failure)
                    ? find(ctx, path, lists, encodings, 1)
                    : Future.failedFuture(failure))
        : find(ctx, path, lists, encodings, 1);
  }

  private static String decoded(String rawPath) {
    return switch (TargetPath.decode(rawPath)) {
      case TargetPath.Malformed(String message) -> throw HttpException.malformed(message);
      case TargetPath.Fine(String path) -> path;
    };
  }

  private Future<Response> find(
      RoutingContext ctx, String path, boolean lists, List<String> encodings, int attempt) {
    return find(ctx, path, lists, encodings)
        .recover(failure -> findAgain(ctx, path, lists, encodings, attempt, failure));
  }

  /** Another attempt after a failure before the first byte, if that may help. */
  private Future<Response> findAgain(
      RoutingContext ctx,
      String path,
      boolean lists,
      List<String> encodings,
      int attempt,
      Throwable failure) {
    resetHead(ctx.response());
    if (!(failure instanceof StaleFileException)) {
      return Future.failedFuture(failure);
    }
    // The file was changed in place, or the instance that had it open is gone.
    prepared.clear();
    if (attempt >= ATTEMPTS) {
      throw keepsChanging();
    }
    return vertx
        .timer(RETRY_MS * attempt, TimeUnit.MILLISECONDS)
        .compose(_ -> find(ctx, path, lists, encodings, attempt + 1));
  }

  private static HttpException keepsChanging() {
    return HttpException.overloaded("The file keeps changing");
  }

  private Future<Response> find(
      RoutingContext ctx, String path, boolean lists, List<String> encodings) {
    String target = ctx.request().uri();
    PreparedFile before = prepared.known(target, encodings);
    PreparedFile known = before != null && before.retain() ? before : null;
    long generation = prepared.generation();
    return backend
        .call(
            ctx,
            FileContract.OPEN,
            new OpenFileRequest(path, encodings, known == null ? null : known.etag()))
        .compose(reply ->
            switch (reply) {
              case OpenFileReply.Missing() when lists -> folders.respond(ctx, path);
              case OpenFileReply.Missing() -> throw HttpException.notFound("No such file");
              case OpenFileReply.Forbidden(String message) ->
                  throw HttpException.forbidden(message);
              case OpenFileReply.Unchanged(long validMs) -> {
                if (known == null) {
                  throw new StaleFileException();
                }
                prepared.put(target, encodings, known, validMs * 1_000_000, generation);
                yield respond(ctx, known);
              }
              case Found found when lists && isIndexWithoutSlash(path, found) ->
                  Future.succeededFuture(FolderPages.redirect(ctx, FolderPath.of(path)));
              case Found found -> {
                PreparedFile file =
                    PreparedFile.of(found, disposition(ctx.request().query()), config);
                if (!file.retain()) {
                  throw new StaleFileException();
                }
                prepared.put(target, encodings, file, found.validMs() * 1_000_000, generation);
                yield respond(ctx, file).eventually(() -> released(file));
              }
            })
        .eventually(() -> known == null ? Future.succeededFuture() : released(known));
  }

  /** Whether a path without a slash at its end names a folder, whose index.html was found. */
  private static boolean isIndexWithoutSlash(String path, Found found) {
    return !path.endsWith("/")
        && found.file().path().length() > FolderPath.of(path).withoutSlash().length();
  }

  private static Future<Void> released(PreparedFile file) {
    file.release();
    return Future.succeededFuture();
  }

  /** Responds with a file that stays retained until the future completes. */
  private Future<Response> respond(RoutingContext ctx, PreparedFile file) {
    return switch (Preconditions.evaluate(ctx.request().headers(), file)) {
      case NOT_MODIFIED -> notModified(ctx, file);
      case FAILED -> throw HttpException.preconditionFailed();
      case PROCEED -> {
        Buffer content = file.content();
        String range = ctx.request().headers().get(RANGE);
        BodyPlan plan = range == null || isHead(ctx) ? null : ranges(ctx, file, range);
        yield FileDigests.wanted(ctx)
            ? digests.add(ctx, file, plan).compose(_ -> send(ctx, file, content, plan))
            : send(ctx, file, content, plan);
      }
    };
  }

  private Future<Response> send(
      RoutingContext ctx, PreparedFile file, @Nullable Buffer content, @Nullable BodyPlan plan) {
    return content != null || isHead(ctx)
        ? sendFromMemory(ctx, file, content, plan)
        : stream(ctx, file, plan);
  }

  /**
   * Responds with a file of this machine that file-service does not have, as an attachment.
   *
   * @param missing what to say when it is not there
   */
  public Future<Response> respondLocal(RoutingContext ctx, Path path, String missing) {
    return vertx
        .executeBlocking(() -> openLocal(path, missing), false)
        .map(Objects::requireNonNull)
        .compose(found -> {
          PreparedFile file = PreparedFile.of(found, Disposition.ATTACHMENT, config);
          return Future.succeededFuture()
              .compose(_ -> respond(ctx, file))
              .recover(failure -> {
                resetHead(ctx.response());
                return Future.failedFuture(
                    failure instanceof StaleFileException ? keepsChanging() : failure);
              })
              .eventually(() -> released(file));
        });
  }

  private static Found openLocal(Path path, String missing) {
    try {
      return LocalFile.open(path);
    } catch (IOException e) {
      throw HttpException.notFound(missing);
    }
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
    Buffer body =
        content == null || isHead(ctx) ? NOTHING : plan == null ? content : plan.fill(content);
    RequestScope scope = RequestScope.of(ctx);
    if (!scope.memory().reserve(body)) {
      throw ResponseMemory.refused();
    }
    head(ctx.response(), file, plan);
    scope.end(body);
    return SENT;
  }

  private Future<Response> stream(RoutingContext ctx, PreparedFile file, @Nullable BodyPlan plan) {
    Found found = file.found();
    BodyPlan body = plan == null ? BodyPlan.of(new Piece(0, file.size() - 1)) : plan;
    head(ctx.response(), file, plan);
    HeldFile held = found.held();
    if (held != null) {
      return local.send(ctx, held, file.size(), body);
    }
    Piece only = body.onlyPiece();
    return only != null && streams.suits(only)
        ? streams.send(ctx, found, only)
        : PulledFile.send(backend, ctx, found, body);
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
    FileDigests.remove(headers);
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
