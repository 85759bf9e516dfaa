package dev.signalbox.ping.map;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.ping.ListMapLabelsReply;
import dev.signalbox.contracts.ping.MapPosterReply;
import dev.signalbox.contracts.ping.MapPosterRequest;
import dev.signalbox.contracts.ping.MapTheme;
import dev.signalbox.contracts.ping.MapTileReply;
import dev.signalbox.contracts.ping.MapTileRequest;
import dev.signalbox.ping.map.MapStorage.Cursor;
import dev.signalbox.ping.map.MapStorage.Edition;
import dev.signalbox.ping.map.MapStorage.StoredBlock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tiles of the map. It is filled from storage in the background, slice by slice, and then looks
 * every second for what changed, on this replica or another; tiles asked for before it is filled
 * show what is known by then.
 */
public final class MapTiles {

  private static final Logger LOG = LoggerFactory.getLogger(MapTiles.class);
  private static final int SLICE = 256;
  private static final int CHANGES_AT_ONCE = 1_024;
  private static final long LOOK_INTERVAL_MS = 1_000;

  private static final long CACHE_BYTES = 32L << 20;
  private static final int ETAG_BYTES = 16;

  private final Vertx vertx;
  private final MapStorage storage;
  private final CensusMap map = new CensusMap();
  private final long[] seen = new long[CensusMap.BLOCKS];
  private final TileRenderer renderer = new TileRenderer(map);
  private final ListMapLabelsReply labels;
  private final MapPosters posters;

  /** The map is filled, and what changed meanwhile is in it. */
  private final Promise<Void> lookedOnce = Promise.promise();

  private final Cache<Key, CachedTile> cache =
      Caffeine.newBuilder()
          .maximumWeight(CACHE_BYTES)
          .weigher((Key key, CachedTile tile) -> tile.png.bytes().length)
          .build();
  private final ConcurrentMap<Drawing, Future<CachedTile>> drawings = new ConcurrentHashMap<>();

  /** The newest change that a look has come to. */
  private volatile long newest;

  /**
   * Changes before this time are in the map. Filling leaves it alone, so that the first look goes
   * over all blocks and finds those that changed after their slice was read.
   */
  private volatile long lookedUntil;

  /** The edition of what the map is filled with, or being filled; null before the first. */
  private volatile @Nullable Edition edition;

  /** Blocks below this have been read. */
  private int filled;

  private long timer;
  private volatile boolean closed;
  private volatile Future<Void> running = Future.succeededFuture();

  private record Key(int z, int x, int y, MapTheme theme) {}

  /**
   * A tile as it is to be drawn.
   *
   * @param round the round that it shows, in which the version counts
   */
  private record Drawing(Key key, int round, int version) {}

  private record CachedTile(Drawing drawing, Binary png, String etag) {}

  MapTiles(Vertx vertx, MapStorage storage) {
    this.vertx = vertx;
    this.storage = storage;
    BlockNames names = BlockNames.read();
    labels = MapLabels.of(names);
    posters =
        new MapPosters(
            vertx,
            map,
            new PosterRenderer(map, names)::png,
            () -> newest,
            this::round,
            System::nanoTime);
  }

  /**
   * Opens the map of a ledger and begins to fill it.
   *
   * @param storage must be usable until the map is closed
   */
  public static MapTiles open(Vertx vertx, MapStorage storage) {
    MapTiles tiles = new MapTiles(vertx, storage);
    tiles.lookAndGoOn();
    return tiles;
  }

  /** Completes when what was being read has been; nothing is read after it. */
  public Future<Void> close() {
    closed = true;
    vertx.cancelTimer(timer);
    lookedOnce.tryFail("the map is closed");
    return running.otherwiseEmpty();
  }

  /** A tile, or that the caller's is still the newest. */
  public Future<MapTileReply> tile(MapTileRequest request) {
    Key key = new Key(request.z(), request.x(), request.y(), request.theme());
    // Before the data: see CensusMap.
    Drawing drawing = new Drawing(key, round(), map.version(key.z, key.x, key.y));
    CachedTile cached = cache.getIfPresent(key);
    Future<CachedTile> tile =
        cached != null && cached.drawing.equals(drawing)
            ? Future.succeededFuture(cached)
            : drawn(drawing);
    return tile.map(found ->
        found.etag.equals(request.etag())
            ? new MapTileReply.NotModified(found.etag)
            : new MapTileReply.Tile(found.png, found.etag));
  }

  /** Draws a tile once for all who ask for it meanwhile, as pages do that hear of a change. */
  private Future<CachedTile> drawn(Drawing drawing) {
    Promise<CachedTile> promise = Promise.promise();
    Future<CachedTile> underWay = drawings.putIfAbsent(drawing, promise.future());
    if (underWay != null) {
      return underWay;
    }
    render(drawing)
        .onSuccess(tile -> cache.put(drawing.key, tile))
        .onComplete(tile -> {
          drawings.remove(drawing);
          promise.handle(tile);
        });
    return promise.future();
  }

  /** The names on the map. */
  public ListMapLabelsReply labels() {
    return labels;
  }

