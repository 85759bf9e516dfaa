package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.MapTheme;
import dev.signalbox.contracts.ping.MapTileReply;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiles of the map over HTTP. */
class MapRoutesTest {

  private static final String MAP = "/api/v1/census/map";

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "ping-coordinator",
                    endpoint ->
                        endpoint.serve(
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
                                          new Binary("png".getBytes(StandardCharsets.UTF_8)),
                                          etag));
                            }))));
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
