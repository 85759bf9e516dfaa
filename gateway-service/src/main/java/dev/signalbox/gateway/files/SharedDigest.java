package dev.signalbox.gateway.files;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One digest, which all requests that wait for it share. Each of them waits for a permit of its own
 * client, so none waits in another's queue; the first that has one begins for all. When that one
 * leaves, the next reads on where it was. Belongs to one event loop.
 */
final class SharedDigest {

  private static final int SLICE_BYTES = 1 << 20;

  private final Vertx vertx;
  private final Backend backend;
  private final DigestPermits permits;
  private final Piece piece;
  private final MessageDigest digest;
  private final Promise<String> result = Promise.promise();
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();
  private DigestPermits.@Nullable Permit permit;
  private long offset;

  /** A request that waits for it, by whose calls a slice may be read. */
  private static final class Subscriber {
    private final RoutingContext ctx;
    private final PreparedFile file;
    private final DigestWait wait;
    private final Promise<String> promise = Promise.promise();
    private DigestPermits.@Nullable Permit queued;

    Subscriber(RoutingContext ctx, PreparedFile file) {
      this.ctx = ctx;
      this.file = file;
      this.wait = DigestWait.of(ctx);
    }

    /** It waits in no queue any more. */
    void stopWaiting() {
      wait.stop();
      DigestPermits.Permit left = queued;
      queued = null;
      if (left != null) {
        left.release();
      }
    }
  }

  /**
   * A digest of a piece that nobody waits for yet.
   *
   * @param algorithm of RFC 9530
   */
  SharedDigest(Vertx vertx, Backend backend, DigestPermits permits, Piece piece, String algorithm) {
    this.vertx = vertx;
    this.backend = backend;
    this.permits = permits;
    this.piece = piece;
    this.digest = Objects.requireNonNull(UploadDigests.digest(algorithm));
    this.offset = piece.first();
  }

  /** Completes when it is computed, or fails for all that wait for it. */
  Future<String> result() {
    return result.future();
  }

  /**
   * Waits for it.
   *
   * @param file the version that it is of
   * @return the digest in base64; fails with {@code RefusedException} when there is no permit in
   *     time, with {@link StaleFileException} when the file is not that version
   */
  Future<String> join(RoutingContext ctx, PreparedFile file) {
    if (result.future().isComplete()) {
      return result.future();
    }
    Subscriber subscriber = new Subscriber(ctx, file);
    subscribers.add(subscriber);
    RequestScope.of(ctx)
        .onEnd(
            () -> leave(subscriber, new ServiceException(ErrorCode.CANCELLED, "the client left")));
    // The request may have ended already.
    if (permit == null && subscribers.contains(subscriber)) {
      DigestPermits.Permit queued =
          permits.acquire(
              Requests.clientAddress(ctx),
              (ContextInternal) vertx.getOrCreateContext(),
              subscriber.wait.begin());
      subscriber.queued = queued;
      queued
          .granted()
          .onSuccess(_ -> begin(subscriber))
          .onFailure(refusal -> leave(subscriber, refusal));
    }
    return subscriber.promise.future();
  }

  private void begin(Subscriber first) {
    if (first.queued == null || permit != null) {
      first.stopWaiting();
      return;
    }
    permit = first.queued;
    first.queued = null;
    subscribers.forEach(Subscriber::stopWaiting);
    next();
  }

  private void leave(Subscriber subscriber, Throwable why) {
    if (!subscribers.remove(subscriber)) {
      return;
    }
    subscriber.stopWaiting();
    subscriber.promise.fail(why);
    if (subscribers.isEmpty()) {
      end(Future.failedFuture(why));
    }
  }

  private void next() {
    if (result.future().isComplete()) {
      return;
    }
    if (offset > piece.last()) {
      end(Future.succeededFuture(Base64.getEncoder().encodeToString(digest.digest())));
      return;
    }
    Piece slice = new Piece(offset, Math.min(piece.last(), offset + SLICE_BYTES - 1));
    Subscriber reader = subscribers.iterator().next();
    read(reader, slice)
        .onSuccess(bytes -> update(bytes, slice.last() + 1))
        .onFailure(failure -> {
          if (subscribers.contains(reader) || failure instanceof StaleFileException) {
            end(Future.failedFuture(failure));
          } else {
            next(); // Its client has left; the next one reads the same slice.
          }
        });
  }

  private Future<Buffer> read(Subscriber reader, Piece slice) {
    Buffer content = reader.file.content();
    return content != null
        ? Future.succeededFuture(content.slice((int) slice.first(), (int) slice.last() + 1))
        : PulledFile.fetch(backend, reader.ctx, reader.file.found(), slice);
  }

  private void update(Buffer bytes, long end) {
    vertx
        .executeBlocking(
            () -> {
              digest.update(bytes.getBytes());
              return true;
            },
            false)
        .onSuccess(_ -> {
          offset = end;
          next();
        })
        .onFailure(failure -> end(Future.failedFuture(failure)));
  }

  private void end(Future<String> outcome) {
    if (result.future().isComplete()) {
      return;
    }
    outcome.onComplete(result);
    if (permit != null) {
      permit.release();
    }
    List<Subscriber> all = List.copyOf(subscribers);
    subscribers.clear();
    all.forEach(subscriber -> {
      subscriber.stopWaiting();
      outcome.onComplete(subscriber.promise);
    });
  }
}