  /**
   * The whole map as a poster, or that the caller's is still the newest. Unlike tiles it waits
   * until the map is filled; fails as overloaded while another is drawn.
   */
  public Future<MapPosterReply> poster(MapPosterRequest request) {
    return lookedOnce.future().compose(filled -> posters.poster(request));
  }

  Vertx vertx() {
    return vertx;
  }

  /** Takes in what changed since the last look; completes when it has. */
  Future<Void> look() {
    // Before the changes, which then has all that are older.
    return storage
        .horizon()
        .compose(
            horizon -> look(new Cursor(lookedUntil, -1)).onSuccess(_ -> lookedUntil = horizon));
  }

  /**
   * Reads what is not read yet of the whole ledger, slice by slice; all of it again in another
   * edition. A new round changes all blocks in one transaction, however late it commits.
   */
  Future<Void> fill() {
    return storage
        .edition()
        .compose(present -> {
          if (!present.equals(edition)) {
            filled = 0;
            // Before the data: what is drawn meanwhile is drawn again when its blocks change.
            edition = present;
          }
          return fillRest();
        });
  }

  private Future<Void> fillRest() {
    if (closed || filled >= CensusMap.BLOCKS) {
      return Future.succeededFuture();
    }
    int from = filled;
    return storage
        .blocks(from, from + SLICE)
        .compose(blocks -> takeIn(from, from + SLICE, blocks))
        .compose(taken -> {
          filled = from + SLICE;
          return fillRest();
        });
  }

  /** The round that the map shows; 0 before it is known. */
  private int round() {
    Edition shown = edition;
    return shown == null ? 0 : shown.round();
  }

  private Future<CachedTile> render(Drawing drawing) {
    Key key = drawing.key;
    boolean needsResults = key.z >= TileRenderer.FIRST_ZOOM_OF_RESULTS;
    int first = TileRenderer.firstBlock(key.z, key.x, key.y);
    int blocks = TileRenderer.blocks(key.z);
    Future<List<StoredBlock>> stored =
        needsResults ? storage.blocks(first, first + blocks) : Future.succeededFuture(List.of());
    return stored
        .compose(found ->
            vertx.executeBlocking(
                () -> {
                  Map<Integer, byte[]> results = new HashMap<>();
                  for (StoredBlock block : found) {
                    byte[] bitmap = block.bitmap();
                    if (bitmap != null) {
                      results.put(block.index(), bitmap);
                    }
                  }
                  byte[] png = renderer.png(key.z, key.x, key.y, key.theme, results);
                  return new CachedTile(drawing, new Binary(png), etag(drawing.round, png));
                },
                false))
        .map(Objects::requireNonNull);
  }

  private Future<Void> look(Cursor cursor) {
    if (closed) {
      return Future.succeededFuture();
    }
    return storage
        .changedAfter(cursor, CHANGES_AT_ONCE)
        .compose(changes -> {
          if (changes.isEmpty()) {
            return Future.succeededFuture();
          }
          List<Integer> indices =
              changes.stream()
                  .filter(change ->
                      seen[change.index()] != change.updatedAt()
                          || map.status(change.index()) != change.status())
                  .map(StoredBlock::index)
                  .toList();
          StoredBlock last = changes.getLast();
          return (indices.isEmpty()
                  ? Future.<Void>succeededFuture()
                  : storage.blocks(indices).compose(blocks -> takeIn(0, 0, blocks)))
              .compose(all -> {
                newest = Math.max(newest, last.updatedAt());
                return changes.size() < CHANGES_AT_ONCE
                    ? Future.succeededFuture()
                    : look(new Cursor(last.updatedAt(), last.index()));
              });
        });
  }

  /**
   * Counting is too long for an event loop; one after the other, never two.
   *
   * @param from of these blocks all are there; others of the range are none
   */
  private Future<Void> takeIn(int from, int end, List<StoredBlock> blocks) {
    return vertx
        .<@Nullable Void>executeBlocking(() -> {
          int next = from;
          for (StoredBlock block : blocks) {
            if (from < end) {
              outside(next, block.index());
              next = block.index() + 1;
            }
            map.changed(block.index(), block.status(), block.bitmap());
            seen[block.index()] = block.updatedAt();
          }
          outside(next, end);
          return null;
        })
        .mapEmpty();
  }

  private void outside(int from, int end) {
    for (int index = from; index < end; index++) {
      map.changed(index, CensusMap.OUTSIDE, null);
    }
  }

  private void lookLater() {
    if (!closed) {
      timer = vertx.setTimer(LOOK_INTERVAL_MS, due -> lookAndGoOn());
    }
  }

  private void lookAndGoOn() {
    running =
        fill()
            .compose(all -> look())
            .onSuccess(all -> lookedOnce.tryComplete())
            .onFailure(e -> LOG.warn("Cannot update the map; retrying: {}", e.toString()))
            .onComplete(done -> lookLater());
  }

  /** Names the content of an image and the round it shows. */
  static String etag(int round, byte[] png) {
    byte[] shown = (round + "\0").getBytes(StandardCharsets.US_ASCII);
    return HexFormat.of().formatHex(Sha256.of(shown, png), 0, ETAG_BYTES);
  }
}
