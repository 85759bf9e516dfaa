package dev.signalbox.ping.map;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.MapPosterReply;
import dev.signalbox.contracts.ping.MapPosterRequest;
import dev.signalbox.contracts.ping.MapTheme;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The posters of the map. One at a time is drawn, which takes a core for seconds; requests for the
 * same one meanwhile share it, and a request for the other gets the poster drawn before or is
 * refused. Each is drawn once a minute at most while its round goes on, and once when it is done.
 */
final class MapPosters {

  /** How long a poster may show what was. */
  static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final CensusMap map;
  private final Renderer renderer;
  private final LongSupplier newest;
  private final IntSupplier round;
  private final LongSupplier nanoTime;
  private final Cache<MapTheme, CachedPoster> cache =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();
  private final AtomicReference<@Nullable Drawing> drawing = new AtomicReference<>();

  /** Draws a poster, as {@link PosterRenderer#png}. */
  interface Renderer {
    byte[] png(MapTheme theme, long newest);
  }

  /**
   * A poster that was drawn.
   *
   * @param version of the map in its round
   * @param nanos when it was begun to be drawn
   */
  private record CachedPoster(int round, int version, long nanos, Binary png, String etag) {}

  private record Drawing(MapTheme theme, int round, Future<CachedPoster> poster) {}

  /**
   * @param newest when the ledger last changed, as {@link PosterRenderer#png} takes it
   * @param round the round that the map shows
   * @param nanoTime as {@link System#nanoTime}
   */
  MapPosters(
      Vertx vertx,
      CensusMap map,
      Renderer renderer,
      LongSupplier newest,
      IntSupplier round,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.map = map;
    this.renderer = renderer;
    this.newest = newest;
    this.round = round;
    this.nanoTime = nanoTime;
  }

  Future<MapPosterReply> poster(MapPosterRequest request) {
    return poster(request.theme())
        .map(poster -> {
          int maxAge = maxAgeSeconds(poster);
          return poster.etag.equals(request.etag())
              ? new MapPosterReply.NotModified(poster.etag, maxAge)
              : new MapPosterReply.Poster(poster.png, poster.etag, maxAge);
        });
  }

  /** Rounded down: no client keeps a poster for longer than this process does. */
  private int maxAgeSeconds(CachedPoster poster) {
    long left = INTERVAL.toNanos() - (nanoTime.getAsLong() - poster.nanos);
    return (int) Math.max(0, TimeUnit.NANOSECONDS.toSeconds(left));
  }

  private Future<CachedPoster> poster(MapTheme theme) {
    // Before the data: see CensusMap.
    int shown = round.getAsInt();
    int version = map.version(0, 0, 0);
    long now = nanoTime.getAsLong();
    CachedPoster cached = cache.getIfPresent(theme);
    boolean ofRound = cached != null && cached.round == shown;
    if (cached != null
        && ofRound
        && (cached.version == version || now - cached.nanos < INTERVAL.toNanos())) {
      return Future.succeededFuture(cached);
    }
    Promise<CachedPoster> drawn = Promise.promise();
    Drawing other = drawing.compareAndExchange(null, new Drawing(theme, shown, drawn.future()));
    if (other != null) {
      if (other.theme == theme && other.round == shown) {
        return other.poster;
      }
      return cached != null && ofRound
          ? Future.succeededFuture(cached)
          : Future.failedFuture(
              new ServiceException(ErrorCode.OVERLOADED, "Another poster is being drawn; retry"));
    }
    vertx
        .executeBlocking(
            () -> {
              byte[] png = renderer.png(theme, newest.getAsLong());
              return new CachedPoster(
                  shown, version, now, new Binary(png), MapTiles.etag(shown, png));
            },
            false)
        .map(Objects::requireNonNull)
        .onSuccess(poster -> cache.put(theme, poster))
        .onComplete(done -> {
          drawing.set(null);
          drawn.handle(done);
        });
    return drawn.future();
  }
}
