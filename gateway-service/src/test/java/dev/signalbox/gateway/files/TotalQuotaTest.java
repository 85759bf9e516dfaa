package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The quota of all files, by every kind of upload. */
class TotalQuotaTest {

  private static final String API = "/api/v1/files";
  private static final String UPLOADS = "/api/v1/uploads";
  private static final String FORM = "multipart/form-data; boundary=b";

  /** What each file and each directory counts beside its bytes. */
  private static final int ENTRY = 4_096;

  /** Bytes of the file that is there before each test, beside the directory of uploads. */
  private static final int STORED = 400;

  /** Bytes of one more file for which there is room then. */
  private static final int FREE = 600 + ENTRY;

  private static final int QUOTA = 2 * ENTRY + STORED + ENTRY + FREE;

  @TempDir Path root;
  private GatewayFixture gateway;

  /** The ways in. */
  enum Kind {
    PUT,
    PUT_CHUNKED,
    POST_JSON,
    POST_TEXT,
    FORM,
    TUS_CREATION,
    TUS_CREATION_WITH_UPLOAD,
    TUS_PATCH,
    TUS_CONCATENATION,
    COPY;

    /** Bytes for which there is room: some leave the file that they take them from, too. */
    int free() {
      return this == TUS_CONCATENATION || this == COPY ? FREE - ENTRY : FREE;
    }
  }

