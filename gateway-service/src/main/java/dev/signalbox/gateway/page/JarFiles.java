package dev.signalbox.gateway.page;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.gateway.routing.AcceptEncoding;
import dev.signalbox.gateway.routing.Compression;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Responses with files of the class path, which are read once and kept with their gzip. The caller
 * passes names of its own only, never the path of a request. Any thread may use it.
 */
public final class JarFiles {

  private record Loaded(Buffer content, Buffer gzip, String etag) {}

  private static final Map<String, Loaded> LOADED = new ConcurrentHashMap<>();

  private final Vertx vertx;

  public JarFiles(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * A response with a file, or 304 when the client has it.
   *
   * @param resource its name on the class path
   */
  public Future<Response> response(
      RoutingContext ctx, String resource, String mediaType, String cacheControl) {
    String known = ctx.request().headers().get(HttpHeaders.IF_NONE_MATCH);
    boolean gzip = AcceptEncoding.gzip(ctx);
    return load(resource)
        .map(file ->
            (file.etag.equals(known) ? Response.empty(304) : response(file, mediaType, gzip))
                .with(
                    Map.of(
                        "ETag",
                        file.etag,
                        "Vary",
                        "Accept-Encoding",
                        "Cache-Control",
                        cacheControl,
                        "Referrer-Policy",
                        "no-referrer")));
  }

  /** Uses the gzip of {@link #pack}: the largest file has a million bytes. */
  private static Response response(Loaded file, String mediaType, boolean gzip) {
    return gzip && file.gzip.length() < file.content.length()
        ? Response.of(200, mediaType, file.gzip).with("Content-Encoding", "gzip")
        : Response.of(200, mediaType, file.content);
  }

  private Future<Loaded> load(String resource) {
    Loaded known = LOADED.get(resource);
    return known != null
        ? Future.succeededFuture(known)
        : vertx
            .executeBlocking(() -> LOADED.computeIfAbsent(resource, JarFiles::pack), false)
            .map(Objects::requireNonNull);
  }

  private static Loaded pack(String resource) {
    byte[] content = read(resource);
    Buffer plain = Buffer.buffer(content);
    String etag = "\"" + HexFormat.of().formatHex(Sha256.of(content), 0, 12) + "\"";
    return new Loaded(plain, Compression.gzip(plain), etag);
  }

  /**
   * The content of a file.
   *
   * @throws UncheckedIOException when there is none of that name
   */
  static byte[] read(String resource) {
    try (InputStream in = JarFiles.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
