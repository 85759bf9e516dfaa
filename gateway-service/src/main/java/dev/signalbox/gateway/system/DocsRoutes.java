package dev.signalbox.gateway.system;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.page.JarFiles;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/**
 * Section 8: the OpenAPI description, as a file and as a page. The page loads its files from this
 * jar only.
 */
public final class DocsRoutes implements Section {

  private static final String SWAGGER = "META-INF/resources/webjars/swagger-ui/5.34.1/";

  private static final String ASSETS = "dev/signalbox/gateway/assets/";

  /** The only files served, so that no path of a client reaches the class path. */
  private static final Map<String, Part> PARTS =
      Map.of(
          "swagger-ui.css", new Part(SWAGGER + "swagger-ui.css", "text/css; charset=utf-8"),
          "swagger-ui-bundle.js",
              new Part(SWAGGER + "swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
          "icon.svg", new Part(ASSETS + "icon.svg", "image/svg+xml"),
          "colours.css", new Part(ASSETS + "colours.css", "text/css; charset=utf-8"),
          "page.css", new Part("docs/page.css", "text/css; charset=utf-8"),
          "page.js", new Part("docs/page.js", "text/javascript; charset=utf-8"));

  private static final Part DESCRIPTION = new Part("openapi.yaml", "application/yaml");
  private static final Part PAGE = new Part("docs/index.html", "text/html; charset=utf-8");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

  private record Part(String resource, String mediaType) {}

  private final JarFiles files;

  public DocsRoutes(Vertx vertx) {
    this.files = new JarFiles(vertx);
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules open = RouteRules.reads(Role.PUBLIC, ErrorShapes.TEXT);
    router.get("/openapi.yaml", open).handler(respond(ctx -> answer(ctx, DESCRIPTION)));
    router
        .get("/docs", open)
        .handler(
            respond(ctx ->
                answer(ctx, PAGE).map(page -> page.with("Content-Security-Policy", POLICY))));
    router.get("/docs/:file", open.undescribed()).handler(respond(this::part));
  }

  private Future<Response> part(RoutingContext ctx) {
    Part part = PARTS.get(Requests.pathParameter(ctx, "file"));
    if (part == null) {
      throw HttpException.notFound("No such file");
    }
    return answer(ctx, part);
  }

  private Future<Response> answer(RoutingContext ctx, Part part) {
    return files.response(ctx, part.resource, part.mediaType, "no-cache");
  }
}
