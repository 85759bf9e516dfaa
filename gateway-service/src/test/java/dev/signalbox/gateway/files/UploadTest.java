package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads over real sockets, into a file-service in the same process. */
class UploadTest {

  @TempDir static Path root;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            root.toString(),
            "file.max-upload-bytes",
            "5000000",
            // What frees a place in these tests is never the passing of time.
            "file.upload-idle",
            "1h");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void empty() throws IOException {
    for (Path file : FileTree.files(root)) {
      Files.deleteIfExists(file);
    }
  }

  private Reply post(String body, String... headers) {
    return gateway.send("main", "POST", "/upload", body, headers);
  }

  private Reply put(String path, String body, String... headers) {
    return gateway.send("main", "PUT", "/api/v1/files" + path, body, headers);
  }

  /** The head of an upload of text with these headers more. */
  private static String head(String... headers) {
    String lines = String.join("\r\n", headers);
    return "POST /upload HTTP/1.1\r\n$HOST\r\nContent-Type: text/plain\r\n" + lines + "\r\n\r\n";
  }

  private List<Path> hidden() {
    return FileTree.files(root).stream()
        .filter(file -> file.getFileName().toString().startsWith(".upload-"))
        .toList();
  }

  private long underWay() {
    return hidden().stream().filter(file -> file.toFile().length() > 0).count();
  }

  @Test
  void givenJson_whenPosted_thenItIsCreatedAsTheDocumentHasIt() {
    Reply reply = gateway.post("/upload", "{\"a\": [1, 2]}");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("status").asText()).isEqualTo("success");
    assertThat(reply.json().get("message").asText()).isEqualTo("File created successfully");
    String path = reply.json().get("filepath").asText();
    assertThat(path).matches("/uploads/upload_[0-9]{8}_[0-9]{6}_[0-9a-z]{4}\\.json");
    assertThat(reply.header("Location")).isEqualTo(path);
    assertThat(root.resolve(path.substring(1))).hasContent("{\"a\": [1, 2]}");
    assertThat(gateway.get(path).body()).isEqualTo("{\"a\": [1, 2]}");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain,.txt",
    "text/plain; charset=utf-8,.txt",
    "application/x-www-form-urlencoded,.txt",
    "application/octet-stream,.bin",
    "Application/JSON;charset=UTF-8,.json"
  })
  void givenAMediaType_whenPosted_thenTheEndingFollowsIt(String type, String ending) {
    Reply reply = post("12", "Content-Type", type);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("filepath").asText()).endsWith(ending);
  }

  @Test
  void givenNoMediaType_whenPosted_thenItIsStoredAsBytes() {
    assertThat(post("x").json().get("filepath").asText()).endsWith(".bin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|{\"a\":|400",
        "application/json|{} {}|400",
        "application/json|''|400",
        "text/plain|''|400",
        "image/png|x|415",
        "multipart/form-data; boundary=x|x|400",
        "multipart/form-data|x|400",
        "multipart/mixed; boundary=x|x|415"
      })
  void givenWhatIsNotTaken_whenPosted_thenItIsRefusedAndNothingIsStored(
      String type, String body, int status) {
    Reply reply = post(body, "Content-Type", type);

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.json().get("status").asText()).isEqualTo("error");
    assertThat(root.resolve("uploads")).isEmptyDirectory();
  }

  @Test
  void givenACodedBody_whenPosted_thenItIsRefused() {
    assertThat(post("x", "Content-Type", "text/plain", "Content-Encoding", "gzip").status())
        .isEqualTo(415);
  }

  @Test
  void givenMoreThanAllowed_whenPosted_thenItIsTooLargeWhetherDeclaredOrNot() throws IOException {
    try (RawClient client = gateway.raw()) {
      client.send(head("Content-Length: 2000000000"));
      assertThat(client.read().status()).isEqualTo(413);
    }
    try (RawClient client = gateway.raw()) {
      client.send(head("Transfer-Encoding: chunked"));
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      for (int i = 0; i < 90; i++) {
        client.send(chunk);
      }
      assertThat(client.read().status()).isEqualTo(413);
    }
    // What had arrived is removed behind the answer.
    Awaitility.await().untilAsserted(() -> assertThat(hidden()).isEmpty());
    assertThat(root.resolve("uploads")).isEmptyDirectory();
  }

  @Test
  void givenALargeBody_whenPut_thenEveryByteIsStored() {
    byte[] bytes = new byte[4_000_001];
    new Random(2).nextBytes(bytes);

    Reply reply = gateway.sendBytes("main", "PUT", "/api/v1/files/a/b/large.bin", bytes);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("size_bytes").asLong()).isEqualTo(4_000_001);
    assertThat(gateway.get("/a/b/large.bin").http().body()).isEqualTo(bytes);
  }

  @Test
  void givenAsManyAsAllowedUnderWay_whenAnotherComes_thenItIsRefusedUntilOneLeaves() {
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        RawClient client = gateway.raw();
        slow.add(client);
        client.send(head("Content-Length: 2"));
        client.send("x");
      }
      // From its first byte on an upload is under way.
      Awaitility.await().until(() -> underWay() == 5);

      Reply sixth = post("x", "Content-Type", "text/plain");

      assertThat(sixth.status()).isEqualTo(503);
      assertThat(sixth.header("Retry-After")).isNotEmpty();
      assertThat(sixth.json().get("status").asText()).isEqualTo("error");
      slow.getFirst().send("y");
      assertThat(slow.getFirst().read().status()).isEqualTo(201);
      assertThat(post("x", "Content-Type", "text/plain").status()).isEqualTo(201);
    } finally {
      slow.forEach(RawClient::close);
    }
  }

  @Test
  void givenUploadsThatSendNothing_whenAnotherComes_thenItIsStored() {
    List<RawClient> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        RawClient client = gateway.raw();
        silent.add(client);
        client.send(head("Content-Length: 10", "Expect: 100-continue"));
        assertThat(client.read().status()).isEqualTo(100);
      }

      assertThat(post("x", "Content-Type", "text/plain").status()).isEqualTo(201);
    } finally {
      silent.forEach(RawClient::close);
    }
  }

  @Test
  void givenAClientThatLeavesInTheMiddle_whenGone_thenItsPlaceIsFreeAndNothingIsLeft() {
    for (int i = 0; i < 10; i++) {
      try (RawClient client = gateway.raw()) {
        client.send(head("Content-Length: 10", "Expect: 100-continue"));
        assertThat(client.read().status()).isIn(100, 503);
        client.send("0123");
      }
    }
    Awaitility.await().untilAsserted(() -> assertThat(hidden()).isEmpty());
    assertThat(post("x", "Content-Type", "text/plain").status()).isEqualTo(201);
  }

  @Test
  void givenAPathThatMayNotBeWritten_whenPut_thenItIsRefused() {
    assertThat(put("/taken", "x").status()).isEqualTo(201);
    assertThat(put("/%2e%2e/x", "x").status()).isEqualTo(403);
    assertThat(put("/.hidden", "x").status()).isEqualTo(403);
    assertThat(put("/a%5c..%5cb", "x").status()).isEqualTo(403);
    assertThat(put("/a%00b", "x").status()).isEqualTo(400);
    assertThat(put("/a%0ab", "x").status()).isEqualTo(400);
    assertThat(put("/", "x").status()).isEqualTo(400);
    assertThat(put("/taken/below", "x").status()).isEqualTo(409);
    assertThat(put("/uploads", "x").status()).isEqualTo(409);
    assertThat(put("/a", "x", "Content-Range", "bytes 0-0/5").status()).isEqualTo(400);
  }

  @Test
  void givenConditions_whenPutAndDeleted_thenTheyDecide() {
    Reply created = put("/a.txt", "one", "If-None-Match", "*");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo("/api/v1/files/a.txt");
    assertThat(put("/a.txt", "two", "If-None-Match", "*").status()).isEqualTo(412);
    Reply replaced = put("/a.txt", "two", "If-Match", created.header("ETag"));
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(put("/a.txt", "three", "If-Match", created.header("ETag")).status()).isEqualTo(412);
    assertThat(delete("/a.txt", "If-Match", created.header("ETag")).status()).isEqualTo(412);
    assertThat(delete("/a.txt", "If-Match", replaced.header("ETag")).status()).isEqualTo(204);
    assertThat(delete("/a.txt").status()).isEqualTo(404);
    assertThat(delete("/%2e%2e/x").status()).isEqualTo(403);
  }

  private Reply delete(String path, String... headers) {
    return gateway.send("main", "DELETE", "/api/v1/files" + path, null, headers);
  }

  @Test
  void givenAFileJustRead_whenReplacedAndDeleted_thenReadersSeeItAtOnce() {
    for (int i = 0; i < 20; i++) {
      put("/a.txt", "version " + i);
      assertThat(gateway.get("/a.txt").body()).isEqualTo("version " + i);
      assertThat(gateway.get("/a.txt").body()).isEqualTo("version " + i);
    }
    delete("/a.txt");
    assertThat(gateway.get("/a.txt").status()).isEqualTo(404);
  }

  @RepeatedTest(20) // for the instant between the new file's name and the word of it
  void givenAFileReplacedByAnother_whenADownloadIsUnderWay_thenItEndsWithTheOldOne()
      throws IOException {
    byte[] old = "old\n".repeat(1_000_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Files.write(root.resolve("file"), old);
    try (RawClient client = gateway.raw()) {
      client.send("GET /file HTTP/1.1\r\n$HOST\r\n\r\n");
      put("/file", "new");

      RawClient.Response answer = client.read();

      String body = answer.body();
      assertThat(
              body.equals("new")
                  || body.equals(new String(old, java.nio.charset.StandardCharsets.US_ASCII)))
          .as("%s with %d characters: %.100s", answer.statusLine(), body.length(), body)
          .isTrue();
    }
    assertThat(gateway.get("/file").body()).isEqualTo("new");
  }

  @Test
  void givenEveryPlaceTaken_whenTheClientsLeaveInTheMiddle_thenTheNextUploadIsAdmitted() {
    List<RawClient> leaving = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      RawClient client = gateway.raw();
      leaving.add(client);
      client.send(head("Content-Length: 4000000"));
      client.send("x".repeat(262_144));
    }
    Awaitility.await().until(() -> underWay() == 5);
    assertThat(post("x", "Content-Type", "text/plain").status()).isEqualTo(503);

    leaving.forEach(RawClient::close);

    Awaitility.await()
        .until(() -> post("x", "Content-Type", "text/plain").status() == 201 && hidden().isEmpty());
  }

  @Test
  void givenAPathTooDeepOrTooLong_whenPut_thenTheAnswerNamesTheRule() {
    Reply deep = put("/deep".repeat(129), "x");
    assertThat(deep.status()).isEqualTo(400);
    assertThat(deep.body()).contains("at most 128 names");
    Reply name = put("/" + "n".repeat(256), "x");
    assertThat(name.status()).isEqualTo(400);
    assertThat(name.body()).contains("longer than 255 bytes");
    assertThat(put("/deep".repeat(900), "x").status()).isEqualTo(400);
    assertThat(gateway.get("/deep".repeat(900)).status()).isEqualTo(404);
    assertThat(delete("/deep".repeat(900)).status()).isEqualTo(404);
    assertThat(root.resolve("deep")).doesNotExist();
  }
}
