package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests of files for those who ask (RFC 9530). */
class FileDigestsTest {

  private static final String WANT_REPR = "Want-Repr-Digest";
  private static final String WANT_CONTENT = "Want-Content-Digest";
  private static final int LIMIT = 4_000_000;

  @TempDir static Path directory;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    write("small.txt", 100);
    write("large.bin", 3_000_001);
    write("too-large.bin", LIMIT + 1);
    write("empty.bin", 0);
    write("app.js", 200);
    write("app.js.gz", 150);
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            directory.toString(),
            "files.max-digest-bytes",
            String.valueOf(LIMIT));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static byte[] write(String name, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Path hidden = directory.resolve(".new");
    Files.write(hidden, content);
    Files.move(
        hidden,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    return content;
  }

  private static String digest(String algorithm, byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT));
      return algorithm + "=:" + Base64.getEncoder().encodeToString(digest.digest(content)) + ":";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Reply send(String method, String path, String... headers) {
    return gateway.send("main", method, path, null, headers);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "sha-256=1 | sha-256",
        "sha-512=1 | sha-512",
        "sha-256=1, sha-512=2 | sha-512",
        "sha-256=10,sha-512=9 | sha-256",
        "sha-256=5, sha-512=5 | sha-256",
        "sha-256=0, sha-512=1 | sha-512",
        "sha-256=0 | none",
        "md5=10, sha-256=1;x=y | sha-256",
        "sha-256=1, sha-256=0 | none",
        "sha-256 | none",
        "sha-256=11 | none",
        "sha-256=-1 | none",
        "SHA-256=1 | none",
        "sha-256=:YQ==:, sha-512=3 | sha-512",
        "unixsum=3 | none",
        "'' | none"
      })
  void givenWeights_whenRead_thenTheKnownAlgorithmOfMostWeightIsChosen(
      String header, String algorithm) {
    assertThat(FileDigests.preferred(List.of(header))).isEqualTo(algorithm);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/small.txt", "/large.bin", "/empty.bin", "/api/v1/files/large.bin"})
  void givenAWish_whenAFileIsGot_thenBothDigestsAreThoseOfItsBytes(String path) {
    Reply reply = send("GET", path, WANT_REPR, "sha-256=1", WANT_CONTENT, "sha-512=1");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Repr-Digest")).isEqualTo(digest("sha-256", reply.http().body()));
    assertThat(reply.header("Content-Digest")).isEqualTo(digest("sha-512", reply.http().body()));
  }

  @ParameterizedTest
  @CsvSource({"/small.txt, 10, 29", "/large.bin, 1000000, 2999999", "/large.bin, 0, 3000000"})
  void givenARange_whenGot_thenTheContentDigestIsThatOfTheRange(String path, int first, int last)
      throws IOException {
    byte[] whole = Files.readAllBytes(directory.resolve(path.substring(1)));

    Reply reply =
        send(
            "GET",
            path,
            "Range",
            "bytes=" + first + "-" + last,
            WANT_REPR,
            "sha-256=1",
            WANT_CONTENT,
            "sha-256=1");

    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.header("Repr-Digest")).isEqualTo(digest("sha-256", whole));
    assertThat(reply.header("Content-Digest"))
        .isEqualTo(digest("sha-256", Arrays.copyOfRange(whole, first, last + 1)));
  }

  @Test
  void givenSeveralRanges_whenGot_thenOnlyTheRepresentationHasADigest() {
    Reply reply =
        send(
            "GET",
            "/large.bin",
            "Range",
            "bytes=0-9,1000000-1000009",
            WANT_REPR,
            "sha-256=1",
            WANT_CONTENT,
            "sha-256=1");

    assertThat(reply.status()).isEqualTo(206);
    assertThat(reply.header("Repr-Digest")).isNotEmpty();
    assertThat(reply.header("Content-Digest")).isEmpty();
  }

  @Test
  void givenHead_whenAsked_thenTheContentIsEmptyAndTheRepresentationIsNot() throws IOException {
    Reply reply = send("HEAD", "/large.bin", WANT_REPR, "sha-256=1", WANT_CONTENT, "sha-256=1");

    assertThat(reply.header("Repr-Digest"))
        .isEqualTo(digest("sha-256", Files.readAllBytes(directory.resolve("large.bin"))));
    assertThat(reply.header("Content-Digest")).isEqualTo(digest("sha-256", new byte[0]));
  }

  @Test
  void givenACodedSibling_whenGot_thenTheDigestIsThatOfTheSibling() {
    Reply coded = send("GET", "/app.js", "Accept-Encoding", "gzip", WANT_REPR, "sha-256=1");
    Reply plain = send("GET", "/app.js", WANT_REPR, "sha-256=1");

    assertThat(coded.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(coded.header("Repr-Digest")).isEqualTo(digest("sha-256", coded.http().body()));
    assertThat(plain.header("Repr-Digest"))
        .isEqualTo(digest("sha-256", plain.http().body()))
        .isNotEqualTo(coded.header("Repr-Digest"));
  }

  @Test
  void givenNoWishOrAFileBeyondTheLimit_whenGot_thenThereIsNoDigest() {
    assertThat(send("GET", "/large.bin").header("Repr-Digest")).isEmpty();
    Reply tooLarge = send("GET", "/too-large.bin", WANT_REPR, "sha-256=1");
    assertThat(tooLarge.status()).isEqualTo(200);
    assertThat(tooLarge.header("Repr-Digest")).isEmpty();
  }

  @Test
  void givenAFileThatIsReplaced_whenGotAgainAndAgain_thenTheDigestIsAlwaysThatOfTheBytesSent()
      throws IOException {
    for (int i = 0; i < 20; i++) {
      write("replaced.bin", 500_000 + i % 2);

      Reply reply = send("GET", "/replaced.bin", WANT_REPR, "sha-256=1");

      assertThat(reply.header("Repr-Digest")).isEqualTo(digest("sha-256", reply.http().body()));
    }
  }

  @Test
  void givenAFileOfAnotherProcess_whenGot_thenTheDigestIsThatOfItsBytes() {
    DistantFiles distant = new DistantFiles();
    try (GatewayFixture other = GatewayFixture.start(List.of(distant.service()))) {
      Reply reply = other.send("main", "GET", "/x.bin", null, WANT_REPR, "sha-512=1");

      assertThat(reply.header("Repr-Digest")).isEqualTo(digest("sha-512", distant.content()));
      assertThat(reply.http().body()).isEqualTo(distant.content());
    }
  }

  @Test
  void givenTwentyClientsOfOneFile_whenTheFirstLeaves_thenOneMoreComputationServesTheOthers()
      throws Exception {
    DistantFiles distant = new DistantFiles();
    distant.hold();
    try (GatewayFixture other =
            GatewayFixture.start(List.of(distant.service()), "platform.threads", "1");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> replies;
      try (RawClient first = other.raw()) {
        first.send("HEAD /x.bin HTTP/1.1\r\n$HOST\r\nWant-Repr-Digest: sha-256=1\r\n\r\n");
        Awaitility.await().until(() -> distant.begins() == 1);
        replies =
            IntStream.range(0, 19)
                .mapToObj(_ ->
                    threads.submit(
                        () -> other.send("main", "HEAD", "/x.bin", null, WANT_REPR, "sha-256=1")))
                .toList();
        Awaitility.await().until(() -> inFlight(other) >= 20);
      }
      distant.letGo();

      for (Future<Reply> reply : replies) {
        assertThat(reply.get().header("Repr-Digest"))
            .isEqualTo(digest("sha-256", distant.content()));
      }
      assertThat(distant.begins()).isLessThanOrEqualTo(2);
    }
  }

  /** The first client has two of four permits; what it asks for beyond waits in its own queue. */
  @Test
  void givenAFileThatWaitsInTheQueueOfOneClient_whenAnotherAsks_thenItsDigestServesBoth()
      throws Exception {
    DistantFiles distant = new DistantFiles();
    distant.hold();
    try (GatewayFixture other =
            GatewayFixture.start(List.of(distant.service()), "platform.threads", "1");
        Socket first = digestOf(other, "127.0.0.1", "/1.bin");
        Socket second = digestOf(other, "127.0.0.1", "/2.bin")) {
      Awaitility.await().until(() -> distant.begins() == 2);
      try (Socket waiting = digestOf(other, "127.0.0.1", "/x.bin")) {
        Awaitility.await().until(() -> inFlight(other) >= 3);
        try (Socket joining = digestOf(other, "127.0.0.2", "/x.bin")) {
          Awaitility.await().until(() -> distant.begins() == 3);
          distant.letGo();

          for (Socket client : List.of(first, second, waiting, joining)) {
            assertThat(head(client))
                .contains("repr-digest: " + digest("sha-256", distant.content()));
          }
          assertThat(distant.begins()).isEqualTo(3);
        }
      }
    }
  }

  /** The client with the permit leaves in the middle; its digest is not begun anew. */
  @Test
  void givenADigestThatTwoClientsWaitFor_whenTheOneThatBeganItLeaves_thenItGoesOn()
      throws Exception {
    DistantFiles distant = new DistantFiles();
    distant.hold();
    try (GatewayFixture other =
        GatewayFixture.start(List.of(distant.service()), "platform.threads", "1")) {
      Socket first = digestOf(other, "127.0.0.1", "/x.bin");
      Awaitility.await().until(() -> distant.begins() == 1);
      try (Socket second = digestOf(other, "127.0.0.2", "/x.bin")) {
        Awaitility.await().until(() -> inFlight(other) >= 2);
        first.close();
        Awaitility.await().until(() -> inFlight(other) < 2);
        distant.letGo();

        assertThat(head(second)).contains("repr-digest: " + digest("sha-256", distant.content()));
        assertThat(distant.begins()).isEqualTo(1);
      }
    }
  }

  private static Socket digestOf(GatewayFixture at, String address, String path)
      throws IOException {
    int port = at.port("main");
    Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
    socket.setSoTimeout(15_000);
    String request =
        ("HEAD %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n"
                + "Want-Repr-Digest: sha-256=1\r\n\r\n")
            .formatted(path, port);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String head(Socket client) throws IOException {
    return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  private static double inFlight(GatewayFixture gateway) {
    return gateway
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("signalbox_gateway_in_flight "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @Test
  void givenAFileThatKeepsChanging_whenItsDigestIsAsked_thenTheClientIsToldToComeBack() {
    DistantFiles distant = new DistantFiles();
    distant.changedFrom(2_000_000);
    try (GatewayFixture other = GatewayFixture.start(List.of(distant.service()))) {
      Reply reply = other.send("main", "HEAD", "/x.bin", null, WANT_REPR, "sha-256=1");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("Repr-Digest")).isEmpty();
    }
  }
}
