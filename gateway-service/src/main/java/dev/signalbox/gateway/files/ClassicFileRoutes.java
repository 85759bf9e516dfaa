package dev.signalbox.gateway.files;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** Section 5, documents 3 and 4: uploads, and a file at every path without another route. */
public final class ClassicFileRoutes implements Section {

  /** Without a limit: file-service enforces the size of an upload. */
  static final BodyRule STREAMED = new BodyRule.Streamed(Long.MAX_VALUE);

  private final Backend backend;
  private final Downloads downloads;

  public ClassicFileRoutes(Backend backend, Downloads downloads) {
    this.backend = backend;
    this.downloads = downloads;
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
            .handler(respond(ctx -> downloads.respond(ctx, Requests.rawPath(ctx))));
  }

  private record Created(String status, String message, String filepath) {}

  private Future<Response> upload(RoutingContext ctx) {
    Kind kind = kind(ctx);
    long declared = RequestScope.of(ctx).declaredBytes();
    if (declared == 0) {
      throw HttpException.malformed("The content is empty");
    }
    return Upload.store(backend, ctx, new BeginUploadRequest(null, kind, declared, null, null))
        .map(stored -> {
          String path = TargetPath.encode(stored.file().path());
          return Response.json(
                  201, new Created("success", "File created successfully", stored.file().path()))
              .with("Location", path);
        });
  }

  private static Kind kind(RoutingContext ctx) {
    Upload.requireWholeFile(ctx);
    return switch (MediaTypes.essence(ctx)) {
      case "application/json" -> Kind.JSON;
      // The default of curl -d for any text; it is stored unchanged.
      case "text/plain", "application/x-www-form-urlencoded" -> Kind.TEXT;
      case "application/octet-stream" -> Kind.BYTES;
      case null -> Kind.BYTES;
      default ->
          throw HttpException.unsupported(
              "The Content-Type must be application/json, text/plain or application/octet-stream");
    };
  }
}
