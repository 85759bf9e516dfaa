package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.testsupport.FileTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as zip archives. */
class FolderArchiveTest {

  private static final String API = "/api/v1/files";

  @TempDir Path directory;
  private Path root;
  private GatewayFixture gateway;

  @BeforeEach
  void prepare() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    Files.createDirectory(root.resolve("f"));
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  private void start(String... more) {
    start(FileMain.SERVICE, more);
  }

  private void start(ServiceDefinition<?> service, String... more) {
    List<String> settings =
        new ArrayList<>(List.of("gateway.stall-timeout", "1s", "files.max-archives", "1"));
    if (service.equals(FileMain.SERVICE)) {
      settings.addAll(List.of("file.root", root.toString()));
    }
    settings.addAll(List.of(more));
    gateway = GatewayFixture.start(List.of(service), settings.toArray(String[]::new));
  }

  private byte[] write(String name, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return content;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Entry(byte[] content, Instant modified) {}

  private Map<String, Entry> archive(String path) {
    Reply reply = gateway.get(path);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/zip");
    Map<String, Entry> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(reply.http().body()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readAllBytes();
        entries.put(entry.getName(), new Entry(content, entry.getLastModifiedTime().toInstant()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  private void assertPlaceGivenBack() {
    await()
        .atMost(15, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(gateway.get("/metrics").body()).contains("signalbox_gateway_archives 0.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/f/?zip", "/f?zip", "/f/?x=y&zip", "//f//?zip"})
  void givenAFolder_whenItsZipIsGot_thenItHasEveryFileThatIsServed(String path) throws IOException {
    byte[] small = write("f/a/small.txt", 100);
    byte[] large = write("f/large.bin", 3_000_001);
    write("f/empty", 0);
    write("f/.hidden", 10);
    write("f/.d/file", 10);
    write("beside.txt", 10);
    Files.createSymbolicLink(root.resolve("f/out"), directory);
    Files.createSymbolicLink(root.resolve("f/linked"), Path.of("a/small.txt"));
    FileTime time = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
    Files.setLastModifiedTime(root.resolve("f/large.bin"), time);
    start();

    Map<String, Entry> entries = archive(API + path);

    assertThat(entries.keySet()).containsExactly("a/small.txt", "empty", "large.bin", "linked");
    assertThat(entries.get("a/small.txt").content()).isEqualTo(small);
    assertThat(entries.get("linked").content()).isEqualTo(small);
    assertThat(entries.get("empty").content()).isEmpty();
    assertThat(entries.get("large.bin").content()).isEqualTo(large);
    assertThat(entries.get("large.bin").modified()).isEqualTo(time.toInstant());
  }

  @ParameterizedTest
  @CsvSource({"/f/?zip, f.zip", "/?zip, files.zip", "?zip, files.zip"})
  void givenAFolder_whenTheHeadOfItsZipIsAsked_thenItIsNamedAfterTheFolder(String path, String name)
      throws IOException {
    write("f/x", 10);
    start();

    Reply reply = gateway.send("main", "HEAD", API + path, null);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"" + name + "\"");
    assertThat(reply.http().body()).isEmpty();
    assertPlaceGivenBack();
  }

  @Test
  void givenAFolderThatIsALink_whenItsZipIsGot_thenItHasTheFilesThere() throws IOException {
    write("f/x", 10);
    Files.createSymbolicLink(root.resolve("link"), Path.of("f"));
    start();

    assertThat(archive(API + "/link/?zip").keySet()).containsExactly("x");
  }

  @Test
  void givenAnEmptyFolder_whenItsZipIsGot_thenItIsAnArchiveOfNothing() {
    start();

    assertThat(archive(API + "/f/?zip")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/none/?zip, 404",
    "/f/x?zip, 200",
    "/f/x/?zip, 404",
    "/out/?zip, 403",
    "/../?zip, 403",
    "/f/?zip=utf8, 404",
    "/f/?zipped, 404"
  })
  void givenWhatIsNoFolder_whenItsZipIsAsked_thenTheAnswerIsThatOfTheFile(String path, int status)
      throws IOException {
    write("f/x", 10);
    Files.createSymbolicLink(root.resolve("out"), directory);
    start();

    try (RawClient client = gateway.raw()) {
      assertThat(client.get(API + path).status()).isEqualTo(status);
    }
  }

  @Test
  void givenNamesInAnyBytes_whenZipped_thenEachHasANameOfItsOwnInUtf8() throws IOException {
    for (String name : List.of("%D0%BF%D0%BE", "caf%E9", "caf%25E9", "a%5Cb", "100%25")) {
      Files.writeString(Path.of(URI.create(root.toUri() + "f/" + name)), name);
    }
    start();

    Map<String, Entry> entries = archive(API + "/f/?zip");

    assertThat(entries.keySet())
        .containsExactlyInAnyOrder("по", "caf%E9", "caf%E9 (2)", "a%5Cb", "100%");
  }

  @Test
  void givenNamesThatLeadElsewhere_whenZipped_thenEveryUnpackerLeavesThemInItsFolder()
      throws Exception {
    List<String> hostile =
        List.of(
            "a%5Cb",
            "C%3A%5Cx", "CON", "nul.txt", "end.", "%01%1B%0A", "sub/%FF", "sub/%25FF", "%7F%5Cx");
    for (String name : hostile) {
      Path file = Path.of(URI.create(root.toUri() + "f/" + name));
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
    start();
    Path zip = directory.resolve("f.zip");
    Files.write(zip, gateway.get(API + "/f/?zip").http().body());

    try (ZipFile read = new ZipFile(zip.toFile())) {
      assertThat(read.stream().map(ZipEntry::getName))
          .containsExactlyInAnyOrder(
              "a%5Cb",
              "C%3A%5Cx",
              "%43ON",
              "%6Eul.txt",
              "end%2E",
              "%01%1B%0A",
              "sub/%FF",
              "sub/%FF (2)",
              "%7F%5Cx");
    }
    assertUnpacks(hostile.size(), "python3", "-m", "zipfile", "-e", zip.toString(), ".");
    assertUnpacks(hostile.size(), "unzip", "-q", zip.toString());
  }

  /** Unpacks by a program, if it is there. */
  private void assertUnpacks(int files, String... command) throws Exception {
    Path target = Files.createDirectories(directory.resolve("unpacked-" + command[0]));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(target.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve(command[0] + ".log").toFile())
              .start();
    } catch (IOException _) {
      return;
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(command[0]).isZero();
    assertThat(FileTree.files(target)).hasSize(files);
  }

  @ParameterizedTest
  @CsvSource({"10000, 100", "20000, 1"})
  void givenManyFiles_whenZipped_thenEachIsThere(int files, int folders) throws IOException {
    for (int i = 0; i < files; i++) {
      Path file = root.resolve("f/" + i % folders + "/" + i);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "file " + i);
    }
    start();

    Map<String, Entry> entries = archive(API + "/f/?zip");

    assertThat(entries).hasSize(files);
    assertThat(entries)
        .allSatisfy((name, entry) ->
            assertThat(new String(entry.content(), UTF_8))
                .isEqualTo("file " + name.substring(name.indexOf('/') + 1)));
  }

  @ParameterizedTest
  @CsvSource({
    "files.max-archive-entries, 2, more than 2 files",
    "files.max-archive-bytes, 29, more than 29 bytes"
  })
  void givenAFolderBeyondALimit_whenItsZipIsGot_thenItIsRefused(
      String setting, String limit, String message) throws IOException {
    write("f/1", 10);
    write("f/2", 10);
    write("f/3", 10);
    start(setting, limit);

    Reply reply = gateway.get(API + "/f/?zip");

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.body()).contains("ARCHIVE_TOO_LARGE").contains(message);
    assertThat(gateway.get(API + "/f/1").status()).isEqualTo(200);
    assertPlaceGivenBack();
  }

  @Test
  void givenNoArchives_whenAZipIsAsked_thenTheParameterHasNoEffect() throws IOException {
    write("f/index.html", 10);
    start("files.max-archives", "0");

    assertThat(gateway.get(API + "/f/?zip").header("Content-Type")).startsWith("text/html");
  }

  @Test
  void givenAsManyArchivesAsAllowed_whenOneMoreIsAsked_thenItIsRefusedUntilAClientLeaves() {
    DistantFiles distant = new DistantFiles();
    distant.endless();
    start(
        distant.service(),
        "files.max-archive-bytes",
        "1125899906842624",
        "gateway.stall-timeout",
        "20s");
    try (RawClient client = gateway.raw()) {
      client.send("GET " + API + "/f/?zip HTTP/1.1\r\n$HOST\r\n\r\n").readSome(100_000);

      Reply reply = gateway.get(API + "/f/?zip");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("Retry-After")).isNotEmpty();
      assertThat(reply.body()).contains("files.max-archives");
    }
    assertPlaceGivenBack();
    await().until(distant::quiet);
  }

  @Test
  void givenAClientThatStopsReading_whenItsTimeIsUp_thenItIsCutOffAndLittleWasRead() {
    DistantFiles distant = new DistantFiles();
    distant.endless();
    start(distant.service(), "files.max-archive-bytes", "1125899906842624");
    try (RawClient client = gateway.raw()) {
      client.send("GET " + API + "/f/?zip HTTP/1.1\r\n$HOST\r\n\r\n");

      await().until(distant::quiet);
      assertThat(distant.bytesRead()).isLessThan(200L << 20);
      assertPlaceGivenBack();
    }
  }

  @Test
  void givenAFileThatIsGone_whenZipped_thenItIsLeftOut() {
    DistantFiles distant = new DistantFiles();
    distant.vanish();
    start(distant.service());

    assertThat(archive(API + "/f/?zip")).isEmpty();
  }

  @Test
  void givenHttp10_whenZipped_thenTheEndOfTheConnectionEndsTheArchive() throws IOException {
    write("f/x", 10);
    start();
    try (RawClient client = gateway.raw()) {
      String response = client.send("GET " + API + "/f/?zip HTTP/1.0\r\n$HOST\r\n\r\n").readToEnd();

      assertThat(response).contains("200 OK", "\r\n\r\nPK").doesNotContainIgnoringCase("chunked");
    }
  }

  @Test
  void givenAFileThatChangesWhileItIsZipped_whenGot_thenTheArchiveIsCut() {
    DistantFiles distant = new DistantFiles();
    distant.changedFrom(1_500_000);
    start(distant.service());

    assertThatThrownBy(() -> gateway.get(API + "/f/?zip")).isInstanceOf(UncheckedIOException.class);

    assertPlaceGivenBack();
  }

  @Test
  void givenAFileThatKeepsChanging_whenZipped_thenTheClientIsToldToComeBack() {
    DistantFiles distant = new DistantFiles();
    distant.changedFrom(0);
    start(distant.service());

    Reply reply = gateway.get(API + "/f/?zip");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("Content-Disposition")).isEmpty();
    assertThat(reply.body()).contains("changing");
  }

  @Test
  void givenAListing_whenAFolderIsBrowsed_thenItOffersTheZip() throws IOException {
    write("f/x", 10);
    start("files.listing", "true");

    assertThat(gateway.get("/f/").body()).contains("href=\"?zip\">");
    assertThat(archive("/f/?zip").keySet()).containsExactly("x");
  }
}
