package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.FileTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resumable uploads over tus 1.0.0. */
class TusTest {

  private static final String UPLOADS = "/api/v1/uploads";
  private static final String BYTES = "application/offset+octet-stream";
  private static final int MAX_BYTES = 1_000_000;

  @TempDir Path root;
  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway = startOver("1h");
  }

  private GatewayFixture startOver(String idle, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "file.root",
                root.toString(),
                "file.upload-idle",
                idle,
                "file.max-upload-bytes",
                Integer.toString(MAX_BYTES)));
    settings.addAll(List.of(more));
    return GatewayFixture.start(List.of(FileMain.SERVICE), settings.toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Reply send(String method, String path, String body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    if (!all.contains("Tus-Resumable")) {
      all.addAll(List.of("Tus-Resumable", "1.0.0"));
    }
    return gateway.send("main", method, path, body, all.toArray(String[]::new));
  }

  private String create(String... headers) {
    Reply reply = send("POST", UPLOADS, "", headers);
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.header("Location");
  }

  private Reply patch(String upload, long offset, String body, String... more) {
    List<String> headers =
        new ArrayList<>(List.of("Content-Type", BYTES, "Upload-Offset", Long.toString(offset)));
    headers.addAll(List.of(more));
    return send("PATCH", upload, body, headers.toArray(String[]::new));
  }

  private Reply head(String upload) {
    return send("HEAD", upload, null);
  }

  private static String metadata(String key, String value) {
    return key + " " + Base64.getEncoder().encodeToString(value.getBytes(UTF_8));
  }

  private Path at(String path) {
    return root.resolve(path.substring(1));
  }

  private String offset(String upload) {
    return head(upload).header("Upload-Offset");
  }

  private List<Path> hidden() {
    return FileTree.files(root).stream()
        .filter(file -> file.getParent().endsWith(".resumable"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {UPLOADS, UPLOADS + "/00000000000000000000000000000000"})
  void givenOptions_whenAsked_thenTheyNameVersionExtensionsAndLimits(String path) {
    Reply reply = gateway.send("main", "OPTIONS", path, null);

    assertThat(reply.status()).isEqualTo(204);
    assertThat(reply.header("Tus-Version")).isEqualTo("1.0.0");
    assertThat(reply.header("Tus-Extension").split(","))
        .contains(
            "creation",
            "creation-defer-length",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
            "concatenation");
    assertThat(reply.header("Tus-Max-Size")).isEqualTo(Integer.toString(MAX_BYTES));
    assertThat(reply.header("Tus-Checksum-Algorithm")).isEqualTo("sha1,sha256");
  }

  @Test
  void givenAnUploadInPieces_whenTheLastCame_thenTheFileIsAtItsPathAndHeadSaysComplete() {
    String given = metadata("path", "/a/b.txt") + ",other";
    String upload = create("Upload-Length", "10", "Upload-Metadata", given);

    Reply first = patch(upload, 0, "01234");
    assertThat(first.status()).isEqualTo(204);
    assertThat(first.header("Upload-Offset")).isEqualTo("5");
    assertThat(first.header("Upload-Expires")).endsWith("GMT");
    assertThat(first.header("Tus-Resumable")).isEqualTo("1.0.0");
    assertThat(at("/a/b.txt")).doesNotExist();
    Reply between = head(upload);
    assertThat(between.status()).isEqualTo(200);
    assertThat(between.header("Upload-Offset")).isEqualTo("5");
    assertThat(between.header("Upload-Length")).isEqualTo("10");
    assertThat(between.header("Upload-Metadata")).isEqualTo(given);
    assertThat(between.header("Cache-Control")).isEqualTo("no-store");

    Reply last = patch(upload, 5, "56789");

    assertThat(last.status()).isEqualTo(204);
    assertThat(last.header("Upload-Offset")).isEqualTo("10");
    assertThat(at("/a/b.txt")).hasContent("0123456789");
    assertThat(offset(upload)).isEqualTo("10");
    assertThat(gateway.get("/a/b.txt").status()).isEqualTo(200);
    assertThat(hidden()).hasSize(1);
  }

  @Test
  void givenAFilename_whenUploaded_thenTheFileIsUnderUploads() {
    String upload = create("Upload-Length", "1", "Upload-Metadata", metadata("filename", "ü.txt"));

    assertThat(patch(upload, 0, "x").status()).isEqualTo(204);

    assertThat(at("/uploads/ü.txt")).hasContent("x");
  }

  @Test
  void givenNoName_whenUploaded_thenTheFileHasANewOneUnderUploads() {
    String upload = create("Upload-Length", "1");

    assertThat(patch(upload, 0, "x").status()).isEqualTo(204);

    String path = head(upload).header("Content-Location");
    assertThat(path).matches("/uploads/upload_\\d{8}_\\d{6}_[0-9a-z]{4}\\.bin");
    assertThat(at(path)).hasContent("x");
  }

  @Test
  void givenLengthZero_whenCreated_thenTheEmptyFileIsThere() {
    String upload = create("Upload-Length", "0", "Upload-Metadata", metadata("path", "empty.bin"));

    assertThat(at("/empty.bin")).isEmptyFile();
    assertThat(offset(upload)).isEqualTo("0");
    assertThat(head(upload).header("Upload-Length")).isEqualTo("0");
  }

  @Test
  void givenABodyOfTheCreation_whenItIsAPartOrAll_thenItIsStored() {
    Reply some =
        send(
            "POST",
            UPLOADS,
            "012",
            "Content-Type",
            BYTES,
            "Upload-Length",
            "5",
            "Upload-Metadata",
            metadata("path", "/c.txt"));

    assertThat(some.status()).isEqualTo(201);
    assertThat(some.header("Upload-Offset")).isEqualTo("3");
    assertThat(patch(some.header("Location"), 3, "34").status()).isEqualTo(204);
    assertThat(at("/c.txt")).hasContent("01234");
    Reply all = send("POST", UPLOADS, "01234", "Content-Type", BYTES, "Upload-Length", "5");
    assertThat(all.header("Upload-Offset")).isEqualTo("5");
    assertThat(offset(all.header("Location"))).isEqualTo("5");
  }

  @Test
  void givenADeferredLength_whenItIsSetLater_thenTheUploadEndsThereAndItCannotChange() {
    String upload =
        create("Upload-Defer-Length", "1", "Upload-Metadata", metadata("path", "/d.txt"));
    assertThat(patch(upload, 0, "01").status()).isEqualTo(204);
    assertThat(head(upload).header("Upload-Defer-Length")).isEqualTo("1");

    assertThat(patch(upload, 2, "2", "Upload-Length", "4").status()).isEqualTo(204);
    assertThat(head(upload).header("Upload-Length")).isEqualTo("4");
    assertThat(patch(upload, 3, "3", "Upload-Length", "5").status()).isEqualTo(400);
    assertThat(patch(upload, 3, "3").status()).isEqualTo(204);

    assertThat(at("/d.txt")).hasContent("0123");
  }

  @Test
  void givenADeferredLength_whenItIsSetWithoutBytes_thenTheUploadIsComplete() {
    String upload =
        create("Upload-Defer-Length", "1", "Upload-Metadata", metadata("path", "/d.txt"));
    assertThat(patch(upload, 0, "01").status()).isEqualTo(204);

    assertThat(patch(upload, 2, "", "Upload-Length", "2").status()).isEqualTo(204);

    assertThat(at("/d.txt")).hasContent("01");
  }

  @ParameterizedTest
  @CsvSource({"sha1,SHA-1", "sha256,SHA-256"})
  void givenAChecksum_whenItMatchesOrNot_thenTheBytesAreKeptOrDiscarded(
      String name, String algorithm) throws Exception {
    String upload = create("Upload-Length", "4", "Upload-Metadata", metadata("path", "/e.txt"));
    String right =
        name
            + " "
            + Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance(algorithm).digest("01".getBytes(UTF_8)));

    assertThat(patch(upload, 0, "01", "Upload-Checksum", right).status()).isEqualTo(204);
    assertThat(patch(upload, 2, "23", "Upload-Checksum", right).status()).isEqualTo(460);
    assertThat(offset(upload)).isEqualTo("2");
    assertThat(at("/e.txt")).doesNotExist();
    assertThat(patch(upload, 2, "45").status()).isEqualTo(204);

    assertThat(at("/e.txt")).hasContent("0145");
  }

  @Test
  void givenAnUpload_whenTerminated_thenNothingIsLeftOfIt() {
    String upload = create("Upload-Length", "4");
    assertThat(patch(upload, 0, "01").status()).isEqualTo(204);

    assertThat(send("DELETE", upload, null).status()).isEqualTo(204);

    assertThat(head(upload).status()).isEqualTo(404);
    assertThat(patch(upload, 2, "23").status()).isEqualTo(404);
    assertThat(send("DELETE", upload, null).status()).isEqualTo(404);
    assertThat(hidden()).isEmpty();
  }

  @Test
  void givenPartialUploads_whenConcatenated_thenTheFileHasThemInOrder() {
    String first = create("Upload-Length", "3", "Upload-Concat", "partial");
    String second = create("Upload-Length", "2", "Upload-Concat", "partial");
    assertThat(patch(first, 0, "abc").status()).isEqualTo(204);
    assertThat(patch(second, 0, "de").status()).isEqualTo(204);
    assertThat(head(first).header("Upload-Concat")).isEqualTo("partial");
    String concat = "final;" + second + " http://localhost" + first + " " + second;

    String upload = create("Upload-Concat", concat, "Upload-Metadata", metadata("path", "/f.txt"));

    assertThat(at("/f.txt")).hasContent("deabcde");
    Reply state = head(upload);
    assertThat(state.header("Upload-Offset")).isEqualTo("7");
    assertThat(state.header("Upload-Length")).isEqualTo("7");
    assertThat(state.header("Upload-Concat")).isEqualTo(concat);
    assertThat(patch(upload, 7, "x").status()).isEqualTo(403);
    assertThat(offset(first)).isEqualTo("3");
    assertThat(Files.exists(at("/uploads"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "final;$unfinished|409",
        "final;$whole|400",
        "final;/api/v1/uploads/00000000000000000000000000000000|404",
        "final;/etc/passwd|400",
        "final;|400",
        "final|400",
        "other|400"
      })
  void givenPartsThatDoNotFit_whenConcatenated_thenItIsAnError(String concat, int status) {
    String unfinished = create("Upload-Length", "3", "Upload-Concat", "partial");
    String whole = create("Upload-Length", "3");

    Reply reply =
        send(
            "POST",
            UPLOADS,
            "",
            "Upload-Concat",
            concat.replace("$unfinished", unfinished).replace("$whole", whole));

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.header("Tus-Resumable")).isEqualTo("1.0.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST||Upload-Length=5;Tus-Resumable=0.2.2|412",
        "PATCH|x|Content-Type=$type;Upload-Offset=0;Tus-Resumable=2|412",
        "HEAD||Tus-Resumable=|412",
        "DELETE||Tus-Resumable=x|412",
        "POST|||400",
        "POST||Upload-Length=5;Upload-Defer-Length=1|400",
        "POST||Upload-Defer-Length=2|400",
        "POST||Upload-Length=-1|400",
        "POST||Upload-Length=x|400",
        "POST||Upload-Length=9999999999999999999|400",
        "POST||Upload-Length=1000001|413",
        "POST|abc|Upload-Length=5|415",
        "POST|abc|Upload-Length=5;Content-Type=text/plain|415",
        "POST|abcdef|Upload-Length=5;Content-Type=$type|413",
        "POST||Upload-Length=5;Upload-Metadata=a b c|400",
        "POST||Upload-Length=5;Upload-Metadata=a !|400",
        "POST||Upload-Length=5;Upload-Metadata=a YQ==,a YQ==|400",
        "POST||Upload-Length=5;Upload-Metadata=,|400",
        "POST||Upload-Length=5;Upload-Metadata=filename YS9i|400",
        "POST||Upload-Length=5;Upload-Metadata=path Li4vYQ==|403",
        "POST||Upload-Length=5;Upload-Metadata=path LmE=|403",
        "POST||Upload-Length=5;Upload-Metadata=path /w==|400",
        "POST||Upload-Length=5;Upload-Metadata=path dGhlcmUudHh0;If-None-Match=*|412",
        "PATCH|x|Upload-Offset=0|415",
        "PATCH|x|Upload-Offset=0;Content-Type=application/octet-stream|415",
        "PATCH|x|Content-Type=$type|400",
        "PATCH|x|Content-Type=$type;Upload-Offset=-1|400",
        "PATCH|x|Content-Type=$type;Upload-Offset=1|409",
        "PATCH|0123456|Content-Type=$type;Upload-Offset=0|413",
        "PATCH|x|Content-Type=$type;Upload-Offset=0;Upload-Checksum=md5 AAAA|400",
        "PATCH|x|Content-Type=$type;Upload-Offset=0;Upload-Checksum=sha1 AAAA|400",
        "PATCH|x|Content-Type=$type;Upload-Offset=0;Upload-Checksum=sha1|400",
        "POST_ONE|x|Content-Type=$type;Upload-Offset=0|400",
        "POST_ONE|x|Content-Type=$type;Upload-Offset=0;X-HTTP-Method-Override=PUT|400",
        "GET|||405",
        "PUT|x||405"
      })
  void givenABadRequest_whenSent_thenItIsAnErrorAndTheUploadIsAsBefore(
      String method, String body, String headers, int status) throws Exception {
    Files.writeString(at("/there.txt"), "kept");
    String upload = create("Upload-Length", "5");
    List<String> sent = new ArrayList<>();
    if (headers != null) {
      for (String header : headers.replace("$type", BYTES).split(";")) {
        sent.addAll(Arrays.asList(header.split("=", 2)));
      }
    }
    String path = method.equals("POST") ? UPLOADS : upload;
    String verb = method.equals("POST_ONE") ? "POST" : method;

    Reply reply = send(verb, path, body == null && verb.equals("POST") ? "" : body, strings(sent));

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    if (status == 412 && !headers.contains("If-None-Match")) {
      assertThat(reply.header("Tus-Version")).isEqualTo("1.0.0");
    }
    if (status == 409) {
      assertThat(reply.header("Upload-Offset")).isEqualTo("0");
    }
    if (status != 405) {
      assertThat(reply.header("Tus-Resumable")).isEqualTo("1.0.0");
    }
    assertThat(offset(upload)).isEqualTo("0");
  }

  private static String[] strings(List<String> list) {
    return list.toArray(String[]::new);
  }

  @Test
  void givenNoTusResumable_whenSent_thenItIs412() {
    Reply reply = gateway.send("main", "POST", UPLOADS, "", "Upload-Length", "5");

    assertThat(reply.status()).isEqualTo(412);
    assertThat(reply.header("Tus-Version")).isEqualTo("1.0.0");
  }

  @Test
  void givenMethodsOverridden_whenPosted_thenTheyArePatchAndDelete() {
    String upload = create("Upload-Length", "5");

    assertThat(
            send(
                    "POST",
                    upload,
                    "012",
                    "Content-Type",
                    BYTES,
                    "Upload-Offset",
                    "0",
                    "X-HTTP-Method-Override",
                    "PATCH")
                .header("Upload-Offset"))
        .isEqualTo("3");
    assertThat(send("POST", upload, "", "X-HTTP-Method-Override", "DELETE").status())
        .isEqualTo(204);
    assertThat(head(upload).status()).isEqualTo(404);
  }

  private RawClient half(String upload, String more) {
    RawClient client = gateway.raw();
    client.send(
        "PATCH "
            + upload
            + " HTTP/1.1\r\n$HOST\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: "
            + BYTES
            + "\r\nContent-Length: 10\r\n"
            + more
            + "\r\n01234");
    Awaitility.await().until(() -> hidden().stream().anyMatch(file -> file.toFile().length() == 5));
    return client;
  }

  @Test
  void givenAClientThatLeavesInTheMiddle_whenItComesBack_thenItGoesOnWhereItWas() {
    String upload = create("Upload-Length", "10", "Upload-Metadata", metadata("path", "/g.txt"));
    half(upload, "").close();
    Awaitility.await().until(() -> patch(upload, 5, "56").status() == 204);

    assertThat(offset(upload)).isEqualTo("7");
    assertThat(patch(upload, 7, "789").status()).isEqualTo(204);
    assertThat(at("/g.txt")).hasContent("0123456789");
  }

  @Test
  void givenAClientThatLeavesInTheMiddleOfACheckedPiece_whenAsked_thenNothingOfItIsStored() {
    String upload = create("Upload-Length", "10");
    String checksum = "Upload-Checksum: sha1 " + Base64.getEncoder().encodeToString(new byte[20]);
    half(upload, checksum + "\r\n").close();

    assertThat(offset(upload)).isEqualTo("0");
    Awaitility.await().until(() -> patch(upload, 0, "01").status() == 204);
    assertThat(offset(upload)).isEqualTo("2");
  }

  @Test
  void givenTwoClientsAtOnce_whenBothPatch_thenTheSecondIsRefusedAndTheFirstGoesOn() {
    String upload = create("Upload-Length", "10", "Upload-Metadata", metadata("path", "/h.txt"));
    try (RawClient first = half(upload, "")) {
      assertThat(patch(upload, 0, "xxxxxxxxxx").status()).isEqualTo(423);
      assertThat(patch(upload, 5, "xxxxx").status()).isEqualTo(423);
      assertThat(send("DELETE", upload, null).status()).isEqualTo(423);

      first.send("56789");

      assertThat(first.read().status()).isEqualTo(204);
    }
    assertThat(at("/h.txt")).hasContent("0123456789");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"})
  void givenARestartInTheMiddle_whenResumed_thenTheFileIsWhole(String checksum) {
    String upload = create("Upload-Length", "10", "Upload-Metadata", metadata("path", "/i.txt"));
    RawClient client = half(upload, checksum);
    gateway.close();
    client.close();
    gateway = startOver("1h");

    String offset = offset(upload);

    assertThat(offset).isEqualTo(checksum.isEmpty() ? "5" : "0");
    int from = Integer.parseInt(offset);
    assertThat(patch(upload, from, "0123456789".substring(from)).status()).isEqualTo(204);
    assertThat(at("/i.txt")).hasContent("0123456789");
  }

  @Test
  void givenManyUnfinishedUploads_whenAnotherUploadComes_thenItHasAPlace() {
    for (int i = 0; i < 7; i++) {
      String upload = create("Upload-Length", "10");
      assertThat(patch(upload, 0, "01").status()).isEqualTo(204);
    }

    assertThat(gateway.send("main", "PUT", "/api/v1/files/j.txt", "x").status()).isEqualTo(201);
  }

  @Test
  void givenAsManyUnfinishedUploadsAsAllowed_whenOneMoreIsCreated_thenItIsRefused() {
    gateway.close();
    gateway = startOver("1h", "file.max-resumable", "2");
    String first = create("Upload-Length", "1");
    create("Upload-Length", "1");

    assertThat(send("POST", UPLOADS, "", "Upload-Length", "1").status()).isEqualTo(409);

    assertThat(patch(first, 0, "x").status()).isEqualTo(204);
    create("Upload-Length", "1");
  }

  @Test
  void givenAnExpiredUpload_whenTheSweepRuns_thenNothingIsLeftOfItAndItIsNotFound() {
    gateway.close();
    gateway = startOver("1h", "file.resumable-expiry", "1s");
    String upload = create("Upload-Length", "10");

    Awaitility.await().until(() -> hidden().isEmpty());

    assertThat(head(upload).status()).isEqualTo(404);
  }

  /** An upload whose only byte has come, and that has no place since a directory is at its path. */
  private String wholeWithoutPlace(String path) throws Exception {
    String upload = create("Upload-Length", "1", "Upload-Metadata", metadata("path", path));
    Files.createDirectory(at(path));
    assertThat(patch(upload, 0, "x").status()).isEqualTo(409);
    return upload;
  }

  @Test
  void givenADirectoryAtThePath_whenTheLastPieceComes_thenItIsAConflictUntilAnEmptyOneStoresIt()
      throws Exception {
    String upload = wholeWithoutPlace("/k");
    assertThat(head(upload).status()).isEqualTo(409);
    assertThat(patch(upload, 1, "").status()).isEqualTo(409);
    assertThat(head(upload).status()).isEqualTo(409);
    Files.delete(at("/k"));

    assertThat(patch(upload, 1, "").status()).isEqualTo(204);
    assertThat(at("/k")).hasContent("x");
    assertThat(head(upload).header("Content-Location")).isEqualTo("/k");
  }

  @Test
  void givenADirectoryThatWasAtThePath_whenAsked_thenTheFileIsThere() throws Exception {
    String upload = wholeWithoutPlace("/l");
    Files.delete(at("/l"));

    assertThat(head(upload).header("Content-Location")).isEqualTo("/l");
    assertThat(at("/l")).hasContent("x");
  }

  @Test
  void givenADirectoryAtThePath_whenTheWholeUploadIsTerminated_thenNothingIsLeftOfIt()
      throws Exception {
    String upload = wholeWithoutPlace("/m");

    assertThat(send("DELETE", upload, null).status()).isEqualTo(204);

    assertThat(head(upload).status()).isEqualTo(404);
    assertThat(hidden()).isEmpty();
  }
}
