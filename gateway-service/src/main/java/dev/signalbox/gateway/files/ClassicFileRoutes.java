package dev.signalbox.gateway.files;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.MultipartUpload.StoredPart;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.page.HomePage;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 5, documents 3 and 4: uploads, and a file at every path without another route. */
public final class ClassicFileRoutes implements Section {

  /** Without a limit: file-service enforces the size of an upload. */
  static final BodyRule STREAMED = new BodyRule.Streamed(Long.MAX_VALUE);

  private final Backend backend;
  private final Downloads downloads;
  private final HomePage home;

  /**
   * The routes.
   *
   * @param home what {@code GET /} answers while the root has no index.html
   */
  public ClassicFileRoutes(Backend backend, Downloads downloads, HomePage home) {
    this.backend = backend;
    this.downloads = downloads;
    this.home = home;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .post(
            "/upload", RouteRules.changes(Role.OPERATOR, ErrorShapes.STATUS_MESSAGE).body(STREAMED))
        .handler(respond(this::upload));
  }

  /** Serves every path; mount it last. */
  public Section root() {
    return router ->
        router
            .get("/*", RouteRules.reads(Role.READER, ErrorShapes.TEXT))
            // The raw path, since TargetPath checks its escapes.
            .useNormalizedPath(false)
            .handler(respond(this::file));
  }

  private Future<Response> file(RoutingContext ctx) {
    String path = Requests.rawPath(ctx);
    Future<Response> found = downloads.browse(ctx, path);
    return path.equals("/")
        ? found.recover(failure ->
            failure instanceof HttpException error && error.status() == 404
                ? home.respond(ctx)
                : Future.failedFuture(failure))
        : found;
  }

  private record Created(String status, String message, String filepath) {}

  /** Of a form; the path of the first file is that of every other answer. */
  private record FormCreated(
      String status, String message, String filepath, List<FormFile> files) {}

  private record FormFile(String filepath, String filename, long sizeBytes) {}

  private Future<Response> upload(RoutingContext ctx) {
    Upload.requireWholeFile(ctx);
    String type = MediaTypes.essence(ctx);
    boolean form = "multipart/form-data".equals(type);
    Kind kind = form ? Kind.BYTES : kind(type);
    long declared = RequestScope.of(ctx).declaredBytes();
    if (declared == 0) {
      throw HttpException.malformed("The content is empty");
    }
    if (form) {
      return MultipartUpload.store(backend, ctx).map(ClassicFileRoutes::created);
    }
    return Upload.store(backend, ctx, new BeginUploadRequest(null, kind, declared, null, null))
        .map(stored -> {
          String path = TargetPath.encode(stored.file().path());
          return Response.json(
                  201, new Created("success", "File created successfully", stored.file().path()))
              .with("Location", path);
        });
  }

  private static Response created(List<StoredPart> parts) {
    String first = parts.getFirst().file().path();
    return Response.json(
            201,
            new FormCreated(
                "success",
                parts.size() == 1
                    ? "File created successfully"
                    : parts.size() + " files created successfully",
                first,
                parts.stream()
                    .map(part ->
                        new FormFile(part.file().path(), part.fileName(), part.file().sizeBytes()))
                    .toList()))
        .with("Location", TargetPath.encode(first));
  }

  private static Kind kind(@Nullable String type) {
    return switch (type) {
      case "application/json" -> Kind.JSON;
      // The default of curl -d for any text; it is stored unchanged.
      case "text/plain", "application/x-www-form-urlencoded" -> Kind.TEXT;
      case "application/octet-stream" -> Kind.BYTES;
      case null -> Kind.BYTES;
      default ->
          throw HttpException.unsupported(
              "The Content-Type must be application/json, text/plain, application/octet-stream or"
                  + " multipart/form-data");
    };
  }
}
