package dev.signalbox.gateway.page;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The templates and files of the pages, read from the jar. */
public final class Pages {

  private static final String FOLDER = "/dev/signalbox/gateway/pages/";
  private static final String LEAFLET = "/META-INF/resources/webjars/leaflet/1.9.4/dist/";

  /** Allows scripts and styles of this origin only, none inline, and no framing. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final List<String> VERSIONED =
      List.of(
          "pages.css",
          "census.js",
          "census-map.js",
          "errors.js",
          "icon.svg",
          "leaflet.css",
          "leaflet.js");

  /** A hash of the files: it is part of their URLs, so that browsers may cache them forever. */
  private final String version = hash();

  private final Html.Template errorPage = template("fault.html");

  /** The error shape for browsers: an HTML page. */
  public ErrorShape errors() {
    return (error, requestId) ->
        page(
                error.status(),
                errorPage.render(
                    Map.of(
                        "title", Html.of(title(error.status())),
                        "detail", Html.of(error.message()),
                        "status", Html.of(error.status()),
                        "request_id", Html.of(requestId),
                        "version", version())))
            .with(error.headers());
  }

  private static String title(int status) {
    return switch (status) {
      case 401, 403 -> "Access denied";
      case 404 -> "Page not found";
      case 405 -> "Method not allowed";
      case 413 -> "Request too large";
      case 429, 503, 504 -> "Temporarily unavailable";
      default -> status < 500 ? "Invalid request" : "Internal error";
    };
  }

  /** The version of the files, for their URLs. */
  public Html version() {
    return Html.of(version);
  }

  public Html.Template template(String name) {
    return new Html.Template(new String(bytes(name), StandardCharsets.UTF_8));
  }

  /** A response with a page. */
  public Response page(int status, Html html) {
    return page(status, html, POLICY, "no-store");
  }

  /**
   * A response with a page.
   *
   * @param policy its Content-Security-Policy
   * @param cacheControl its Cache-Control
   */
  public Response page(int status, Html html, String policy, String cacheControl) {
    return guarded(Response.of(status, "text/html; charset=utf-8", Buffer.buffer(html.toString())))
        .with("Content-Security-Policy", policy)
        .with("Cache-Control", cacheControl);
  }

  /** A response with a style sheet, script or icon. */
  public Response file(String name) {
    String type =
        name.endsWith(".css")
            ? "text/css; charset=utf-8"
            : name.endsWith(".js") ? "text/javascript; charset=utf-8" : "image/svg+xml";
    return guarded(Response.of(200, type, Buffer.buffer(bytes(name))))
        .with("Cache-Control", "public, max-age=31536000, immutable");
  }

  private static Response guarded(Response answer) {
    return answer.with("Referrer-Policy", "no-referrer");
  }

  private static String folder(String name) {
    return name.startsWith("leaflet.") ? LEAFLET : FOLDER;
  }

  private static byte[] bytes(String name) {
    // The colours are a file of their own because the page of the description has them too.
    return name.equals("pages.css")
        ? Buffer.buffer(read("colours.css")).appendBytes(read(name)).getBytes()
        : read(name);
  }

  private static byte[] read(String name) {
    try (InputStream file = Pages.class.getResourceAsStream(folder(name) + name)) {
      if (file == null) {
        throw new IllegalArgumentException("no page " + name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash() {
    MessageDigest digest = Sha256.digest();
    VERSIONED.forEach(name -> digest.update(bytes(name)));
    return HexFormat.of().formatHex(digest.digest(), 0, 6);
  }
}
