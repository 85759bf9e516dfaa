package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Moving and copying over real sockets, in a file-service of the same process. */
class MoveAndCopyTest {

  private static final String API = "/api/v1/files";

  /** Takes no room, and minutes to copy. */
  private static final long SPARSE_BYTES = 1L << 38;

  @TempDir static Path directory;
  private static Path root;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    root = directory.resolve("root");
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            root.toString(),
            // What a reader gets after a change never depends on the passing of time.
            "file.cache-valid",
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

  private static Reply put(String path, String body) {
    return gateway.send("main", "PUT", API + path, body);
  }

  private static Reply act(String path, String json, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Content-Type", "application/json"));
    return gateway.send("main", "POST", API + path, json, all.toArray(String[]::new));
  }

  private static Reply act(String action, String from, String to) {
    return act(from, "{\"action\": \"" + action + "\", \"to\": \"" + to + "\"}");
  }

  @ParameterizedTest
  @CsvSource({"move, 404", "copy, 200"})
  void givenAFile_whenMovedOrCopied_thenBothPathsAreRightAtOnce(String action, int left) {
    put("/a.txt", "text");
    assertThat(gateway.get("/a.txt").body()).isEqualTo("text");
    assertThat(gateway.get("/d/b%20c.txt").status()).isEqualTo(404);

    Reply reply = act(action, "/a.txt", "/d/b c.txt");

    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    assertThat(reply.header("Location")).isEqualTo(API + "/d/b%20c.txt");
    assertThat(reply.json().get("path").asText()).isEqualTo("/d/b c.txt");
    Reply there = gateway.get("/d/b%20c.txt");
    assertThat(there.body()).isEqualTo("text");
    assertThat(there.header("ETag")).isEqualTo(reply.header("ETag"));
    assertThat(gateway.get("/a.txt").status()).isEqualTo(left);
  }

