package dev.signalbox.gateway.page;

import dev.signalbox.gateway.routing.Response;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The templates and files of the pages, as they lie in the jar. */
public final class Pages {

  private static final String FOLDER = "/dev/signalbox/gateway/pages/";

  /** Scripts and styles from here alone, none inside a page, and no page inside another. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private static final List<String> VERSIONED =
      List.of("pages.css", "census.js", "errors.js", "icon.svg");

  /** Changes with any of the files, so that browsers may keep them for ever. */
  private final String version = hash();

  /** The files' version, part of their addresses. */
  public Html version() {
    return Html.of(version);
  }

  /** A template. */
  public HtmlTemplate template(String name) {
    return new HtmlTemplate(new String(bytes(name), StandardCharsets.UTF_8));
  }

  /** A page. */
  public Response page(int status, Html html) {
    return guarded(Response.of(status, "text/html; charset=utf-8", Buffer.buffer(html.toString())))
        .with("Content-Security-Policy", POLICY)
        .with("Cache-Control", "no-store");
  }

  /** A file the pages refer to. */
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

  private static byte[] bytes(String name) {
    try (InputStream file = Pages.class.getResourceAsStream(FOLDER + name)) {
      if (file == null) {
        throw new IllegalArgumentException("no page " + name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      VERSIONED.forEach(name -> digest.update(bytes(name)));
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
