package dev.signalbox.gateway.files;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.file.CreateResumableReply;
import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.ResumableStatusReply;
import dev.signalbox.contracts.file.ResumableStatusRequest;
import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.contracts.file.ResumeUploadReply;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.contracts.file.TerminateResumableReply;
import dev.signalbox.contracts.file.TerminateResumableRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.TusHeaders.Checksum;
import dev.signalbox.gateway.files.TusHeaders.Concat;
import dev.signalbox.gateway.files.TusHeaders.Metadata;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.HttpDates;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Section 5, {@code /api/v1/uploads}: resumable uploads by tus 1.0.0. */
public final class TusRoutes implements Section {

  private static final String PATH = "/api/v1/uploads";
  private static final String ONE = PATH + "/:upload";
  private static final String BYTES = "application/offset+octet-stream";
  private static final String EXTENSIONS =
      "creation,creation-defer-length,creation-with-upload,checksum,expiration,termination,"
          + "concatenation";
  private static final String METHOD_OVERRIDE = "X-HTTP-Method-Override";

  /** A concatenation copies its parts. */
  private static final Duration COPY_TIMEOUT = Duration.ofMinutes(5);

  private final Backend backend;

  public TusRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules options = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules reads = RouteRules.reads(Role.OPERATOR, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
    RouteRules streams = changes.body(ClassicFileRoutes.STREAMED);
    router.post(PATH, streams).handler(tus(this::create));
    router.route(PATH, options, HttpMethod.OPTIONS).handler(respond(this::options));
    router.route(ONE, reads, HttpMethod.HEAD).handler(tus(this::status));
    router.patch(ONE, streams).handler(tus(this::append));
    router.delete(ONE, changes.bodyless()).handler(tus(this::terminate));
    router.post(ONE, streams).handler(tus(this::overridden));
    router.route(ONE, options, HttpMethod.OPTIONS).handler(respond(this::options));
  }

  /** Requires the version of the protocol, and names it in every response. */
  private static Handler<RoutingContext> tus(Function<RoutingContext, Future<Response>> call) {
    return respond(ctx -> {
      ctx.response().putHeader(TusHeaders.RESUMABLE, TusHeaders.VERSION);
      ctx.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
      if (!TusHeaders.VERSION.equals(ctx.request().getHeader(TusHeaders.RESUMABLE))) {
        throw HttpException.of(
                412,
                "UNSUPPORTED_VERSION",
                "%s must be %s".formatted(TusHeaders.RESUMABLE, TusHeaders.VERSION))
            .with("Tus-Version", TusHeaders.VERSION);
      }
      return call.apply(ctx);
    });
  }

  private Future<Response> options(RoutingContext ctx) {
    return backend
        .call(ctx, FileContract.UPLOAD_LIMITS, Empty.EMPTY)
        .map(limits ->
            Response.empty(204)
                .with(TusHeaders.RESUMABLE, TusHeaders.VERSION)
                .with("Tus-Version", TusHeaders.VERSION)
                .with("Tus-Extension", EXTENSIONS)
                .with("Tus-Max-Size", Long.toString(limits.maxBytes()))
                .with("Tus-Checksum-Algorithm", TusHeaders.ALGORITHM_NAMES));
  }

  private Future<Response> create(RoutingContext ctx) {
    Concat concat = TusHeaders.concat(ctx);
    Metadata metadata = TusHeaders.metadata(ctx);
    Checksum checksum = TusHeaders.checksum(ctx);
    boolean made = concat instanceof TusHeaders.Final;
    if (made
        && (ctx.request().headers().contains(TusHeaders.LENGTH)
            || ctx.request().headers().contains(TusHeaders.DEFER_LENGTH))) {
      throw HttpException.malformed("A final upload must not have " + TusHeaders.LENGTH);
    }
    var request =
        new CreateResumableRequest(
            metadata == null ? null : metadata.path(),
            made ? -1 : TusHeaders.lengthOrDeferred(ctx),
            metadata == null ? null : metadata.value(),
            switch (concat) {
              case TusHeaders.None() -> null;
              case TusHeaders.Partial() -> TusHeaders.PARTIAL;
              case TusHeaders.Final(String value, var _) -> value;
            },
            concat instanceof TusHeaders.Final(var _, var ids) ? ids : List.of(),
            ctx.request().headers().get(HttpHeaders.IF_MATCH),
            ctx.request().headers().get(HttpHeaders.IF_NONE_MATCH));
    boolean bytes = BYTES.equals(MediaTypes.essence(ctx));
    if (bytes && made) {
      throw HttpException.malformed("A final upload must not have a body");
    }
    if (bytes) {
      long declared = RequestScope.of(ctx).declaredBytes();
      if (request.lengthBytes() >= 0 && declared > request.lengthBytes()) {
        throw tooLong();
      }
      return create(ctx, request)
          .compose(upload ->
              upload.storedPath() != null
                  ? emptyBody(ctx).map(_ -> created(upload))
                  : begin(ctx, upload, checksum));
    }
    return emptyBody(ctx).compose(_ -> create(ctx, request)).map(TusRoutes::created);
  }

