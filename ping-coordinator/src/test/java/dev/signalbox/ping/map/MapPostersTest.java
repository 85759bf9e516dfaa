package dev.signalbox.ping.map;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ListMapLabelsReply.Label;
import dev.signalbox.contracts.ping.MapPosterReply;
import dev.signalbox.contracts.ping.MapPosterRequest;
import dev.signalbox.contracts.ping.MapTheme;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Posters, and the names on them. */
@ExtendWith(VertxExtension.class)
class MapPostersTest {

  private static final int PARTS = 256;
  private static final List<Label> INSIDE =
      MapLabels.of(BlockNames.read()).labels().stream()
          .filter(label -> label.width() < 256)
          .toList();

  private final CensusMap map = new CensusMap();
  private final BlockNames names = BlockNames.read();
  private final Random random = new Random(7);
  private final AtomicInteger drawn = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private volatile int round = 1;

  @BeforeEach
  void fill() {
    for (int block = 0; block < 0xE000; block++) {
      int status = random.nextInt(5);
      byte[] bitmap = null;
      if (status == CensusMap.DONE) {
        bitmap = new byte[CensusMap.BITMAP_BYTES];
        for (int i = random.nextInt(200); i > 0; i--) {
          bitmap[random.nextInt(bitmap.length)] |= (byte) (1 << random.nextInt(8));
        }
      }
      map.changed(block, status, bitmap);
    }
  }

  private static Font noFonts(int style, int size) {
    throw new InternalError("java.lang.reflect.InvocationTargetException: no fontconfig");
  }

  private MapPosters posters(Vertx vertx, LongSupplier newest) {
    return new MapPosters(vertx, map, this::countedPng, newest, () -> round, () -> nanos.get());
  }

  /** Posters that say when they are begun to be drawn, and wait then. */
  private MapPosters heldPosters(Vertx vertx, CountDownLatch begun, CountDownLatch goOn) {
    return posters(
        vertx,
        () -> {
          begun.countDown();
          awaitLatch(goOn);
          return 1;
        });
  }

  private static MapPosterReply.Poster poster(MapPosters posters, MapTheme theme) {
    return (MapPosterReply.Poster) await(posters.poster(new MapPosterRequest(theme, null)));
  }

  private void change() {
    map.changed(0x0101, map.status(0x0101) == 1 ? 3 : 1, null);
  }

  /** In place of a poster: another one each time. */
  private byte[] countedPng(MapTheme theme, long newest) {
    return new byte[] {(byte) drawn.incrementAndGet(), (byte) newest};
  }

