package dev.signalbox.ping.map;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.MapPosterReply;
import dev.signalbox.contracts.ping.MapPosterRequest;
import dev.signalbox.contracts.ping.MapTheme;
import dev.signalbox.contracts.ping.MapTileReply;
import dev.signalbox.contracts.ping.MapTileRequest;
import dev.signalbox.ping.map.MapStorage.Edition;
import dev.signalbox.ping.map.MapStorage.StoredBlock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class MapTilesTest {

  private final FakeStorage storage = new FakeStorage();
  private final Random random = new Random(5);
  private MapTiles tiles;

  @BeforeEach
  void fill(Vertx vertx) {
    for (int i = 0; i < 400; i++) {
      storage.put(random.nextInt(CensusMap.BLOCKS), random.nextInt(4), random);
    }
    tiles = new MapTiles(vertx, storage);
    await(tiles.fill());
  }

  @Test
  void givenRandomResults_whenTilesOfEachZoomAreDrawn_thenEachPixelIsWhatItsAddressesSay()
      throws Exception {
    for (int zoom = 0; zoom <= 8; zoom++) {
      int address = storage.blocks.lastKey() << 16;
      int x = Hilbert.column(16, address) >> (16 - zoom);
      int y = Hilbert.row(16, address) >> (16 - zoom);
      byte[] png = tile(zoom, x, y, null).png().bytes();
      var image = ImageIO.read(new ByteArrayInputStream(png));
      assertThat(image.getWidth()).isEqualTo(256);
      for (int i = 0; i < 300; i++) {
        int px = random.nextInt(256);
        int py = random.nextInt(256);
        int entry = expected(zoom, x * 256 + px, y * 256 + py);
        assertThat(image.getRGB(px, py))
            .as("zoom %s pixel %s %s", zoom, px, py)
            .isEqualTo(Palette.of(MapTheme.DARK).getRGB(entry));
      }
    }
  }

  @Test
  void givenATileOfTheCaller_whenNothingChanged_thenItIsNotSentAgain() {
    String etag = tile(2, 1, 3, null).etag();

    assertThat(await(tiles.tile(new MapTileRequest(2, 1, 3, MapTheme.DARK, etag))))
        .isEqualTo(new MapTileReply.NotModified(etag));
  }

  @Test
  void givenManyWhoAskAtOnce_whenATileIsNotKept_thenItIsDrawnOnceForAll(Vertx vertx) {
    int before = storage.reads;
    Promise<List<Future<MapTileReply>>> asked = Promise.promise();

    // On one event loop, as calls come: there a drawing cannot end between a look and the next.
    vertx.runOnContext(_ ->
        asked.complete(
            IntStream.range(0, 100)
                .mapToObj(i -> tiles.tile(new MapTileRequest(8, 0, 0, MapTheme.LIGHT, null)))
                .toList()));

    assertThat(await(asked.future()).stream().map(tile -> await(tile)).distinct()).hasSize(1);
    assertThat(storage.reads).isEqualTo(before + 1);
  }

  @Test
  void givenRandomChanges_whenLookedAgain_thenOnlyTilesThatShowThemChange() {
    for (int i = 0; i < 60; i++) {
      int block = random.nextInt(CensusMap.BLOCKS);
      int other = block ^ (1 << random.nextInt(16));
      for (int zoom : new int[] {0, 3, 5, 8}) {
        String before = etagOf(zoom, block);
        String otherBefore = etagOf(zoom, other);
        int status = random.nextInt(4);
        storage.put(block, status, random);

        await(tiles.look());

        boolean shared = block >> (16 - 2 * zoom) == other >> (16 - 2 * zoom);
        assertThat(etagOf(zoom, block)).isEqualTo(fresh(zoom, block));
        if (!shared) {
          assertThat(etagOf(zoom, other)).isEqualTo(otherBefore);
        } else {
          assertThat(etagOf(zoom, other)).isEqualTo(etagOf(zoom, block));
        }
        assertThat(before).isNotEmpty();
      }
    }
  }

  @Test
  void givenBlocksThatAreLeftOut_whenLookedAgain_thenTheyAreOutsideTheCensus() {
    int block = storage.blocks.firstKey();
    storage.blocks.remove(block);
    storage.edition = new Edition(1, 1);

    await(tiles.fill());

    for (int zoom : new int[] {0, 3, 5, 8}) {
      assertThat(etagOf(zoom, block)).isEqualTo(fresh(zoom, block));
    }
  }

  @Test
  void givenABlock_whenItChanges_thenExactlyItsNineTilesGetANewVersion() {
    CensusMap map = new CensusMap();

    map.changed(0x1234, 1, null);

    int changed = 0;
    for (int zoom = 0; zoom <= 8; zoom++) {
      for (int x = 0; x < 1 << zoom; x++) {
        for (int y = 0; y < 1 << zoom; y++) {
          changed += map.version(zoom, x, y);
        }
      }
    }
    assertThat(changed).isEqualTo(9);
    assertThat(map.changed(0x1234, 1, null)).isFalse();
  }

  @Test
  void givenAFailedRead_whenFilledAgain_thenTheWholeMapIsThere(Vertx vertx) {
    String whole = tile(0, 0, 0, null).etag();
    tiles = new MapTiles(vertx, storage);
    storage.failures = 1;
    assertThat(tiles.fill().failed()).isTrue();

    await(tiles.fill());

    assertThat(tile(0, 0, 0, null).etag()).isEqualTo(whole);
  }

  @Test
  void givenAChangeOfABlockReadBefore_whenFillingEnds_thenTheFirstLookFindsIt(Vertx vertx) {
    storage.put(7, 0, random);
    MapTiles late = new MapTiles(vertx, storage);
    await(late.fill());
    storage.put(7, 1, random);
    // Long after, and read by the same filling.
    storage.now += 60_000;
    storage.put(60_000, 1, random);
    await(late.look());
    tiles = late;

    assertThat(etagOf(0, 7)).isEqualTo(fresh(0, 7));
  }

  @Test
  void givenAMapThatIsNotFilled_whenAPosterIsAskedFor_thenItWaitsUntilAllIsThere(Vertx vertx)
      throws Exception {
    storage.put(0xDFFF, 1, random);
    MapTiles opened = MapTiles.open(vertx, storage);

    MapPosterReply.Poster poster =
        (MapPosterReply.Poster) await(opened.poster(new MapPosterRequest(MapTheme.LIGHT, null)));

    var image = ImageIO.read(new ByteArrayInputStream(poster.png().bytes()));
    int part = 0xDFFF * 256 + 100;
    assertThat(image.getRGB(Hilbert.column(12, part), Hilbert.row(12, part)))
        .isEqualTo(Palette.of(MapTheme.LIGHT).getRGB(1));
    await(opened.close());
  }

  @Test
  void givenAMapThatIsNeverFilled_whenItIsClosed_thenWhoWaitsForAPosterIsTold(Vertx vertx) {
    storage.failures = Integer.MAX_VALUE;
    MapTiles opened = MapTiles.open(vertx, storage);
    Future<MapPosterReply> poster = opened.poster(new MapPosterRequest(MapTheme.LIGHT, null));

    await(opened.close());

    assertThat(poster.failed()).isTrue();
  }

  @Test
  void givenATransactionThatCommitsLate_whenNewerChangesWereSeen_thenItsChangeIsFoundToo() {
    await(tiles.look());
    storage.delay = 20_000; // it has run for so long when the next look begins
    storage.now += 20_000;
    storage.put(9, 1, random);
    await(tiles.look());
    storage.blocks.put(7, new StoredBlock(7, 1, storage.now - 19_000, null));
    storage.delay = 0;

    await(tiles.look());

    assertThat(etagOf(0, 7)).isEqualTo(fresh(0, 7));
  }

  @Test
  void givenASteadyCensus_whenLookedEverySecond_thenAChangeIsReadTwiceAtMost() {
    storage.delay = 1_000;
    storage.now += 10_000;
    await(tiles.look());
    storage.rowsOfChanges = 0;

    for (int second = 0; second < 30; second++) {
      long end = storage.now + 1_000;
      for (int i = 0; i < 20; i++) {
        storage.now += 45;
        storage.put(random.nextInt(CensusMap.BLOCKS), 1, random);
      }
      storage.now = end;
      await(tiles.look());
    }

    assertThat(storage.rowsOfChanges).isBetween(600, 1_200);
  }

  @Test
  void givenNothingNew_whenLookedAgain_thenNothingIsRead() {
    await(tiles.look());
    storage.now += 1;
    await(tiles.look());
    storage.rowsOfChanges = 0;

    await(tiles.look());

    assertThat(storage.rowsOfChanges).isZero();
  }

  @Test
  void givenATileDrawnJustBeforeARoundBegan_whenItIsSeen_thenTheTileOfTheCallerIsNotCurrent() {
    await(tiles.look());
    int block = storage.blocks.firstKey();
    int column = Hilbert.column(16, block << 16) >> 8;
    int row = Hilbert.row(16, block << 16) >> 8;
    String before = tile(8, column, row, null).etag();
    String outside = tile(8, 0, 0, null).etag();
    // In one transaction, whose time is long over when it commits.
    storage.blocks.replaceAll(
        (index, old) -> new StoredBlock(index, 0, old.updatedAt() - 60_000, null));
    storage.edition = new Edition(2, 0);

    await(tiles.fill());
    await(tiles.look());

    assertThat(tile(8, column, row, before).etag()).isEqualTo(fresh(8, block)).isNotEqualTo(before);
    assertThat(tile(8, 0, 0, outside).etag()).isNotEqualTo(outside);
    assertThat(etagOf(0, block)).isEqualTo(fresh(0, block));
  }

  private MapTileReply.Tile tile(int zoom, int x, int y, @Nullable String etag) {
    return (MapTileReply.Tile)
        await(tiles.tile(new MapTileRequest(zoom, x, y, MapTheme.DARK, etag)));
  }

  private String etagOf(int zoom, int block) {
    int column = Hilbert.column(16, block << 16) >> (16 - zoom);
    int row = Hilbert.row(16, block << 16) >> (16 - zoom);
    return tile(zoom, column, row, null).etag();
  }

  /** The tile's etag on a map that is filled just now. */
  private String fresh(int zoom, int block) {
    MapTiles before = tiles;
    tiles = new MapTiles(before.vertx(), storage);
    try {
      await(tiles.fill());
      return etagOf(zoom, block);
    } finally {
      tiles = before;
    }
  }

  private int expected(int zoom, int column, int row) {
    int bits = 16 - 2 * zoom;
    long first = Integer.toUnsignedLong(Hilbert.place(zoom + 8, column, row)) << bits;
    StoredBlock block = storage.blocks.get((int) (first >> 16));
    if (block == null) {
      return CensusMap.OUTSIDE;
    }
    byte[] bitmap = block.bitmap();
    if (bitmap == null) {
      return block.status();
    }
    int answered = 0;
    for (long address = first; address < first + (1L << bits); address++) {
      int offset = (int) address & 0xFFFF;
      answered += (bitmap[offset / 8] >> (7 - offset % 8)) & 1;
    }
    return Palette.density(answered, 1 << bits);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(20, SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static final class FakeStorage implements MapStorage {

    private final TreeMap<Integer, StoredBlock> blocks = new TreeMap<>();
    private long now = 1_000_000;
    private Edition edition = new Edition(1, 0);

    /** How long before the newest change others may still come. */
    private long delay;

    private int failures;
    private int reads;
    private int rowsOfChanges;

    void put(int index, int status, Random random) {
      byte[] bitmap = null;
      if (status == CensusMap.DONE) {
        bitmap = new byte[CensusMap.BITMAP_BYTES];
        for (int i = random.nextInt(2_000); i > 0; i--) {
          bitmap[random.nextInt(bitmap.length)] |= (byte) (1 << random.nextInt(8));
        }
      }
      blocks.put(index, new StoredBlock(index, status, ++now, bitmap));
    }

    @Override
    public Future<List<StoredBlock>> blocks(int from, int end) {
      reads++;
      if (failures > 0) {
        failures--;
        return Future.failedFuture("the database is away");
      }
      return Future.succeededFuture(List.copyOf(blocks.subMap(from, end).values()));
    }

    @Override
    public Future<List<StoredBlock>> blocks(List<Integer> indices) {
      return Future.succeededFuture(
          indices.stream().map(blocks::get).filter(Objects::nonNull).toList());
    }

    @Override
    public Future<Edition> edition() {
      return Future.succeededFuture(edition);
    }

    @Override
    public Future<Long> horizon() {
      return Future.succeededFuture(now - delay);
    }

    @Override
    public Future<List<StoredBlock>> changedAfter(Cursor cursor, int limit) {
      List<StoredBlock> changes = new ArrayList<>();
      blocks.values().stream()
          .filter(block ->
              block.updatedAt() > cursor.updatedAt()
                  || (block.updatedAt() == cursor.updatedAt() && block.index() > cursor.index()))
          .sorted(
              Comparator.comparingLong(StoredBlock::updatedAt).thenComparingInt(StoredBlock::index))
          .limit(limit)
          .forEach(block ->
              changes.add(new StoredBlock(block.index(), block.status(), block.updatedAt(), null)));
      rowsOfChanges += changes.size();
      return Future.succeededFuture(changes);
    }
  }
}