  private static HttpException tooLong() {
    return HttpException.tooLarge("The body goes beyond " + TusHeaders.LENGTH);
  }

  /** Fails with 415 when there is a body. */
  private static Future<?> emptyBody(RoutingContext ctx) {
    return RequestScope.of(ctx).declaredBytes() == 0
        ? Future.succeededFuture()
        : RequestScope.of(ctx).stream()
            .read(1)
            .map(piece -> {
              if (piece.length() > 0) {
                throw wrongType();
              }
              return piece;
            });
  }

  private static HttpException wrongType() {
    return HttpException.unsupported("The Content-Type must be " + BYTES);
  }

  private Future<ResumableUpload> create(RoutingContext ctx, CreateResumableRequest request) {
    Future<CreateResumableReply> reply =
        request.parts().isEmpty()
            ? backend.call(ctx, FileContract.CREATE_RESUMABLE, request)
            : backend.call(ctx, FileContract.CREATE_RESUMABLE, request, COPY_TIMEOUT);
    return reply.map(created ->
        switch (created) {
          case CreateResumableReply.Created(ResumableUpload upload) -> upload;
          case CreateResumableReply.ConditionFailed() -> throw HttpException.preconditionFailed();
          case CreateResumableReply.Forbidden(String message) ->
              throw HttpException.forbidden(message);
        });
  }

  private static Response created(ResumableUpload upload) {
    Response response =
        Response.empty(201)
            .with("Location", PATH + "/" + upload.id())
            .with(TusHeaders.OFFSET, Long.toString(upload.offset()));
    return expiring(response, upload);
  }

  private static Response expiring(Response response, ResumableUpload upload) {
    return upload.storedPath() == null
        ? response.with(TusHeaders.EXPIRES, HttpDates.text(upload.expiresAtEpochMs()))
        : response.with("Content-Location", TargetPath.encode(upload.storedPath()));
  }

  /** Stores the first bytes of an upload; without its URL, a client could not carry it on. */
  private Future<Response> begin(
      RoutingContext ctx, ResumableUpload upload, @Nullable Checksum checksum) {
    return store(ctx, new ResumeUploadRequest(upload.id(), 0, -1, checksum != null), checksum)
        .map(appended ->
            with(Response.empty(201).with("Location", PATH + "/" + upload.id()), appended))
        .recover(failure ->
            backend
                .call(
                    ctx,
                    FileContract.TERMINATE_RESUMABLE,
                    new TerminateResumableRequest(upload.id()))
                .transform(_ -> Future.failedFuture(failure)));
  }

  private Future<Response> status(RoutingContext ctx) {
    return backend
        .call(ctx, FileContract.RESUMABLE_STATUS, new ResumableStatusRequest(id(ctx)))
        .map(reply ->
            switch (reply) {
              case ResumableStatusReply.Locked() -> throw locked();
              case ResumableStatusReply.Present(ResumableUpload upload) -> {
                if (isWithoutPlace(upload)) {
                  throw withoutPlace();
                }
                yield status(upload);
              }
            });
  }

  /** Clients of tus take an upload whose offset is its length for done. */
  private static boolean isWithoutPlace(ResumableUpload upload) {
    return upload.offset() == upload.lengthBytes()
        && upload.storedPath() == null
        && !TusHeaders.PARTIAL.equals(upload.concat());
  }

  private static HttpException withoutPlace() {
    return HttpException.of(
        409,
        "CONFLICT",
        "All bytes are there, but the file cannot be stored at its path now; a PATCH of no bytes at"
            + " the end tries again and says why");
  }

