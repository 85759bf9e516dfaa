package dev.signalbox.gateway.files;

import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter.RefusedException;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.Requests;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private static final int SLICE_BYTES = 1 << 20;
  private static final int MAX_CACHED = 1_024;

  /** The longest wait in a queue for a permit; then the response has no digest. */
  private static final long MAX_WAIT_MS = 5_000;

  /** Computations for other clients that a request waits for; after them it computes by itself. */
  private static final int MAX_JOINED = 3;

  private final Vertx vertx;
  private final Backend backend;
  private final DigestPermits permits;
  private final long maxBytes;

  /** Digests of whole files, also those that are being computed, least recently used first. */
  private final Map<Key, Future<String>> cache = new LinkedHashMap<>(16, 0.75f, true);

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
    return digest(ctx, file, piece, algorithm, MAX_JOINED)
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

  /**
   * @param joins how many computations for other clients may be waited for
   */
  private Future<String> digest(
      RoutingContext ctx, PreparedFile file, Piece piece, String algorithm, int joins) {
    if (piece.length() != file.size() || joins == 0) {
      return compute(ctx, file, piece, algorithm);
    }
    Key key = new Key(file.found().file().path(), file.etag(), algorithm);
    Future<String> known = cache.get(key);
    if (known != null) {
      // It may have failed because the client it was begun for has left; the first of those that
      // waited for it begins the next one.
      return known.recover(failure ->
          failure instanceof StaleFileException || ctx.response().closed()
              ? Future.failedFuture(failure)
              : digest(ctx, file, piece, algorithm, joins - 1));
    }
    Future<String> computed = compute(ctx, file, piece, algorithm);
    cache.put(key, computed);
    if (cache.size() > MAX_CACHED) {
      cache.remove(cache.keySet().iterator().next());
    }
    return computed.onFailure(_ -> cache.remove(key, computed));
  }

  private Future<String> compute(
      RoutingContext ctx, PreparedFile file, Piece piece, String algorithm) {
    return permits.with(
        Requests.clientAddress(ctx),
        (ContextInternal) vertx.getOrCreateContext(),
        MAX_WAIT_MS,
        () -> new Computation(ctx, file, piece, algorithm).begin());
  }

  /** A digest that is being computed, slice by slice. */
  private final class Computation {

    private final RoutingContext ctx;
    private final PreparedFile file;
    private final Piece piece;
    private final MessageDigest digest;
    private final Promise<String> result = Promise.promise();
    private long offset;

    Computation(RoutingContext ctx, PreparedFile file, Piece piece, String algorithm) {
      this.ctx = ctx;
      this.file = file;
      this.piece = piece;
      this.digest = Objects.requireNonNull(UploadDigests.digest(algorithm));
      this.offset = piece.first();
    }

    Future<String> begin() {
      next();
      return result.future();
    }

    private void next() {
      if (offset > piece.last()) {
        result.complete(Base64.getEncoder().encodeToString(digest.digest()));
        return;
      }
      Piece slice = new Piece(offset, Math.min(piece.last(), offset + SLICE_BYTES - 1));
      read(slice)
          .compose(bytes ->
              vertx.executeBlocking(
                  () -> {
                    digest.update(bytes.getBytes());
                    return true;
                  },
                  false))
          .onSuccess(_ -> {
            offset = slice.last() + 1;
            next();
          })
          .onFailure(result::fail);
    }

    private Future<Buffer> read(Piece slice) {
      Buffer content = file.content();
      return content != null
          ? Future.succeededFuture(content.slice((int) slice.first(), (int) slice.last() + 1))
          : PulledFile.fetch(backend, ctx, file.found(), slice);
    }
  }
}
