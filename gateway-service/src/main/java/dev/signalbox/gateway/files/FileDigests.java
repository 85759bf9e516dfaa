package dev.signalbox.gateway.files;

import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter.RefusedException;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Digests of files for clients that ask for them (RFC 9530 section 4). A file is read in slices, at
 * the instance that has the version open. Belongs to one event loop; computes on worker threads.
 */
final class FileDigests {

  private static final CharSequence WANT_REPR = HttpHeaders.createOptimized("want-repr-digest");
  private static final CharSequence WANT_CONTENT =
      HttpHeaders.createOptimized("want-content-digest");
  private static final CharSequence REPR = HttpHeaders.createOptimized("repr-digest");
  private static final CharSequence CONTENT = HttpHeaders.createOptimized("content-digest");

  private static final List<String> ALGORITHMS = List.of("sha-256", "sha-512");
  private static final int MAX_CACHED = 1_024;

  private final Vertx vertx;
  private final Backend backend;
  private final DigestPermits permits;
  private final long maxBytes;

  /** Digests of whole files, also those that are being computed, least recently used first. */
  private final Map<Key, SharedDigest> cache = new LinkedHashMap<>(16, 0.75f, true);

  private record Key(String path, String etag, String algorithm) {}

  /**
   * Digests of contents up to a length.
   *
   * @param permits of digests computed at once over all event loops
   */
  FileDigests(Vertx vertx, Backend backend, DigestPermits permits, long maxBytes) {
    this.vertx = vertx;
    this.backend = backend;
    this.permits = permits;
    this.maxBytes = maxBytes;
  }

  /** Whether a request asks for a digest. */
  static boolean wanted(RoutingContext ctx) {
    MultiMap headers = ctx.request().headers();
    return headers.contains(WANT_REPR) || headers.contains(WANT_CONTENT);
  }

  /**
   * Adds the digests that a request asks for to the headers of its response.
   *
   * @param plan the pieces that are sent; null for the whole file. Several pieces get no
   *     Content-Digest
   * @return fails with {@link StaleFileException} when the file is not that version
   */
  Future<Void> add(RoutingContext ctx, PreparedFile file, @Nullable BodyPlan plan) {
    MultiMap wishes = ctx.request().headers();
    Piece whole = new Piece(0, file.size() - 1);
    String repr = preferred(wishes.getAll(WANT_REPR));
    String content = preferred(wishes.getAll(WANT_CONTENT));
    // A response to HEAD has no content: its Content-Digest is of no bytes (RFC 9530 appendix B.2).
    Piece sent =
        ctx.request().method().equals(HttpMethod.HEAD)
            ? new Piece(0, -1)
            : plan == null ? whole : plan.onlyPiece();
    return add(ctx, REPR, file, whole, repr).compose(_ -> add(ctx, CONTENT, file, sent, content));
  }

  /** Removes what {@link #add} has added. */
  static void remove(MultiMap headers) {
    headers.remove(REPR).remove(CONTENT);
  }

  /**
   * The algorithm that a client prefers of those known; null for none.
   *
   * @param lines of a Want- header: a dictionary of weights from 0, not acceptable, to 10 (RFC 9530
   *     section 4); members that are no such weights have no effect
   */
  static @Nullable String preferred(List<String> lines) {
    // The last of a key counts (RFC 9651 section 4.2.2).
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (String line : lines) {
      for (String member : line.split(",", 100)) {
        String[] pair = member.strip().split("=", 2);
        String weight = pair.length < 2 ? "" : pair[1].split(";", 2)[0].strip();
        weights.put(pair[0], weight.matches("[0-9]|10") ? Integer.parseInt(weight) : 0);
      }
    }
    String best = null;
    int most = 0;
    for (String algorithm : ALGORITHMS) {
      int weight = weights.getOrDefault(algorithm, 0);
      if (weight > most) {
        best = algorithm;
        most = weight;
      }
    }
    return best;
  }

  private Future<Void> add(
      RoutingContext ctx,
      CharSequence header,
      PreparedFile file,
      @Nullable Piece piece,
      @Nullable String algorithm) {
    // A file of this machine alone has no instance that could read it.
    if (algorithm == null
        || piece == null
        || maxBytes == 0
        || piece.length() > maxBytes
        || file.found().node().isEmpty()) {
      return Future.succeededFuture();
    }
    return digest(ctx, file, piece, algorithm)
        .map(Optional::of)
        .recover(failure ->
            failure instanceof RefusedException
                ? Future.succeededFuture(Optional.empty())
                : Future.failedFuture(failure))
        .map(digest -> {
          digest.ifPresent(
              base64 -> ctx.response().headers().set(header, algorithm + "=:" + base64 + ":"));
          return null;
        });
  }

  private Future<String> digest(
      RoutingContext ctx, PreparedFile file, Piece piece, String algorithm) {
    if (piece.length() != file.size()) {
      return shared(piece, algorithm).join(ctx, file);
    }
    Key key = new Key(file.found().file().path(), file.etag(), algorithm);
    SharedDigest digest = cache.get(key);
    if (digest == null) {
      digest = begin(key, piece);
    }
    return digest.join(ctx, file);
  }

  private SharedDigest begin(Key key, Piece whole) {
    SharedDigest digest = shared(whole, key.algorithm());
    cache.put(key, digest);
    if (cache.size() > MAX_CACHED) {
      cache.remove(cache.keySet().iterator().next());
    }
    digest.result().onFailure(_ -> cache.remove(key, digest));
    return digest;
  }

  private SharedDigest shared(Piece piece, String algorithm) {
    return new SharedDigest(vertx, backend, permits, piece, algorithm);
  }
}