  private static Response status(ResumableUpload upload) {
    Response response =
        expiring(
            Response.empty(200).with(TusHeaders.OFFSET, Long.toString(upload.offset())), upload);
    response =
        upload.lengthBytes() < 0
            ? response.with(TusHeaders.DEFER_LENGTH, "1")
            : response.with(TusHeaders.LENGTH, Long.toString(upload.lengthBytes()));
    String metadata = upload.metadata();
    if (metadata != null) {
      response = response.with(TusHeaders.METADATA, metadata);
    }
    String concat = upload.concat();
    return concat == null ? response : response.with(TusHeaders.CONCAT, concat);
  }

  private static HttpException locked() {
    return HttpException.of(423, "LOCKED", "Another request is at work on the upload; retry")
        .with("Retry-After", "1");
  }

  private static String id(RoutingContext ctx) {
    return Requests.pathParameter(ctx, "upload");
  }

  private Future<Response> append(RoutingContext ctx) {
    if (!BYTES.equals(MediaTypes.essence(ctx))) {
      throw wrongType();
    }
    long offset = TusHeaders.bytes(ctx, TusHeaders.OFFSET);
    if (offset < 0) {
      throw HttpException.malformed(TusHeaders.OFFSET + " must be sent");
    }
    long length = TusHeaders.bytes(ctx, TusHeaders.LENGTH);
    Checksum checksum = TusHeaders.checksum(ctx);
    long declared = RequestScope.of(ctx).declaredBytes();
    if (length >= 0 && declared > length - offset) {
      throw tooLong();
    }
    return store(ctx, new ResumeUploadRequest(id(ctx), offset, length, checksum != null), checksum)
        .map(appended -> with(Response.empty(204), appended));
  }

  /**
   * What a request has added to an upload.
   *
   * @param offset of the upload now
   * @param expires when it is unfinished
   */
  private record Appended(long offset, OptionalLong expires) {}

  private static Response with(Response response, Appended appended) {
    Response answer = response.with(TusHeaders.OFFSET, Long.toString(appended.offset()));
    return appended.expires().isPresent()
        ? answer.with(TusHeaders.EXPIRES, HttpDates.text(appended.expires().getAsLong()))
        : answer;
  }

  /** Adds the body to an upload. If it breaks off, what came is kept, unless it has a checksum. */
  private Future<Appended> store(
      RoutingContext ctx, ResumeUploadRequest request, @Nullable Checksum checksum) {
    return backend
        .call(ctx, FileContract.RESUME_UPLOAD, request)
        .compose(reply -> {
          UploadSession session = session(ctx, request, reply);
          return BodyPump.pump(
                  RequestScope.of(ctx).stream(),
                  piece -> {
                    if (checksum != null) {
                      checksum.update(piece);
                    }
                    return session.append(piece);
                  })
              .compose(_ -> {
                if (checksum != null) {
                  checksum.verify();
                }
                return session.finishResumed();
              })
              .map(expires -> new Appended(session.sent(), expires))
              // Until it is aborted the upload is locked, so that it could not be terminated.
              .recover(failure -> session.abort().transform(_ -> Future.failedFuture(failure)));
        });
  }

  private UploadSession session(
      RoutingContext ctx, ResumeUploadRequest request, ResumeUploadReply reply) {
    return switch (reply) {
      case ResumeUploadReply.Resumed resumed ->
          UploadSession.resumed(backend, ctx, resumed, request.offset());
      case ResumeUploadReply.OffsetDiffers(long offset) ->
          throw HttpException.of(
                  409,
                  "OFFSET_DIFFERS",
                  "The upload is at %d, not at %d".formatted(offset, request.offset()))
              .with(TusHeaders.OFFSET, Long.toString(offset));
      case ResumeUploadReply.Locked() -> throw locked();
      case ResumeUploadReply.Final() ->
          throw HttpException.forbidden("The upload is made of others; nothing can be added");
    };
  }

  private Future<Response> terminate(RoutingContext ctx) {
    return backend
        .call(ctx, FileContract.TERMINATE_RESUMABLE, new TerminateResumableRequest(id(ctx)))
        .map(reply ->
            switch (reply) {
              case TerminateResumableReply.Terminated() -> Response.empty(204);
              case TerminateResumableReply.Locked() -> throw locked();
            });
  }

  /** For clients that can send neither PATCH nor DELETE. */
  private Future<Response> overridden(RoutingContext ctx) {
    return switch (ctx.request().getHeader(METHOD_OVERRIDE)) {
      case "PATCH" -> append(ctx);
      case "DELETE" -> emptyBody(ctx).compose(_ -> terminate(ctx));
      case null, default ->
          throw HttpException.malformed(METHOD_OVERRIDE + " must be PATCH or DELETE");
    };
  }
}
