package dev.signalbox.gateway.files;

import static dev.signalbox.gateway.routing.Responses.respond;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ClassicErrors;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Paths;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Responses;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** Section 5 as documents 3 and 4 have it: every path that is nobody else's is a file. */
public final class ClassicFileRoutes implements Section {

  /** The service counts: it knows how long an upload may be. */
  static final BodyRule STREAMED = new BodyRule.Streamed(Long.MAX_VALUE);

  private final Backend backend;
  private final Downloads downloads;

  /** Routes onto file-service. */
  public ClassicFileRoutes(Backend backend, Downloads downloads) {
    this.backend = backend;
    this.downloads = downloads;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .post(
            "/upload",
            RouteRules.changes(Role.OPERATOR, ClassicErrors.STATUS_MESSAGE).body(STREAMED))
        .handler(respond(this::upload));
  }

  /** Every path that is nobody else's: to be mounted last. */
  public Section root() {
    return router ->
        router
            .get("/*", RouteRules.reads(Role.READER, ClassicErrors.TEXT))
            // The path as it came: what an escape hides is for TargetPath to find.
            .useNormalizedPath(false)
            .handler(respond(ctx -> downloads.answer(ctx, Paths.raw(ctx))));
  }

  private record Created(String status, String message, String filepath) {}

  private Future<Response> upload(RoutingContext ctx) {
    Kind kind = UploadMedia.kind(ctx);
    long declared = RequestScope.of(ctx).stream().declaredBytes();
    if (declared == 0) {
      throw HttpException.malformed("The content is empty");
    }
    return UploadRun.store(backend, ctx, new BeginUploadRequest(null, kind, declared, null, null))
        .map(stored -> {
          String path = UriPath.escape(stored.file().path());
          return Responses.json(
                  201, new Created("success", "File created successfully", stored.file().path()))
              .with("Location", path);
        });
  }
}