  @BeforeEach
  void start() throws IOException {
    Files.writeString(root.resolve("stored"), "x".repeat(STORED));
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE),
            "file.root",
            root.toString(),
            "file.max-total-bytes",
            Integer.toString(QUOTA),
            "file.upload-idle",
            "1h");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Reply send(String method, String path, String body, String... headers) {
    return gateway.send("main", method, path, body, headers);
  }

  private Reply tus(String method, String path, String body, String... headers) {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = "Tus-Resumable";
    all[headers.length + 1] = "1.0.0";
    return send(method, path, body, all);
  }

  private String upload(int length, String... headers) {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = length < 0 ? "Upload-Defer-Length" : "Upload-Length";
    all[headers.length + 1] = length < 0 ? "1" : Integer.toString(length);
    Reply created = tus("POST", UPLOADS, "", all);
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    return created.header("Location");
  }

  private Reply patch(String upload, int offset, String body) {
    return tus(
        "PATCH",
        upload,
        body,
        "Content-Type",
        "application/offset+octet-stream",
        "Upload-Offset",
        Integer.toString(offset));
  }

  /** Sends so many bytes more than there are. */
  private Answer send(Kind kind, int bytes) {
    if (kind == Kind.PUT_CHUNKED) {
      try (RawClient client = gateway.raw()) {
        client.send(
            "PUT /api/v1/files/new HTTP/1.1\r\n$HOST\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send(Integer.toHexString(bytes) + "\r\n" + "x".repeat(bytes) + "\r\n0\r\n\r\n");
        RawClient.Response response = client.read();
        return new Answer(response.status(), response.body());
      }
    }
    Reply reply = reply(kind, bytes);
    return new Answer(reply.status(), reply.body());
  }

  private record Answer(int status, String body) {}

  private Reply reply(Kind kind, int bytes) {
    String body = "x".repeat(bytes);
    return switch (kind) {
      case PUT -> send("PUT", API + "/new", body);
      case PUT_CHUNKED -> throw new IllegalArgumentException("needs a client of its own");
      case POST_JSON -> gateway.post("/upload", "\"" + "x".repeat(bytes - 2) + "\"");
      case POST_TEXT -> send("POST", "/upload", body, "Content-Type", "text/plain");
      case FORM ->
          send(
              "POST",
              "/upload",
              "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n"
                  + body
                  + "\r\n--b--\r\n",
              "Content-Type",
              FORM);
      case TUS_CREATION -> {
        Reply created = tus("POST", UPLOADS, "", "Upload-Length", Integer.toString(bytes));
        yield created.status() == 201 ? patch(created.header("Location"), 0, body) : created;
      }
      case TUS_CREATION_WITH_UPLOAD ->
          tus(
              "POST",
              UPLOADS,
              body,
              "Upload-Length",
              Integer.toString(bytes),
              "Content-Type",
              "application/offset+octet-stream");
      case TUS_PATCH -> patch(upload(-1), 0, body);
      case TUS_CONCATENATION -> {
        // The part counts too.
        int half = bytes / 2;
        String part = upload(half, "Upload-Concat", "partial");
        assertThat(patch(part, 0, "x".repeat(half)).status()).isEqualTo(204);
        yield tus("POST", UPLOADS, "", "Upload-Concat", "final;" + part);
      }
      case COPY -> {
        assertThat(send("PUT", API + "/source", "x".repeat(bytes / 2)).status()).isEqualTo(201);
        yield send(
            "POST",
            API + "/source",
            "{\"action\": \"copy\", \"to\": \"/new\"}",
            "Content-Type",
            "application/json");
      }
    };
  }

  private static boolean isUpload(Path file) {
    return file.getFileName().toString().startsWith(".upload-");
  }

  private List<Path> visible() {
    return FileTree.files(root).stream()
        .filter(file -> !root.relativize(file).toString().startsWith("."))
        .filter(file -> !file.endsWith("source"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void givenMoreThanTheQuota_whenSent_thenItIs507AndNothingIsLeft(Kind kind) {
    Answer reply = send(kind, kind.free() + 2);

    assertThat(reply.status()).as(reply.body()).isEqualTo(507);
    assertThat(reply.body()).contains("file.max-total-bytes").contains(QUOTA + " bytes");
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(visible()).containsExactly(root.resolve("stored"));
          assertThat(FileTree.files(root)).noneMatch(TotalQuotaTest::isUpload);
        });
  }

  @ParameterizedTest
  @EnumSource
  void givenAsMuchAsTheQuota_whenSent_thenItIsStoredAndNothingMoreFits(Kind kind) {
    Answer reply = send(kind, kind.free());

    assertThat(reply.status()).as(reply.body()).isIn(201, 204);
    assertThat(send("PUT", API + "/more", "x").status()).isEqualTo(507);
    assertThat(send("PUT", API + "/stored", "y".repeat(STORED)).status()).isEqualTo(200);
    assertThat(send("DELETE", API + "/stored", "").status()).isEqualTo(204);
    assertThat(send("PUT", API + "/more", "x".repeat(STORED)).status()).isEqualTo(201);
  }

  @Test
  void
      givenFilesOfNothingInDeepFolders_whenPutAgainAndAgain_thenTheQuotaEndsThemAndNothingIsLeft() {
    assertThat(send("PUT", API + "/a/empty", "").status()).isEqualTo(201);
    List<Path> before = FileTree.directories(root);

    for (String path : List.of("/a/b/empty", "/c/d/e/f/empty", "/a/other")) {
      Reply reply = send("PUT", API + path, "");
      assertThat(reply.status()).as(reply.body()).isEqualTo(507);
      assertThat(reply.body()).contains("INSUFFICIENT_STORAGE", "file.max-total-bytes");
    }

    assertThat(FileTree.directories(root)).containsExactlyInAnyOrderElementsOf(before);
    assertThat(send("DELETE", API + "/a/empty", "").status()).isEqualTo(204);
    assertThat(send("PUT", API + "/c/empty", "").status()).isEqualTo(201);
  }

  @Test
  void givenNoRoomForAFolder_whenAFileIsMovedIntoANewOne_thenItIs507AndItStays() {
    assertThat(send("PUT", API + "/full", "x".repeat(FREE)).status()).isEqualTo(201);

    Reply reply = move("/full", "/new/full");

    assertThat(reply.status()).as(reply.body()).isEqualTo(507);
    assertThat(root.resolve("new")).doesNotExist();
    assertThat(move("/full", "/other").status()).isEqualTo(201);
  }

  /** Creations with an upload that is refused after they were made. */
  @ParameterizedTest
  @CsvSource({
    "Upload-Defer-Length, 1, '', 4698, 507",
    "Upload-Length, 5, 'sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 5, 460",
    "Upload-Defer-Length, 1, 'sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 5, 460",
  })
  void givenACreationWithAnUpload_whenTheUploadIsRefused_thenNothingIsLeft(
      String name, String value, String checksum, int bytes, int status) {
    List<String> headers =
        new ArrayList<>(List.of(name, value, "Content-Type", "application/offset+octet-stream"));
    if (!checksum.isEmpty()) {
      headers.addAll(List.of("Upload-Checksum", checksum));
    }

    Reply reply = tus("POST", UPLOADS, "x".repeat(bytes), headers.toArray(String[]::new));

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.header("Location")).isEmpty();
    assertThat(FileTree.files(root)).noneMatch(file -> file.getParent().endsWith(".resumable"));
    assertThat(send("PUT", API + "/new", "x".repeat(FREE)).status()).isEqualTo(201);
  }

  @Test
  void givenAnUploadThatIsCutOff_whenItIsGone_thenItsRoomIsFree() {
    try (RawClient client = gateway.raw()) {
      client.send(
          "PUT /api/v1/files/cut HTTP/1.1\r\n$HOST\r\nContent-Length: " + FREE + "\r\n\r\nx");
      // Its room is taken when its first byte is written.
      Awaitility.await()
          .until(() ->
              FileTree.files(root).stream()
                  .anyMatch(file -> isUpload(file) && file.toFile().length() > 0));

      assertThat(send("PUT", API + "/new", "x".repeat(FREE)).status()).isEqualTo(507);
    }

    Awaitility.await()
        .untilAsserted(
            () -> assertThat(send("PUT", API + "/new", "x".repeat(FREE)).status()).isEqualTo(201));
  }

  @Test
  void givenATusUpload_whenItReplacesAFileOfItsSizeAtTheFullQuota_thenItFits() {
    assertThat(send("PUT", API + "/full", "x".repeat(FREE)).status()).isEqualTo(201);
    String path = Base64.getEncoder().encodeToString("/full".getBytes(StandardCharsets.UTF_8));

    String upload = upload(FREE, "Upload-Metadata", "path " + path);

    assertThat(patch(upload, 0, "y".repeat(FREE)).status()).isEqualTo(204);
    assertThat(root.resolve("full")).hasContent("y".repeat(FREE));
  }

  @Test
  void givenATusUploadWhoseFileToReplaceIsMovedAway_whenItEnds_thenItStaysUntilThereIsRoom() {
    int size = FREE - ENTRY; // Short enough to reach the disk before its end is sent.
    assertThat(send("PUT", API + "/full", "x".repeat(size)).status()).isEqualTo(201);
    assertThat(send("PUT", API + "/nothing", "").status()).isEqualTo(201);
    String path = Base64.getEncoder().encodeToString("/full".getBytes(StandardCharsets.UTF_8));
    String upload = upload(size, "Upload-Metadata", "path " + path);
    try (RawClient client = gateway.raw()) {
      client.send(
          "PATCH "
              + upload
              + " HTTP/1.1\r\n$HOST\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
              + "Content-Type: application/offset+octet-stream\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(size)
              + "\r\n"
              + "y".repeat(size)
              + "\r\n");
      Awaitility.await()
          .until(() ->
              FileTree.files(root).stream()
                  .filter(file -> file.getParent().endsWith(".resumable"))
                  .anyMatch(file -> file.toFile().length() == size));
      assertThat(move("/full", "/moved").status()).isEqualTo(201);
      client.send("0\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(507);
    }

    assertThat(tus("HEAD", upload, null).status()).isEqualTo(409);
    assertThat(patch(upload, size, "").status()).isEqualTo(507);
    assertThat(send("DELETE", API + "/moved", "").status()).isEqualTo(204);
    assertThat(patch(upload, size, "").status()).isEqualTo(204);
    assertThat(root.resolve("full")).hasContent("y".repeat(size));
  }

  private Reply move(String from, String to) {
    return send(
        "POST",
        API + from,
        "{\"action\": \"move\", \"to\": \"%s\"}".formatted(to),
        "Content-Type",
        "application/json");
  }
}