  private BufferedImage image(MapTheme theme, PosterRenderer renderer) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(renderer.png(theme, 1_700_000_000_000L)));
  }

  /** Whether lines are drawn over a place of the map. */
  private static boolean onLine(int x, int y) {
    return x % 256 == 0 || y % 256 == 0;
  }

  @ParameterizedTest
  @EnumSource(MapTheme.class)
  void givenNoFonts_whenAPosterIsDrawn_thenItHasAllBesidesLetters(MapTheme theme) throws Exception {
    BufferedImage image = image(theme, new PosterRenderer(map, names, MapPostersTest::noFonts));

    assertThat(image.getWidth()).isEqualTo(4_096);
    assertThat(image.getHeight()).isEqualTo(4_096);
    int compared = 0;
    while (compared < 50_000) {
      int part = random.nextInt(0xE000 * PARTS);
      int x = Hilbert.column(12, part);
      int y = Hilbert.row(12, part);
      int block = part / PARTS;
      // Networks inside a /8 have a frame.
      if (!onLine(x, y) && !names.isSpecial((long) block << 16, 16)) {
        int status = map.status(block);
        int entry = status == CensusMap.DONE ? Palette.density(map.answered(part, 1), 256) : status;
        assertThat(image.getRGB(x, y)).as("%s %s", x, y).isEqualTo(Palette.of(theme).getRGB(entry));
        compared++;
      }
    }
    assertThat(image.getRGB(PosterRenderer.PANEL_X + 20, 20))
        .isEqualTo(Palette.of(theme).getRGB(Palette.PAPER));
  }

  @Test
  void givenFonts_whenAPosterIsDrawn_thenItDiffersInLettersAlone() throws Exception {
    BufferedImage without =
        image(MapTheme.LIGHT, new PosterRenderer(map, names, MapPostersTest::noFonts));
    BufferedImage with = image(MapTheme.LIGHT, new PosterRenderer(map, names));

    int inPanel = 0;
    for (int y = 0; y < PosterRenderer.SIZE; y++) {
      for (int x = 0; x < PosterRenderer.SIZE; x++) {
        if (with.getRGB(x, y) != without.getRGB(x, y)) {
          boolean panel = x >= PosterRenderer.PANEL_X && y < PosterRenderer.PANEL_HEIGHT;
          inPanel += panel ? 1 : 0;
          assertThat(panel || nearALabel(x, y)).as("%s %s", x, y).isTrue();
        }
      }
    }
    // A machine that tests without fonts sees none of either.
    assertThat(inPanel == 0 || inPanel > 1_000).isTrue();
  }

  /** Names of /8s stand at their top, those of networks inside anywhere in their /8. */
  private static boolean nearALabel(int x, int y) {
    return (y % 256 >= 8 && y % 256 < 100)
        || INSIDE.stream()
            .anyMatch(label -> label.x() / 256 == x / 256 && label.y() / 256 == y / 256);
  }

  @Test
  void givenAPoster_whenNothingChanged_thenItIsNotDrawnAgain(Vertx vertx) {
    MapPosters posters = posters(vertx, () -> 1L);
    MapPosterReply.Poster first =
        (MapPosterReply.Poster) await(posters.poster(new MapPosterRequest(MapTheme.DARK, null)));

    MapPosterReply.Poster again =
        (MapPosterReply.Poster) await(posters.poster(new MapPosterRequest(MapTheme.DARK, null)));
    MapPosterReply known = await(posters.poster(new MapPosterRequest(MapTheme.DARK, first.etag())));

    assertThat(again.png()).isSameAs(first.png());
    assertThat(drawn).hasValue(1);
    assertThat(known).isEqualTo(new MapPosterReply.NotModified(first.etag(), 60));
  }

  @Test
  void givenAPoster_whenBlocksChange_thenItIsAnotherAfterAMinute(Vertx vertx) {
    MapPosters posters = posters(vertx, () -> 1L);
    MapPosterReply.Poster first = poster(posters, MapTheme.DARK);
    change();
    nanos.addAndGet(SECONDS.toNanos(59));

    assertThat(await(posters.poster(new MapPosterRequest(MapTheme.DARK, first.etag()))))
        .isEqualTo(new MapPosterReply.NotModified(first.etag(), 1));
    nanos.addAndGet(SECONDS.toNanos(1));
    change();

    assertThat(poster(posters, MapTheme.DARK).etag()).isNotEqualTo(first.etag());
    assertThat(poster(posters, MapTheme.DARK).maxAgeSeconds()).isEqualTo(60);
    assertThat(drawn).hasValue(2);
  }

  @Test
  void givenARoundThatIsDone_whenItsPosterIsAskedForEver_thenItIsDrawnOnce(Vertx vertx) {
    MapPosters posters = posters(vertx, () -> 1L);
    MapPosterReply.Poster first = poster(posters, MapTheme.DARK);
    nanos.addAndGet(HOURS.toNanos(100));

    assertThat(poster(posters, MapTheme.DARK))
        .isEqualTo(new MapPosterReply.Poster(first.png(), first.etag(), 0));
    assertThat(drawn).hasValue(1);
  }

  @Test
  void givenAPoster_whenARoundBegins_thenItIsNotShownAnyMore(Vertx vertx) {
    MapPosters posters = posters(vertx, () -> 1L);
    MapPosterReply.Poster first = poster(posters, MapTheme.DARK);

    round = 2;

    assertThat(await(posters.poster(new MapPosterRequest(MapTheme.DARK, first.etag()))))
        .isInstanceOf(MapPosterReply.Poster.class);
    assertThat(drawn).hasValue(2);
  }

  @Test
  void givenAPosterOfBefore_whenAnotherIsBeingDrawn_thenItIsShownRatherThanRefused(Vertx vertx) {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    MapPosters posters =
        posters(
            vertx,
            () -> {
              begun.countDown();
              if (begun.getCount() == 0) {
                awaitLatch(goOn);
              }
              return 1;
            });
    MapPosterReply.Poster dark = poster(posters, MapTheme.DARK);
    Future<MapPosterReply> light = posters.poster(new MapPosterRequest(MapTheme.LIGHT, null));
    awaitLatch(begun);
    change();
    nanos.addAndGet(SECONDS.toNanos(61));

    assertThat(poster(posters, MapTheme.DARK).etag()).isEqualTo(dark.etag());
    goOn.countDown();
    await(light);
  }

  @Test
  void givenAPosterBeingDrawn_whenMoreAreAskedFor_thenTheSameIsSharedAndAnotherIsRefused(
      Vertx vertx) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    MapPosters posters = heldPosters(vertx, begun, goOn);
    Future<MapPosterReply> first = posters.poster(new MapPosterRequest(MapTheme.LIGHT, null));
    awaitLatch(begun);

    Future<MapPosterReply> same = posters.poster(new MapPosterRequest(MapTheme.LIGHT, null));
    Future<MapPosterReply> other = posters.poster(new MapPosterRequest(MapTheme.DARK, null));
    goOn.countDown();

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> await(other))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.OVERLOADED);
    assertThat(await(same)).isEqualTo(await(first));
    assertThat(drawn).hasValue(1);
    assertThat(await(posters.poster(new MapPosterRequest(MapTheme.DARK, null)))).isNotNull();
  }

  @Test
  void givenAPosterBeingDrawn_whenARoundBegins_thenItIsNotThatOfTheRound(Vertx vertx) {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    MapPosters posters = heldPosters(vertx, begun, goOn);
    Future<MapPosterReply> old = posters.poster(new MapPosterRequest(MapTheme.LIGHT, null));
    awaitLatch(begun);
    round = 2;

    Future<MapPosterReply> now = posters.poster(new MapPosterRequest(MapTheme.LIGHT, null));
    goOn.countDown();

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> await(now))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.OVERLOADED);
    await(old);
    assertThat(poster(posters, MapTheme.LIGHT)).isNotEqualTo(await(old));
  }

  @Test
  void givenAPosterThatFails_whenAskedForAgain_thenItIsDrawn(Vertx vertx) {
    boolean[] failed = new boolean[1];
    MapPosters posters =
        posters(
            vertx,
            () -> {
              if (!failed[0]) {
                failed[0] = true;
                throw new IllegalStateException("once");
              }
              return 1;
            });
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> await(posters.poster(new MapPosterRequest(MapTheme.LIGHT, null))));

    assertThat(await(posters.poster(new MapPosterRequest(MapTheme.LIGHT, null)))).isNotNull();
  }

  @Test
  void givenTheRegistries_whenLabelled_thenEachNetworkHasTheRectangleOfItsAddresses() {
    var labels = MapLabels.of(names).labels();

    assertThat(labels).hasSize(256 + names.specials().size());
    assertThat(labels.get(1)).isEqualTo(new Label("1.0.0.0/8", "APNIC", false, 256, 0, 256, 256));
    assertThat(labels.get(10).special()).isTrue();
    for (int i = 0; i < labels.size(); i++) {
      var named = i < 256 ? names.octets().get(i) : names.specials().get(i - 256);
      Label label = labels.get(i);
      int parts = 1 << (24 - named.length());
      assertThat(label.network()).isEqualTo(named.network());
      assertThat(label.name()).isEqualTo(named.name());
      assertThat(label.width() * label.height()).isEqualTo(parts);
      for (int part = 0; part < parts; part += Math.max(1, parts / 64)) {
        int at = (int) (named.address() >> 8) + part;
        assertThat(Hilbert.column(12, at) - label.x()).isBetween(0, label.width() - 1);
        assertThat(Hilbert.row(12, at) - label.y()).isBetween(0, label.height() - 1);
      }
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(60, SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
