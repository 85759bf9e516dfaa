package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads over real sockets, from a file-service in the same process. */
class DownloadTest {

  private static final String DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
  private static final byte[] LARGE = new byte[3_000_000];

  @TempDir static Path directory;
  private static Path root;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    new Random(1).nextBytes(LARGE);
    write("index.html", "<h1>top</h1>");
    write("docs/index.html", "<h1>docs</h1>");
    write("manual/index.html", "<h1>docs</h1>");
    write("hundred.txt", "0123456789".repeat(10));
    write("with space.txt", "space");
    write("ümlaut.txt", "umlaut");
    write("empty.bin", "");
    write("app.js", "original");
    write("app.js.gz", "zipped");
    write(".secret", "secret");
    Files.write(root.resolve("large.bin"), LARGE);
    Files.writeString(directory.resolve("outside.txt"), "outside");
    Files.createSymbolicLink(root.resolve("link.txt"), directory.resolve("outside.txt"));
    Files.createSymbolicLink(root.resolve("up"), directory);
    for (String name : List.of("hundred.txt", "large.bin")) {
      Files.setLastModifiedTime(
          root.resolve(name), FileTime.from(Instant.ofEpochMilli(1_700_000_000_500L)));
    }
    gateway = GatewayFixture.start(List.of(FileMain.SERVICE), "file.root", root.toString());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static Reply get(String path, String... headers) {
    return gateway.send("main", "GET", path, null, headers);
  }

