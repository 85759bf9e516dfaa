package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.CompareRoundsReply;
import dev.signalbox.contracts.ping.ListRoundsReply;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReadBlocksReply;
import dev.signalbox.contracts.ping.Round;
import dev.signalbox.contracts.ping.RttCode;
import dev.signalbox.contracts.ping.SummariseRoundReply;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/** A round as a file: bitmap, CSV, Roaring; and what changed between two. */
class CensusExportTest {

  private static final String CENSUS = "/api/v1/census";
  private static final int BITMAP_BYTES = 8_192;

  /** Sparse, dense, on the border between the two forms of a container, full, and far apart. */
  private static final Map<Integer, Integer> ANSWERED =
      new TreeMap<>(
          Map.of(
              0, 1, 1, 4_096, 2, 4_097, 5, 65_536, 127, 300, 128, 20_000, 32_768, 17, 65_535, 2));

  private static final Map<Integer, byte[]> BITMAPS = new TreeMap<>();

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    Random random = new Random(3);
    ANSWERED.forEach((block, count) -> {
      byte[] bitmap = new byte[BITMAP_BYTES];
      for (int set = 0; set < count; ) {
        int place = count == 65_536 ? set : random.nextInt(65_536);
        if ((bitmap[place >> 3] & 0x80 >> (place & 7)) == 0) {
          bitmap[place >> 3] |= (byte) (0x80 >> (place & 7));
          set++;
        }
      }
      BITMAPS.put(block, bitmap);
    });
    gateway =
        GatewayFixture.start(
            List.of(FakeService.named("ping-coordinator", CensusExportTest::serve)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void serve(ServiceEndpoint endpoint) {
    endpoint
        .serve(
            PingContract.SUMMARISE_ROUND,
            (request, call) -> {
              Integer round = request.round();
              if (round != null && round > 2) {
                return Future.succeededFuture(new SummariseRoundReply.Unknown());
              }
              ByteBuffer answered = ByteBuffer.allocate(65_536 * 4);
              for (int i = 0; i < 65_536; i++) {
                answered.putInt(
                    ANSWERED.getOrDefault(i, i % 2 == 0 ? 0 : SummariseRoundReply.NONE));
              }
              return Future.succeededFuture(
                  new SummariseRoundReply.Summary(
                      round == null ? 2 : round, "v7", 1_000, new Binary(answered.array())));
            })
        .serve(
            PingContract.READ_BLOCKS,
            (request, call) -> {
              byte[] bitmaps = new byte[request.count() * BITMAP_BYTES];
              byte[] rtt = request.rtt() ? new byte[request.count() * 65_536] : null;
              for (int i = 0; i < request.count(); i++) {
                byte[] bitmap = BITMAPS.get(request.first() + i);
                if (bitmap != null) {
                  System.arraycopy(bitmap, 0, bitmaps, i * BITMAP_BYTES, BITMAP_BYTES);
                  if (rtt != null && request.first() + i != 127) {
                    Arrays.fill(rtt, i * 65_536, (i + 1) * 65_536, (byte) 48);
                  }
                }
              }
              return Future.succeededFuture(
                  new ReadBlocksReply(new Binary(bitmaps), rtt == null ? null : new Binary(rtt)));
            })
        .serve(
            PingContract.LIST_ROUNDS,
            (request, call) ->
                Future.succeededFuture(
                    new ListRoundsReply(
                        List.of(
                            new Round(1, 0, 1_000L, 3, 2, 7), new Round(2, 1_000, null, 3, 0, 0)))))
        .serve(
            PingContract.COMPARE_ROUNDS,
            (request, call) -> {
              List<CompareRoundsReply.Block> blocks = new ArrayList<>();
              for (int block : ANSWERED.keySet()) {
                if (block >= request.first() && block < request.first() + request.count()) {
                  blocks.add(
                      new CompareRoundsReply.Block(
                          block, block == 5 ? 0 : 3, block == 5 ? 0 : 2, 1));
                }
              }
              return Future.succeededFuture(new CompareRoundsReply(blocks));
            });
  }

  private static HttpResponse<byte[]> get(String path, String... headers) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + gateway.port("main") + CENSUS + path))
              .timeout(Duration.ofSeconds(60));
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static byte[] expected(long first, long last) {
    byte[] bytes = new byte[(int) (last - first + 1)];
    for (long at = first; at <= last; at++) {
      byte[] bitmap = BITMAPS.get((int) (at / BITMAP_BYTES));
      bytes[(int) (at - first)] = bitmap == null ? 0 : bitmap[(int) (at % BITMAP_BYTES)];
    }
    return bytes;
  }

