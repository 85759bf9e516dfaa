package dev.signalbox.gateway.page;

import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The templates of the pages, read from the jar. */
public final class Pages {

  private static final String FOLDER = "dev/signalbox/gateway/pages/";

  /** Allows scripts and styles of this origin only, none inline, and no framing. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final Html CURRENT = new Html.Template(" aria-current=\"page\"").render(Map.of());

  private final Html.Template shell = template("shell.html");
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

  /** The version of the assets, for their URLs. */
  public Html version() {
    return Html.of(Assets.VERSION);
  }

  /** The head of every page of the dashboard. */
  public Html shell(boolean census) {
    return shell.render(
        Map.of("version", version(), "census_current", census ? CURRENT : Html.EMPTY));
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
    return Response.of(status, "text/html; charset=utf-8", Buffer.buffer(html.toString()))
        .with("Referrer-Policy", "no-referrer")
        .with("Content-Security-Policy", policy)
        .with("Cache-Control", cacheControl);
  }

  private static byte[] bytes(String name) {
    return JarFiles.read(FOLDER + name);
  }
}
