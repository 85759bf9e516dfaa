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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The posters of the map. One at a time is drawn, which takes a core for seconds; whoever asks for
 * the same one meanwhile gets it too, whoever asks for the other is refused.
 */
final class MapPosters {

  private static final Duration KEPT = Duration.ofMinutes(10);

  private final Vertx vertx;
  private final CensusMap map;
  private final Renderer renderer;
  private final LongSupplier newest;
  private final Cache<MapTheme, CachedPoster> cache =
      Caffeine.newBuilder().expireAfterAccess(KEPT).build();
  private final AtomicReference<@Nullable Drawing> drawing = new AtomicReference<>();

  /** Draws a poster, as {@link PosterRenderer#png}. */
  interface Renderer {
    byte[] png(MapTheme theme, long newest);
  }

  private record CachedPoster(int version, Binary png, String etag) {}

  private record Drawing(MapTheme theme, Future<CachedPoster> poster) {}

  /**
   * @param newest when the ledger last changed, as {@link PosterRenderer#png} takes it
   */
  MapPosters(Vertx vertx, CensusMap map, Renderer renderer, LongSupplier newest) {
    this.vertx = vertx;
    this.map = map;
    this.renderer = renderer;
    this.newest = newest;
  }

  Future<MapPosterReply> poster(MapPosterRequest request) {
    return poster(request.theme())
        .map(poster ->
            poster.etag.equals(request.etag())
                ? new MapPosterReply.NotModified(poster.etag)
                : new MapPosterReply.Poster(poster.png, poster.etag));
  }

  private Future<CachedPoster> poster(MapTheme theme) {
    // Before the data: see CensusMap.
    int version = map.version(0, 0, 0);
    CachedPoster cached = cache.getIfPresent(theme);
    if (cached != null && cached.version == version) {
      return Future.succeededFuture(cached);
    }
    Promise<CachedPoster> drawn = Promise.promise();
    Drawing other = drawing.compareAndExchange(null, new Drawing(theme, drawn.future()));
    if (other != null) {
      return other.theme == theme
          ? other.poster
          : Future.failedFuture(
              new ServiceException(ErrorCode.OVERLOADED, "Another poster is being drawn; retry"));
    }
    vertx
        .executeBlocking(
            () -> {
              byte[] png = renderer.png(theme, newest.getAsLong());
              return new CachedPoster(version, new Binary(png), MapTiles.etag(png));
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