  @Test
  void givenARound_whenExportedAsABitmap_thenEveryAddressHasItsBit() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:" + gateway.port("main") + CENSUS + "/export.bitmap"))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("content-length")).hasValue("536870912");
      assertThat(response.headers().firstValue("accept-ranges")).hasValue("bytes");
      try (InputStream in = response.body()) {
        byte[] none = new byte[BITMAP_BYTES];
        for (int block = 0; block < 65_536; block++) {
          assertThat(in.readNBytes(BITMAP_BYTES)).isEqualTo(BITMAPS.getOrDefault(block, none));
        }
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=8191-8192, 8191, 8192",
    "bytes=100-3000000, 100, 3000000",
    "bytes=1044480-2100000, 1044480, 2100000",
    "bytes=-9000, 536861912, 536870911",
    "bytes=536870911-, 536870911, 536870911"
  })
  void givenARange_whenExported_thenExactlyThoseBytesCome(String range, long first, long last) {
    HttpResponse<byte[]> response = get("/export.bitmap", "Range", range);

    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.headers().firstValue("content-range"))
        .hasValue("bytes " + first + "-" + last + "/536870912");
    assertThat(response.body()).isEqualTo(expected(first, last));
  }

  @Test
  void givenSeveralRanges_whenExported_thenEachIsAPart() {
    HttpResponse<byte[]> response = get("/export.bitmap", "Range", "bytes=0-1,8192-8195");

    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("multipart/byteranges; boundary=");
    assertThat(new String(response.body(), StandardCharsets.ISO_8859_1))
        .contains("Content-Range: bytes 0-1/536870912")
        .contains("Content-Range: bytes 8192-8195/536870912");
  }

  @Test
  void givenARangeBeyondTheEnd_whenExported_thenItIsNotSatisfiable() {
    HttpResponse<byte[]> response = get("/export.bitmap", "Range", "bytes=536870912-");

    assertThat(response.statusCode()).isEqualTo(416);
    assertThat(response.headers().firstValue("content-range")).hasValue("bytes */536870912");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bitmap", "csv", "roaring"})
  void givenAVersionTheClientHas_whenExported_thenItIsNotSentAgain(String format) {
    String etag = "\"2-v7-" + format + "\"";

    HttpResponse<byte[]> response = get("/export." + format, "If-None-Match", "\"other\", " + etag);

    assertThat(response.statusCode()).isEqualTo(304);
    assertThat(response.headers().firstValue("etag")).hasValue(etag);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void givenARangeOfAnotherVersion_whenExported_thenTheWholeOfThisOneBegins() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:" + gateway.port("main") + CENSUS + "/export.bitmap"))
                  .header("Range", "bytes=0-1")
                  .header("If-Range", "\"2-v6-bitmap\"")
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());

      try (InputStream body = response.body()) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(body.readNBytes(3)).hasSize(3);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bitmap", "csv", "roaring"})
  void givenARoundThatIsNot_whenExported_thenItIsNotFound(String format) {
    assertThat(get("/export." + format + "?round=3").statusCode()).isEqualTo(404);
    assertThat(get("/export." + format + "?round=0").statusCode()).isEqualTo(400);
    assertThat(get("/export." + format + "?surprise=1").statusCode()).isEqualTo(400);
  }

  @Test
  void givenARound_whenExportedAsRoaring_thenTheLibraryReadsTheSameAddresses() throws Exception {
    HttpResponse<byte[]> response = get("/export.roaring?round=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-length"))
        .hasValue(Integer.toString(response.body().length));
    RoaringBitmap read = new RoaringBitmap();
    read.deserialize(new DataInputStream(new ByteArrayInputStream(response.body())));
    RoaringBitmap wanted = new RoaringBitmap();
    BITMAPS.forEach((block, bitmap) -> {
      for (int place = 0; place < 65_536; place++) {
        if ((bitmap[place >> 3] & 0x80 >> (place & 7)) != 0) {
          wanted.add(block << 16 | place);
        }
      }
    });
    assertThat(read).isEqualTo(wanted);
  }

  @Test
  void givenARound_whenExportedAsCsv_thenThereIsALineForEachAddress() {
    HttpResponse<byte[]> response = get("/export.csv");

    List<String> lines = new String(response.body(), StandardCharsets.US_ASCII).lines().toList();
    assertThat(lines).hasSize(1 + ANSWERED.values().stream().mapToInt(Integer::intValue).sum());
    assertThat(lines.getFirst()).isEqualTo("address,rtt_ms");
    assertThat(lines.stream().filter(line -> line.startsWith("0.5."))).hasSize(65_536);
    assertThat(lines.get(1)).matches("0\\.0\\.\\d+\\.\\d+,1\\.0");
    assertThat(RttCode.millis(48)).isBetween(0.95, 1.05);
    assertThat(lines.stream().filter(line -> line.startsWith("0.127.")))
        .hasSize(300)
        .allMatch(line -> line.endsWith(","));
  }

  @Test
  void givenAHeadRequest_whenExported_thenThereIsNoBody() {
    assertThat(
            gateway.send("main", "HEAD", CENSUS + "/export.bitmap", null).header("content-length"))
        .isEqualTo("536870912");
  }

  @Test
  void givenTwoRounds_whenCompared_thenWhatChangedIsToldInAllAndByBlock() {
    JsonNode all = gateway.get(CENSUS + "/rounds/2/diff?with=1&limit=3").json();

    assertThat(all.get("blocks").asInt()).isEqualTo(8);
    assertThat(all.get("appeared").asInt()).isEqualTo(21);
    assertThat(all.get("vanished").asInt()).isEqualTo(14);
    assertThat(all.get("stayed").asInt()).isEqualTo(8);
    assertThat(all.get("items").findValuesAsText("network"))
        .containsExactly("0.0.0.0/16", "0.1.0.0/16", "0.2.0.0/16");
    assertThat(all.get("next").asText()).isEqualTo("2");
    JsonNode rest = gateway.get(CENSUS + "/rounds/2/diff?with=1&after=2").json();
    assertThat(rest.get("items").findValuesAsText("task_index"))
        .containsExactly("127", "128", "32768", "65535");
    assertThat(rest.get("next").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/rounds/2/diff, 400",
    "/rounds/2/diff?with=0, 400",
    "/rounds/2/diff?with=3, 404",
    "/rounds/3/diff?with=1, 404",
    "/rounds/x/diff?with=1, 404"
  })
  void givenRoundsThatAreNot_whenCompared_thenTheStatusIs(String path, int status) {
    assertThat(gateway.get(CENSUS + path).status()).isEqualTo(status);
  }
}