  @ParameterizedTest
  @ValueSource(strings = {"move", "copy"})
  void givenAFileThere_whenMovedOrCopied_thenItIsReplacedUnlessTheClientForbidsIt(String action) {
    put("/a", "new");
    put("/b", "old");
    assertThat(gateway.get("/b").body()).isEqualTo("old");

    Reply kept =
        act("/a", "{\"action\": \"" + action + "\", \"to\": \"/b\", \"overwrite\": false}");
    assertThat(kept.status()).isEqualTo(412);
    assertThat(gateway.get("/b").body()).isEqualTo("old");

    Reply replaced = act(action, "/a", "/b");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.header("Location")).isEmpty();
    assertThat(gateway.get("/b").body()).isEqualTo("new");
  }

  @ParameterizedTest
  @CsvSource({"If-Match", "If-None-Match"})
  void givenAConditionOnTheSource_whenItDoesNotHold_thenItIs412(String header) {
    String tag = put("/a", "text").header("ETag");
    String json = "{\"action\": \"move\", \"to\": \"/b\"}";
    boolean match = header.equals("If-Match");

    assertThat(act("/a", json, header, match ? "\"other\"" : tag).status()).isEqualTo(412);
    assertThat(act("/a", json, header, match ? tag : "\"other\"").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400 | /action",
        "{\"action\": \"move\"} | 400 | /to",
        "{\"action\": \"rename\", \"to\": \"/b\"} | 400 | /action",
        "{\"action\": \"move\", \"to\": \"\"} | 400 | /to",
        "{\"action\": \"move\", \"to\": \"b\"} | 400 | /to",
        "{\"action\": \"move\", \"to\": 7} | 400 | /to",
        "{\"action\": \"move\", \"to\": \"/a\\u0000ff\"} | 400 | /to",
        "{\"action\": \"move\", \"to\": \"/a\\nb\"} | 400 | /to",
        "{\"action\": \"move\", \"to\": \"/d/\"} | 400 | /to",
        "{\"action\": \"move\", \"to\": \"/\"} | 400 | /to",
        "{\"action\": \"move\", \"to\": \"/b\", \"overwrite\": \"T\"} | 400 | /overwrite",
        "{\"action\": \"move\", \"to\": \"/b\", \"depth\": 1} | 400 | /depth",
        "not json | 400 | ''",
        "{\"action\": \"move\", \"to\": \"/a\"} | 403 | name already",
        "{\"action\": \"copy\", \"to\": \"/a\"} | 403 | name already",
        "{\"action\": \"copy\", \"to\": \"/d\"} | 409 | directory",
        "{\"action\": \"copy\", \"to\": \"/d/x/y\"} | 409 | is a file"
      })
  void givenWhatIsNotTaken_whenSent_thenTheErrorNamesTheRule(String json, int status, String text) {
    put("/a", "text");
    put("/d/x", "other");

    Reply reply = act("/a", json);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.body()).contains(text);
    assertThat(gateway.get("/a").body()).isEqualTo("text");
  }

  @ParameterizedTest
  @CsvSource({
    "/missing, 404",
    "/d, 409",
    "/d/, 409",
    "/.hidden, 403",
    "/%2e%2e/secret, 403",
    "/%252e%252e/secret, 403"
  })
  void givenASourceThatIsNoFile_whenMoved_thenTheErrorSaysSo(String path, int status) {
    put("/d/x", "other");

    for (String action : List.of("move", "copy")) {
      assertThat(act(action, path, "/b").status()).as(action).isEqualTo(status);
    }
  }

  @Test
  void givenRandomDisguisesOfTheWayOut_whenADestination_thenNothingIsOutsideOfTheRoot()
      throws IOException {
    put("/a", "text");
    Random random = new Random(7);
    String[] dots = {".", "%2e", "%252e", "%25252e", "\\\\.", "\u00c0\u00ae", "%c0%ae"};
    String[] slashes = {"/", "//", "\\\\", "%2f", "%5c", "/./", "%252f"};
    for (int i = 0; i < 300; i++) {
      StringBuilder to = new StringBuilder("/");
      for (int steps = 1 + random.nextInt(3); steps > 0; steps--) {
        to.append(dots[random.nextInt(dots.length)]);
        to.append(dots[random.nextInt(dots.length)]);
        to.append(slashes[random.nextInt(slashes.length)]);
      }
      String action = random.nextBoolean() ? "move" : "copy";

      int status = act(action, "/a", to.append("out").toString()).status();

      // A name that stands for no dot in any reading is a name like others.
      assertThat(status).as(to.toString()).isIn(201, 200, 400, 403);
      if (status < 300 && action.equals("move")) {
        put("/a", "text");
      }
    }
    try (var outside = Files.list(directory)) {
      assertThat(outside).containsExactly(root);
    }
    assertThat(FileTree.files(root))
        .filteredOn(file -> !file.endsWith(".signalbox-lock"))
        .allSatisfy(file -> assertThat(file.getFileName().toString()).doesNotStartWith("."));
  }

  @Test
  void givenARawRequest_whenMoved_thenItIsAsCurlSendsIt() throws IOException {
    put("/a", "text");
    String json = "{\"action\":\"move\",\"to\":\"/b\"}";
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST /api/v1/files/a HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + json.length()
              + "\r\n\r\n"
              + json);

      assertThat(client.read().status()).isEqualTo(201);
    }
    assertThat(root.resolve("b")).hasContent("text");
  }

  @Test
  void givenACopyUnderWay_whenItsClientLeaves_thenNothingIsLeft() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
      file.setLength(SPARSE_BYTES);
    }
    String json = "{\"action\":\"copy\",\"to\":\"/copy\"}";
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST /api/v1/files/large HTTP/1.1\r\n$HOST\r\nContent-Type: application/json\r\n"
              + "Content-Length: "
              + json.length()
              + "\r\n\r\n"
              + json);
      Awaitility.await().until(() -> !hidden().isEmpty());
    }

    Awaitility.await().untilAsserted(() -> assertThat(hidden()).isEmpty());
    assertThat(root.resolve("copy")).doesNotExist();
  }

  private static List<Path> hidden() {
    return FileTree.files(root).stream()
        .filter(file -> file.getFileName().toString().startsWith(".upload-"))
        .toList();
  }

  @Test
  void givenAMethodThatIsNotTaken_whenSent_thenAllowNamesThoseThatAre() {
    Reply reply = gateway.send("main", "PATCH", API + "/a", "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow").split(", "))
        .containsExactlyInAnyOrder("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS");
  }

  @Test
  void givenNamesOfAnyBytes_whenMoved_thenTheSourceIsFoundByItsHref() {
    assertThat(put("/%ff%fe", "text").status()).isEqualTo(201);

    assertThat(act("move", "/%ff%fe", "/\u00fc").status()).isEqualTo(201);

    assertThat(gateway.get("/%c3%bc").body()).isEqualTo("text");
  }
}
