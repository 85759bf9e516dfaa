package dev.signalbox.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ListMapLabelsReply;
import dev.signalbox.contracts.ping.ListMapLabelsReply.Label;
import dev.signalbox.contracts.ping.MapPosterReply;
import dev.signalbox.contracts.ping.MapPosterRequest;
import dev.signalbox.contracts.ping.MapTheme;
import dev.signalbox.contracts.ping.MapTileReply;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles of the map over HTTP. */
class MapRoutesTest {

  private static final String MAP = "/api/v1/census/map";
  private static final String POSTER = "/api/v1/census/export.png";

  private static final byte[] LARGE = "0123456789abcdef".repeat(1 << 19).getBytes(UTF_8);

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "ping-coordinator",
                    endpoint ->
                        endpoint
                            .serve(
                                PingContract.LIST_MAP_LABELS,
                                (request, call) ->
                                    Future.succeededFuture(
                                        new ListMapLabelsReply(
                                            List.of(
                                                new Label(
                                                    "1.0.0.0/8",
                                                    "<b>APNIC</b>",
                                                    false,
                                                    256,
                                                    0,
                                                    256,
                                                    256)))))
                            .serve(PingContract.MAP_POSTER, (request, call) -> poster(request))
                            .serve(
                                PingContract.MAP_TILE,
                                (request, call) -> {
                                  String etag =
                                      "%s-%d-%d-%d"
                                          .formatted(
                                              request.theme() == MapTheme.DARK ? "d" : "l",
                                              request.z(),
                                              request.x(),
                                              request.y());
                                  return Future.succeededFuture(
                                      etag.equals(request.etag())
                                          ? new MapTileReply.NotModified(etag)
                                          : new MapTileReply.Tile(
                                              new Binary("png".getBytes(UTF_8)), etag));
                                }))));
  }

  private static Future<MapPosterReply> poster(MapPosterRequest request) {
    if (request.theme() == MapTheme.DARK) {
      return Future.failedFuture(new ServiceException(ErrorCode.OVERLOADED, "being drawn"));
    }
    return Future.succeededFuture(
        "p1".equals(request.etag())
            ? new MapPosterReply.NotModified("p1", 0)
            : new MapPosterReply.Poster(new Binary(LARGE), "p1", 42));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void givenATile_whenAskedFor_thenItComesWithItsEtag() {
    Reply tile = gateway.get(MAP + "/3/1/7.png?theme=dark");

    assertThat(tile.status()).isEqualTo(200);
    assertThat(tile.header("content-type")).isEqualTo("image/png");
    assertThat(tile.header("etag")).isEqualTo("\"d-3-1-7\"");
    assertThat(tile.header("cache-control")).isEqualTo("no-cache");
    assertThat(tile.body()).isEqualTo("png");
  }

  @Test
  void givenTheNewestTile_whenAskedForAgain_thenItIsNotSent() {
    Reply tile =
        gateway.send("main", "GET", MAP + "/3/1/7.png", null, "If-None-Match", "\"l-3-1-7\"");

    assertThat(tile.status()).isEqualTo(304);
    assertThat(tile.header("etag")).isEqualTo("\"l-3-1-7\"");
  }

  @Test
  void givenTheNames_whenAskedForAgain_thenTheyAreNotSentAgain() {
    Reply labels = gateway.get(MAP + "/labels");

    assertThat(labels.json().get("items").get(0).toString())
        .isEqualTo(
            "{\"network\":\"1.0.0.0/8\",\"name\":\"<b>APNIC</b>\",\"special\":false,\"x\":256,"
                + "\"y\":0,\"width\":256,\"height\":256}");
    String etag = labels.header("etag");
    Reply again = gateway.send("main", "GET", MAP + "/labels", null, "If-None-Match", etag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.header("etag")).isEqualTo(etag);
    assertThat(again.body()).isEmpty();
    assertThat(gateway.get(MAP + "/labels?x=1").status()).isEqualTo(400);
  }

  @Test
  void givenALargePoster_whenAskedFor_thenItComesWhole() {
    Reply poster = gateway.get(POSTER + "?theme=light");

    assertThat(poster.status()).isEqualTo(200);
    assertThat(poster.header("content-type")).isEqualTo("image/png");
    assertThat(poster.header("etag")).isEqualTo("\"p1\"");
    assertThat(poster.body().length()).isEqualTo(LARGE.length);
    assertThat(poster.header("cache-control")).isEqualTo("private, max-age=42");
    Reply again = gateway.send("main", "GET", POSTER, null, "If-None-Match", "\"p1\"");
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.header("etag")).isEqualTo("\"p1\"");
    assertThat(again.header("cache-control")).isEqualTo("no-cache");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\", \"p1\"", "W/\"p1\"", "*", "\"a,b\",W/\"p1\""})
  void givenTagsOfTheClient_whenOneIsThePosters_thenItIsNotSentAgain(String tags) {
    Reply again = gateway.send("main", "GET", POSTER, null, "If-None-Match", tags);

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.header("etag")).isEqualTo("\"p1\"");
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"p2\"", "\"x\", \"y\"", "p1", "\"\"", "\"p1"})
  void givenTagsOfTheClient_whenNoneIsThePosters_thenItComes(String tags) {
    assertThat(gateway.send("main", "GET", POSTER, null, "If-None-Match", tags).status())
        .isEqualTo(200);
  }

  @Test
  void givenAnotherPosterBeingDrawn_whenAskedFor_thenTheClientIsToRetry() {
    Reply refused = gateway.get(POSTER + "?theme=dark");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"?theme=blue", "?round=1", "?theme=light&theme=dark"})
  void givenAPosterThatThereIsNot_whenAskedFor_thenItIsRefused(String query) {
    assertThat(gateway.get(POSTER + query).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "/9/0/0.png, /z",
    "/-1/0/0.png, /z",
    "/3/8/0.png, /x",
    "/3/0/8.png, /y",
    "/3/0/x.png, /y",
    "/3/0/0.png?theme=blue, theme",
  })
  void givenAPlaceThatIsNotOnTheMap_whenAskedFor_thenTheFieldIsNamed(String path, String field) {
    Reply refused = gateway.get(MAP + path);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body()).contains(field);
  }
}
