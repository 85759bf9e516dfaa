package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.FileTree;
import dev.signalbox.testsupport.TestPrograms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms over real sockets, into a file-service in the same process. */
class MultipartUploadTest {

  private static final String TYPE = "multipart/form-data; boundary=b";

  @TempDir static Path root;
  @TempDir Path scratch;
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

  /** All files, hidden ones too, but the lock of the service. */
  private static List<Path> stored() {
    return FileTree.files(root).stream().filter(file -> !file.endsWith(".signalbox-lock")).toList();
  }

  private static String part(String disposition, String body, String... headers) {
    StringBuilder part =
        new StringBuilder("--b\r\nContent-Disposition: form-data; " + disposition + "\r\n");
    for (String header : headers) {
      part.append(header).append("\r\n");
    }
    return part.append("\r\n").append(body).append("\r\n").toString();
  }

  private static String file(String name, String body, String... headers) {
    return part("name=\"f\"; filename=\"" + name + "\"", body, headers);
  }

  private static Reply post(String body, String... headers) {
    String[] all =
        Stream.concat(Stream.of("Content-Type", TYPE), Stream.of(headers)).toArray(String[]::new);
    return gateway.send("main", "POST", "/upload", body, all);
  }

  @Test
  void givenSeveralFilesAndFields_whenPosted_thenEachFileIsStoredUnderANewName() {
    Reply reply =
        post(
            part("name=\"note\"", "not stored")
                + file("a.txt", "one", "Content-Type: text/plain")
                + file("b.json", "{\"two\":2}", "Content-Type: application/json")
                + file("c.png", "three\r\n--a", "Content-Type: image/png")
                + "--b--\r\n");

    assertThat(reply.status()).isEqualTo(201);
    JsonNode json = reply.json();
    assertThat(json.get("status").asText()).isEqualTo("success");
    assertThat(json.get("filepath").asText()).isEqualTo(reply.header("Location"));
    assertThat(json.get("files")).hasSize(3);
    assertThat(json.get("files").findValuesAsText("filename"))
        .containsExactly("a.txt", "b.json", "c.png");
    List<String> paths = json.get("files").findValuesAsText("filepath");
    assertThat(paths.get(0)).isEqualTo(reply.header("Location")).endsWith(".txt");
    assertThat(paths.get(1)).endsWith(".json");
    assertThat(paths.get(2)).endsWith(".png");
    assertThat(paths.stream().map(path -> gateway.get(path).body()))
        .containsExactly("one", "{\"two\":2}", "three\r\n--a");
    assertThat(json.get("files").get(0).get("size_bytes").asLong()).isEqualTo(3);
    assertThat(stored()).hasSize(3);
  }