  @Test
  void givenAnHtmlFile_whenGot_thenItIsShown() {
    Reply reply = get("/index.html");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("<h1>top</h1>");
    assertThat(reply.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(reply.header("Content-Disposition")).isEmpty();
    assertThat(reply.header("Cache-Control")).isEqualTo("no-cache");
    assertThat(reply.header("Accept-Ranges")).isEqualTo("bytes");
  }

  @Test
  void givenDirectories_whenGot_thenTheyAreTheirIndex() {
    assertThat(get("/").body()).isEqualTo("<h1>top</h1>");
    assertThat(get("/manual/").body()).isEqualTo("<h1>docs</h1>");
    assertThat(get("/up%2f..").status()).isEqualTo(403);
  }

  @Test
  void givenAnyOtherFile_whenGot_thenItIsADownload() {
    Reply reply = get("/hundred.txt");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(reply.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"hundred.txt\"");
    assertThat(reply.header("Last-Modified")).isEqualTo(DATE);
    assertThat(reply.header("ETag")).matches("\"[^\"]+\"");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void givenAWish_whenGot_thenTheDispositionFollowsIt() {
    Reply inline = get("/hundred.txt?disposition=inline");
    Reply attachment = get("/index.html?a=b&disposition=attachment");

    assertThat(inline.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(inline.header("Content-Disposition")).isEmpty();
    assertThat(attachment.header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(attachment.header("Content-Disposition")).contains("index.html");
  }

  @Test
  void givenNamesThatNeedEscapes_whenGot_thenTheyAreFoundAndNamed() {
    assertThat(get("/with%20space.txt").body()).isEqualTo("space");
    Reply umlaut = get("/%C3%BCmlaut.txt");
    assertThat(umlaut.body()).isEqualTo("umlaut");
    assertThat(umlaut.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"_mlaut.txt\"; filename*=UTF-8''%C3%BCmlaut.txt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../outside.txt",
        "/..",
        "/%2e%2e/outside.txt",
        "/%2E%2e/outside.txt",
        "/.%2e/outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e%2foutside.txt",
        "/docs/../../outside.txt",
        "/docs/%2e%2e/%2e%2e/outside.txt",
        "/..%5coutside.txt",
        "/..\\outside.txt",
        "/%5c..%5coutside.txt",
        "/%252e%252e/outside.txt",
        "/%252e%252e%252foutside.txt",
        "/%c0%ae%c0%ae/outside.txt",
        "/..;/outside.txt",
        "/.secret",
        "/%2esecret",
        "/./index.html",
        "/link.txt",
        "/up/outside.txt"
      })
  void givenAWayOutOfTheRoot_whenGot_thenItIsForbidden(String path) {
    try (RawClient client = gateway.raw()) {
      RawClient.Response response = client.get(path);

      assertThat(response.status()).isEqualTo(403);
      assertThat(response.body()).doesNotContain("outside\n").doesNotContain("secret\n");
      assertThat(client.get("/index.html").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%zz", "/a%00b", "/%u002e%u002e/x"})
  void givenAMalformedPath_whenGot_thenItIsABadRequest(String path) {
    try (RawClient client = gateway.raw()) {
      assertThat(client.get(path).status()).isEqualTo(400);
      assertThat(client.get("/index.html").status()).isEqualTo(200);
    }
  }

  @Test
  void givenNothingThere_whenGot_thenItIsNotFound() {
    assertThat(get("/nothing").status()).isEqualTo(404);
    assertThat(get("/hundred.txt/").status()).isEqualTo(404);
    assertThat(get("/" + "n".repeat(3_000)).status()).isEqualTo(404);
    assertThat(get("/api/v1/files/nothing").status()).isEqualTo(404);
  }

  @Test
  void givenAnotherMethod_whenSent_thenTheAllowedOnesAreNamed() {
    Reply reply = gateway.send("main", "PUT", "/hundred.txt", "x");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(gateway.send("main", "GET", "/upload", null).header("Allow"))
        .isEqualTo("POST, OPTIONS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/hundred.txt", "/large.bin", "/empty.bin", "/"})
  void givenAHead_whenSent_thenItHasTheHeadersOfTheGetAndNoBody(String path) {
    Reply get = get(path);
    try (RawClient client = gateway.raw()) {
      RawClient.Response head =
          client.send("HEAD " + path + " HTTP/1.1\r\n$HOST\r\nRange: bytes=0-1\r\n\r\n").readHead();

      assertThat(head.status()).isEqualTo(200);
      for (String name : List.of("Content-Length", "Content-Type", "ETag", "Last-Modified")) {
        assertThat(head.header(name)).isEqualTo(get.header(name));
      }
      assertThat(client.get("/index.html").body()).isEqualTo("<h1>top</h1>");
    }
  }

  @Test
  void givenAMissingFile_whenHeadIsSent_thenThereIsNoBodyEither() {
    try (RawClient client = gateway.raw()) {
      assertThat(client.send("HEAD /nothing HTTP/1.1\r\n$HOST\r\n\r\n").readHead().status())
          .isEqualTo(404);
      assertThat(client.get("/index.html").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-9,bytes 0-9/100,0123456789",
    "bytes=95-,bytes 95-99/100,56789",
    "bytes=-3,bytes 97-99/100,789",
    "bytes=99-1000,bytes 99-99/100,9"
  })
  void givenARange_whenGot_thenItIsThatPart(String range, String contentRange, String body) {
    Reply reply = get("/hundred.txt", "Range", range);

    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.header("Content-Range")).isEqualTo(contentRange);
    assertThat(reply.body()).isEqualTo(body);
    assertThat(reply.header("Content-Length")).isEqualTo(String.valueOf(body.length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=-0", "bytes=x-y", "bytes=9-5"})
  void givenARangeThatCannotBe_whenGot_thenTheLengthIsTold(String range) {
    Reply reply = get("/hundred.txt", "Range", range);

    assertThat(reply.status()).isEqualTo(416);
    assertThat(reply.header("Content-Range")).isEqualTo("bytes */100");
  }

  @Test
  void givenSeveralRanges_whenGot_thenTheyAreMultipart() {
    Reply reply = get("/hundred.txt", "Range", "bytes=0-1,-2");
    String type = reply.header("Content-Type");
    String boundary = type.substring(type.indexOf("boundary=") + 9);

    assertThat(reply.status()).isEqualTo(206);
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    assertThat(reply.body())
        .contains("Content-Range: bytes 0-1/100\r\n\r\n01\r\n--" + boundary)
        .endsWith("Content-Range: bytes 98-99/100\r\n\r\n89\r\n--" + boundary + "--\r\n");
  }

  @Test
  void givenALargeFile_whenGot_thenEveryByteIsRight() {
    assertThat(get("/large.bin").http().body()).isEqualTo(LARGE);
    assertThat(get("/large.bin", "Range", "bytes=1000000-2999998").http().body())
        .isEqualTo(Arrays.copyOfRange(LARGE, 1_000_000, 2_999_999));
  }

  @Test
  void givenRangesOfManyPieces_whenGot_thenEveryByteArrives() {
    for (int round = 0; round < 20; round++) {
      Reply reply = get("/large.bin", "Range", "bytes=0-1499999,1500001-2999998");
      byte[] body = reply.http().body();
      int first = new String(body, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
      int second =
          new String(body, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n", first + 1_500_000) + 4;

      assertThat(Arrays.copyOfRange(body, first, first + 1_500_000))
          .isEqualTo(Arrays.copyOf(LARGE, 1_500_000));
      assertThat(Arrays.copyOfRange(body, second, second + 1_499_998))
          .isEqualTo(Arrays.copyOfRange(LARGE, 1_500_001, 2_999_999));
    }
  }

  @Test
  void givenALargeFile_whenSeveralRangesAreGot_thenTheyAreRight() {
    Reply reply = get("/large.bin", "Range", "bytes=0-699999,2000000-2000009");
    byte[] body = reply.http().body();
    int begin = new String(body, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;

    assertThat(reply.status()).isEqualTo(206);
    assertThat(Arrays.copyOfRange(body, begin, begin + 700_000))
        .isEqualTo(Arrays.copyOf(LARGE, 700_000));
  }

  @Test
  void givenTheTag_whenGotAgain_thenItIsNotModified() {
    String etag = get("/hundred.txt").header("ETag");
    for (String list : List.of(etag, "*", "\"x\", " + etag, "W/" + etag)) {
      Reply reply = get("/hundred.txt", "If-None-Match", list);

      assertThat(reply.status()).isEqualTo(304);
      assertThat(reply.header("ETag")).isEqualTo(etag);
      assertThat(reply.body()).isEmpty();
    }
    assertThat(get("/hundred.txt", "If-None-Match", "\"x\"").status()).isEqualTo(200);
    // A tag that does not match decides, whatever the date says (RFC 9110 section 13.2.2).
    assertThat(get("/hundred.txt", "If-None-Match", "\"x\"", "If-Modified-Since", DATE).status())
        .isEqualTo(200);
  }

  @Test
  void givenDates_whenGot_thenTheyDecide() {
    String before = "Tue, 14 Nov 2023 22:13:19 GMT";
    assertThat(get("/hundred.txt", "If-Modified-Since", DATE).status()).isEqualTo(304);
    assertThat(get("/hundred.txt", "If-Modified-Since", before).status()).isEqualTo(200);
    assertThat(get("/hundred.txt", "If-Modified-Since", "nonsense").status()).isEqualTo(200);
    assertThat(get("/hundred.txt", "If-Unmodified-Since", DATE).status()).isEqualTo(200);
    assertThat(get("/hundred.txt", "If-Unmodified-Since", before).status()).isEqualTo(412);
    assertThat(get("/hundred.txt", "If-Unmodified-Since", "nonsense").status()).isEqualTo(200);
  }

  @Test
  void givenATagThatMustMatch_whenItDoesNot_thenThePreconditionFailed() {
    String etag = get("/hundred.txt").header("ETag");

    assertThat(get("/hundred.txt", "If-Match", etag).status()).isEqualTo(200);
    assertThat(get("/hundred.txt", "If-Match", "*").status()).isEqualTo(200);
    assertThat(get("/hundred.txt", "If-Match", "\"x\"").status()).isEqualTo(412);
    assertThat(get("/hundred.txt", "If-Match", "W/" + etag).status()).isEqualTo(412);
    assertThat(get("/hundred.txt", "If-Match", "\"x\"", "If-Unmodified-Since", DATE).status())
        .isEqualTo(412);
  }

  @Test
  void givenIfRange_whenItStillHolds_thenTheRangeIsSentAndOtherwiseTheWhole() {
    String etag = get("/hundred.txt").header("ETag");

    assertThat(get("/hundred.txt", "Range", "bytes=0-1", "If-Range", etag).status()).isEqualTo(206);
    assertThat(get("/hundred.txt", "Range", "bytes=0-1", "If-Range", DATE).status()).isEqualTo(206);
    for (String stale : List.of("\"x\"", "W/" + etag, "Tue, 14 Nov 2023 22:13:21 GMT")) {
      assertThat(get("/hundred.txt", "Range", "bytes=0-1", "If-Range", stale).status())
          .isEqualTo(200);
    }
  }

  @Test
  void givenACompressedSibling_whenAccepted_thenItIsSentAsACodingOfTheFile() {
    Reply zipped = get("/app.js?disposition=inline", "Accept-Encoding", "gzip");
    Reply plain = get("/app.js?disposition=inline");

    assertThat(zipped.body()).isEqualTo("zipped");
    assertThat(zipped.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(zipped.header("Content-Type")).isEqualTo("text/javascript; charset=utf-8");
    assertThat(zipped.header("Vary")).isEqualToIgnoringCase("Accept-Encoding");
    assertThat(plain.body()).isEqualTo("original");
    assertThat(plain.header("Content-Encoding")).isEmpty();
    assertThat(plain.header("Vary")).isEqualToIgnoringCase("Accept-Encoding");
    assertThat(plain.header("ETag")).isNotEqualTo(zipped.header("ETag"));
  }

  @Test
  void givenPipelinedRequests_whenSent_thenTheAnswersComeInOrder() {
    try (RawClient client = gateway.raw()) {
      for (String path : List.of("/hundred.txt", "/large.bin", "/index.html")) {
        client.send("GET " + path + " HTTP/1.1\r\n$HOST\r\n\r\n");
      }

      assertThat(client.read().body()).hasSize(100);
      assertThat(client.read().header("Content-Length")).isEqualTo("3000000");
      assertThat(client.read().body()).isEqualTo("<h1>top</h1>");
    }
  }

  @Test
  void givenHttp10_whenGot_thenTheConnectionEndsBehindTheWholeFile() {
    try (RawClient client = gateway.raw()) {
      client.send("GET /large.bin HTTP/1.0\r\n$HOST\r\n\r\n");

      assertThat(client.read().header("Content-Length")).isEqualTo("3000000");
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void givenAClientThatLeavesInTheMiddle_whenOthersCome_thenTheyAreServed() {
    for (int i = 0; i < 20; i++) {
      try (RawClient client = gateway.raw()) {
        client.send("GET /large.bin HTTP/1.1\r\n$HOST\r\n\r\n");
      }
    }
    assertThat(get("/large.bin").http().body()).isEqualTo(LARGE);
  }

  @Test
  void givenTheTwin_whenGot_thenItIsTheSameFile() {
    Reply reply = get("/api/v1/files/docs/index.html");

    assertThat(reply.body()).isEqualTo("<h1>docs</h1>");
    assertThat(get("/api/v1/files/%2e%2e/outside.txt").status()).isEqualTo(403);
    assertThat(get("/api/v1/files/%2e%2e/outside.txt").header("Content-Type"))
        .isEqualTo("application/problem+json");
  }

  @Test
  void givenTheListing_whenPaged_thenEveryFileComesOnce() {
    var first = get("/api/v1/files?limit=3").json();
    var second = get("/api/v1/files?limit=100&after=" + first.get("next").asText()).json();

    assertThat(first.get("items")).hasSize(3);
    assertThat(first.get("items").get(0).get("path").asText()).isEqualTo("/app.js");
    assertThat(second.get("next").isNull()).isTrue();
    assertThat(first.findValuesAsText("path"))
        .doesNotContainAnyElementsOf(second.findValuesAsText("path"));
    assertThat(second.findValuesAsText("path")).contains("/large.bin", "/ümlaut.txt");
    assertThat(get("/api/v1/files?prefix=docs/").json().findValuesAsText("path"))
        .containsExactly("/docs/index.html");
    assertThat(get("/api/v1/files?limit=0").status()).isEqualTo(400);
    assertThat(get("/api/v1/files?bogus=1").status()).isEqualTo(400);
    assertThat(get("/api/v1/files?prefix=../").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 200_000})
  void givenAFileThatIsReplacedAllTheTime_whenGot_thenEveryAnswerIsOneVersionWhole(int size)
      throws Exception {
    Path file = root.resolve("replaced" + size);
    Path next = directory.resolve("next" + size);
    Files.write(file, new byte[size]);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger replaced = new AtomicInteger();
    Thread replacing =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 1; !over.get(); i++) {
                byte[] content = new byte[size + i % 10];
                Arrays.fill(content, (byte) i);
                try {
                  Files.write(next, content);
                  Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                replaced.incrementAndGet();
                LockSupport.parkNanos(5_000_000);
              }
            });
    try {
      for (int i = 0; i < 300 || replaced.get() < 50; i++) {
        // Another target each time, so that it is no answer of the cache.
        Reply reply = get("/replaced" + size + "?disposition=inline&n=" + i);

        assertThat(reply.status()).isEqualTo(200);
        byte[] body = reply.http().body();
        assertThat(body).hasSize(Integer.parseInt(reply.header("Content-Length")));
        assertThat(body).containsOnly(body[0]);
      }
    } finally {
      over.set(true);
      replacing.join();
    }
  }

  @Test
  void givenAFileReplacedBehindTheCache_whenGotWithinItsTime_thenItIsStillOneVersionWhole()
      throws Exception {
    Path file = Files.write(root.resolve("behind.bin"), new byte[200_000]);
    byte[] before = get("/behind.bin").http().body();
    Path next = Files.write(directory.resolve("behind.next"), new byte[300_000]);

    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);

    byte[] after = get("/behind.bin").http().body();
    assertThat(before).hasSize(200_000);
    assertThat(after.length).isIn(200_000, 300_000);
    Awaitility.await().until(() -> get("/behind.bin").http().body().length == 300_000);
  }
}
