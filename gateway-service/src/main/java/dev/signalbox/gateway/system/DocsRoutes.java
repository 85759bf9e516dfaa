package dev.signalbox.gateway.system;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Section 8: the description of the interface, as a file and as a page. Everything the page needs
 * comes from this jar; nothing is fetched from elsewhere.
 */
public final class DocsRoutes implements Routes {

  private static final String SWAGGER = "META-INF/resources/webjars/swagger-ui/5.34.1/";

  /** Only these names are served, so no path of a client ever reaches the class path. */
  private static final Map<String, Part> PARTS =
      Map.of(
          "swagger-ui.css", new Part(SWAGGER + "swagger-ui.css", "text/css; charset=utf-8"),
          "swagger-ui-bundle.js",
              new Part(SWAGGER + "swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
          "favicon-32x32.png", new Part(SWAGGER + "favicon-32x32.png", "image/png"),
          "page.css", new Part("docs/page.css", "text/css; charset=utf-8"),
          "page.js", new Part("docs/page.js", "text/javascript; charset=utf-8"));

  private static final Part DESCRIPTION = new Part("openapi.yaml", "application/yaml");
  private static final Part PAGE = new Part("docs/index.html", "text/html; charset=utf-8");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

  private record Part(String resource, String mediaType) {}

  private record Loaded(Buffer content, String etag) {}

  private final Vertx vertx;
  private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

  /** Routes onto files of this jar. */
  public DocsRoutes(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(
            Route.get(
                "/openapi.yaml", Role.PUBLIC, ClassicFaults.TEXT, e -> answer(e, DESCRIPTION)))
        .add(
            Route.get(
                "/docs",
                Role.PUBLIC,
                ClassicFaults.TEXT,
                e -> answer(e, PAGE).map(a -> a.with("Content-Security-Policy", POLICY))))
        .add(Route.get("/docs/{file}", Role.PUBLIC, ClassicFaults.TEXT, this::part));
  }

  private Future<Answer> part(Exchange exchange) {
    Part part = PARTS.get(exchange.parameter(0));
    if (part == null) {
      throw HttpFault.notFound("There is no such part of the page");
    }
    return answer(exchange, part);
  }

  private Future<Answer> answer(Exchange exchange, Part part) {
    String known = exchange.header(HttpHeaders.IF_NONE_MATCH);
    return load(part.resource)
        .map(file ->
            (file.etag.equals(known)
                    ? Answer.empty(304)
                    : Answer.of(200, part.mediaType, file.content))
                .with("ETag", file.etag)
                .with("Cache-Control", "no-cache")
                .with("X-Content-Type-Options", "nosniff"));
  }

  private Future<Loaded> load(String resource) {
    Loaded known = loaded.get(resource);
    return known != null
        ? Future.succeededFuture(known)
        : vertx
            .executeBlocking(() -> loaded.computeIfAbsent(resource, DocsRoutes::read), false)
            .map(file -> {
              if (file == null) {
                throw new IllegalStateException(resource);
              }
              return file;
            });
  }

  private static Loaded read(String resource) {
    try (InputStream in = DocsRoutes.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      byte[] content = in.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new Loaded(
          Buffer.buffer(content), "\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"");
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(resource + " is not in the jar", e);
    }
  }
}