  @Test
  void givenALargeFileAmongSmallOnes_whenPosted_thenEveryByteIsStored() throws IOException {
    byte[] bytes = new byte[3_000_001];
    new Random(5).nextBytes(bytes);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(file("s", "small").getBytes(StandardCharsets.UTF_8));
    body.writeBytes(
        "--b\r\nContent-Disposition: form-data; name=l; filename=l\r\n\r\n"
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(bytes);
    body.writeBytes("\r\n--b--".getBytes(StandardCharsets.UTF_8));

    Reply reply =
        gateway.sendBytes("main", "POST", "/upload", body.toByteArray(), "Content-Type", TYPE);

    assertThat(reply.status()).isEqualTo(201);
    String path = reply.json().get("files").get(1).get("filepath").asText();
    assertThat(root.resolve(path.substring(1))).hasBinaryContent(bytes);
  }

  @Test
  void givenAFormSentByteByByte_whenPosted_thenItIsStoredLikeOneInOnePiece() {
    String form = file("a", "first\r\n-\r\n--") + file("b", "second") + "--b--\r\n";
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST /upload HTTP/1.1\r\n$HOST\r\nContent-Type: "
              + TYPE
              + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < form.length(); i++) {
        client.send("1\r\n" + form.charAt(i) + "\r\n");
      }
      client.send("0\r\n\r\n");

      assertThat(client.read().status()).isEqualTo(201);
    }
    assertThat(stored().stream().map(MultipartUploadTest::read))
        .containsExactlyInAnyOrder("first\r\n-\r\n--", "second");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc/passwd",
        "/etc/passwd",
        "..\\x",
        ".htaccess",
        "a\u0000b",
        "a;b",
        "name=x",
        "\u00e4\u4e2d.txt"
      })
  void givenAHostileName_whenPosted_thenItNeverReachesTheDisk(String name) {
    Reply reply = post(file(name, "x") + "--b--\r\n");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("filepath").asText())
        .matches("/uploads/upload_[0-9]{8}_[0-9]{6}_[0-9a-z]{4}\\.(bin|txt)")
        .endsWith(name.endsWith(".txt") ? ".txt" : ".bin");
    assertThat(stored()).hasSize(1);
  }

  @Test
  void givenAnEncodedName_whenPosted_thenTheAnswerHasIt() {
    Reply reply =
        post(part("name=\"f\"; filename*=UTF-8''%e2%82%ac%20rates.txt", "x") + "--b--\r\n");

    assertThat(reply.json().get("files").get(0).get("filename").asText())
        .isEqualTo("\u20ac rates.txt");
  }

  static Stream<Arguments> refused() {
    String good = file("a", "stored first");
    return Stream.of(
        Arguments.of("no last boundary", good + "--b", 400),
        Arguments.of("no boundary at all", "x".repeat(100), 400),
        Arguments.of("another boundary", good.replace("--b", "--c") + "--c--", 400),
        Arguments.of("an end in the middle of a file", good + file("b", "x").stripTrailing(), 400),
        Arguments.of("an end in the headers", good + "--b\r\nContent-Dispo", 400),
        Arguments.of("no file", part("name=\"n\"", "x") + "--b--\r\n", 400),
        Arguments.of("nothing but the end", "--b--\r\n", 400),
        Arguments.of("an empty file", good + file("b", "") + "--b--\r\n", 400),
        Arguments.of("a part without a name", good + part("filename=\"b\"", "x") + "--b--", 400),
        Arguments.of("a parameter without a value", good + part("name", "x") + "--b--", 400),
        Arguments.of(
            "an unknown coding",
            good + file("b", "x", "Content-Transfer-Encoding: base64") + "--b--",
            400),
        Arguments.of(
            "JSON that is none",
            good + file("b", "{", "Content-Type: application/json") + "--b--\r\n",
            400),
        Arguments.of(
            "a nested form without a boundary",
            good + part("name=\"n\"", "x", "Content-Type: multipart/mixed") + "--b--\r\n",
            400),
        Arguments.of(
            "nested forms without end",
            good
                + ("--b\r\nContent-Disposition: form-data; name=n\r\nContent-Type: multipart/mixed;"
                        + " boundary=m\r\n\r\n--m--\r\n")
                    .repeat(20_000),
            413),
        Arguments.of(
            "a header too long",
            good + file("b", "x", "X: " + "y".repeat(20_000)) + "--b--\r\n",
            413),
        Arguments.of("too many parts", file("a", "x").repeat(200) + "--b--\r\n", 413),
        Arguments.of(
            "too much in fields",
            good + part("name=\"n\"", "x".repeat(2_000_000)) + "--b--\r\n",
            413),
        Arguments.of(
            "a file too large", good + file("b", "x".repeat(5_000_001)) + "--b--\r\n", 413),
        Arguments.of("too much after the end", good + "--b--\r\n" + "x".repeat(20_000), 413));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void givenAFormThatIsNotTaken_whenPosted_thenItIsRefusedAndNothingIsLeft(
      String what, String form, int status) {
    Reply reply = post(form);

    assertThat(reply.status()).as("%s: %s", what, reply.body()).isEqualTo(status);
    assertThat(reply.json().get("status").asText()).isEqualTo("error");
    // What was stored of it is deleted behind the answer.
    Awaitility.await().untilAsserted(() -> assertThat(stored()).isEmpty());
  }

  @Test
  void givenAFileThatWasNotChosen_whenPostedWithAnother_thenTheOtherIsStored() {
    Reply reply = post(file("", "") + file("a", "x") + "--b--\r\n");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.json().get("files")).hasSize(1);
  }

  @Test
  void givenAClientThatLeavesInTheSecondFile_whenGone_thenNothingIsLeft() {
    try (RawClient client = gateway.raw()) {
      client.send(
          "POST /upload HTTP/1.1\r\n$HOST\r\nContent-Length: 1000\r\nContent-Type: "
              + TYPE
              + "\r\n\r\n"
              + file("a", "first")
              + "--b\r\nContent-Disposition: form-data; name=b; filename=b\r\n\r\nsecond");
      // The first is stored and the second under way.
      Awaitility.await().until(() -> stored().size() == 2);
    }

    Awaitility.await().untilAsserted(() -> assertThat(stored()).isEmpty());
  }

  @Test
  void givenCurl_whenItSendsAForm_thenItIsStored() throws IOException, InterruptedException {
    String program = TestPrograms.require("curl");
    Path file = Files.writeString(scratch.resolve("one.txt"), "by curl");

    Process curl =
        new ProcessBuilder(
                program,
                "-s",
                "-F",
                "a=@" + file,
                "-F",
                "field=value",
                "-F",
                "b=@" + file + ";filename=../two",
                "http://127.0.0.1:" + gateway.port("main") + "/upload")
            .start();
    String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(curl.waitFor()).isZero();
    assertThat(answer).contains("2 files created successfully");
    assertThat(stored().stream().map(MultipartUploadTest::read))
        .containsExactly("by curl", "by curl");
  }
}
