package dev.signalbox.gateway.system;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.AcceptEncoding;
import dev.signalbox.gateway.routing.Compression;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Section 8: the OpenAPI description, as a file and as a page. The page loads its files from this
 * jar only.
 */
public final class DocsRoutes implements Section {

  private static final String SWAGGER = "META-INF/resources/webjars/swagger-ui/5.34.1/";

  private static final String PAGES = "dev/signalbox/gateway/pages/";

  /** The only files served, so that no path of a client reaches the class path. */
  private static final Map<String, Part> PARTS =
      Map.of(
          "swagger-ui.css", new Part(SWAGGER + "swagger-ui.css", "text/css; charset=utf-8"),
          "swagger-ui-bundle.js",
              new Part(SWAGGER + "swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
          "icon.svg", new Part(PAGES + "icon.svg", "image/svg+xml"),
          "colours.css", new Part(PAGES + "colours.css", "text/css; charset=utf-8"),
          "page.css", new Part("docs/page.css", "text/css; charset=utf-8"),
          "page.js", new Part("docs/page.js", "text/javascript; charset=utf-8"));

  private static final Part DESCRIPTION = new Part("openapi.yaml", "application/yaml");
  private static final Part PAGE = new Part("docs/index.html", "text/html; charset=utf-8");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

  private record Part(String resource, String mediaType) {}

  private record Loaded(Buffer content, Buffer gzip, String etag) {}

  private final Vertx vertx;
  private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

  public DocsRoutes(Vertx vertx) {
    this.vertx = vertx;
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
    String known = ctx.request().headers().get(HttpHeaders.IF_NONE_MATCH);
    boolean gzip = AcceptEncoding.gzip(ctx);
    return load(part.resource)
        .map(file ->
            (file.etag.equals(known) ? Response.empty(304) : response(part, file, gzip))
                .with("ETag", file.etag)
                .with("Vary", "Accept-Encoding")
                .with("Cache-Control", "no-cache"));
  }

  /** Uses the gzip of {@link #read}: the largest file has a million bytes. */
  private static Response response(Part part, Loaded file, boolean gzip) {
    return gzip && file.gzip.length() < file.content.length()
        ? Response.of(200, part.mediaType, file.gzip).with("Content-Encoding", "gzip")
        : Response.of(200, part.mediaType, file.content);
  }

  private Future<Loaded> load(String resource) {
    Loaded known = loaded.get(resource);
    return known != null
        ? Future.succeededFuture(known)
        : vertx
            .executeBlocking(() -> loaded.computeIfAbsent(resource, DocsRoutes::read), false)
            .map(Objects::requireNonNull);
  }

  private static Loaded read(String resource) {
    try (InputStream in = DocsRoutes.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      byte[] content = in.readAllBytes();
      byte[] digest = Sha256.of(content);
      Buffer plain = Buffer.buffer(content);
      return new Loaded(
          plain, Compression.gzip(plain), "\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"");
    } catch (IOException e) {
      throw new IllegalStateException(resource + " is not in the jar", e);
    }
  }
}
