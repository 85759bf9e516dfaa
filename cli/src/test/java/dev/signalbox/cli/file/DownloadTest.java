package dev.signalbox.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadTest {

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private static final String ETAG = "\"v1\"";

  @TempDir private Path directory;

  private static Download download(FakeHttpServer server) {
    String url = server.url("");
    return new Download(new RestClient(URI.create(url), null, ClientTls.DEFAULT, 5_000), NOWHERE);
  }

  private static CommandException failure(FakeHttpServer server, Path file) {
    return catchThrowableOfType(CommandException.class, () -> download(server).to("/f", file));
  }

  /** Of a file of which the first bytes are there. */
  private Path begun(String content) throws IOException {
    Files.writeString(directory.resolve("f.part"), content);
    Files.writeString(directory.resolve("f.part.etag"), ETAG);
    return directory.resolve("f");
  }

  @Test
  void givenAFile_whenFetched_thenNothingElseIsLeft() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "older and longer");
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.of(200, "content", "ETag: " + ETAG))) {
      assertThat(download(server).to("/f", file)).isEqualTo(7);
    }

    assertThat(file).hasContent("content");
    assertThat(directory).isDirectoryNotContaining("glob:**.part*");
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Test
  void givenADevice_whenItIsTheOutput_thenItStaysADevice() {
    Path device = Path.of("/dev/null");
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "content"))) {
      assertThat(download(server).to("/f", device)).isEqualTo(7);
    }

    assertThat(Files.isRegularFile(device)).isFalse();
    assertThat(Path.of("/dev/null.part")).doesNotExist();
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Test
  void givenALink_whenItIsTheOutput_thenItsGoalHasTheContent() throws IOException {
    Path goal = Files.writeString(directory.resolve("goal"), "before");
    Path link = Files.createSymbolicLink(directory.resolve("link"), goal);
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "content"))) {
      download(server).to("/f", link);
    }

    assertThat(link).isSymbolicLink();
    assertThat(goal).hasContent("content");
  }

  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Test
  void givenALinkOfAnotherWhereThePartGoes_whenFetched_thenItsGoalIsNotWritten()
      throws IOException {
    Path goal = Files.writeString(directory.resolve("goal"), "precious");
    Files.createSymbolicLink(directory.resolve("f.part"), goal);
    Files.createSymbolicLink(directory.resolve("f.part.etag"), goal);
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.of(200, "content", "ETag: " + ETAG))) {
      download(server).to("/f", directory.resolve("f"));
    }

    assertThat(goal).hasContent("precious");
    assertThat(directory.resolve("f")).hasContent("content");
  }

  @Test
  void givenTheBeginning_whenTheRestComes_thenTheFileIsWhole() throws IOException {
    Path file = begun("con");
    try (FakeHttpServer server =
        FakeHttpServer.start(
            HttpAnswer.of(206, "tent", "ETag: " + ETAG, "Content-Range: bytes 3-6/7"))) {
      download(server).to("/f", file);

      assertThat(server.requests().getFirst().headers())
          .containsEntry("range", "bytes=3-")
          .containsEntry("if-range", ETAG);
    }

    assertThat(file).hasContent("content");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes 4-7/8, PROTOCOL",
    "bytes 0-3/7, PROTOCOL",
    "bytes x, PROTOCOL",
    "bytes 3-6/9, INCOMPLETE"
  })
  void givenTheBeginning_whenAnotherPartComes_thenThereIsNoFile(String range, String code)
      throws IOException {
    Path file = begun("con");
    try (FakeHttpServer server =
        FakeHttpServer.start(
            HttpAnswer.of(206, "tent", "ETag: " + ETAG, "Content-Range: " + range))) {
      assertThat(failure(server, file).code()).isEqualTo(code);
    }

    assertThat(file).doesNotExist();
  }

  @Test
  void givenAKeptVersionThatIsNone_whenFetched_thenAllOfItComes() throws IOException {
    Path file = begun("con");
    Files.writeString(directory.resolve("f.part.etag"), "\"a\r\nX: y\"");
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "content"))) {
      download(server).to("/f", file);

      assertThat(server.requests().getFirst().headers()).doesNotContainKey("if-range");
    }

    assertThat(file).hasContent("content");
  }

  @ParameterizedTest
  @CsvSource({"301, 10", "304, 10", "206, 10", "404, 22", "500, 10"})
  void givenAStatusOtherThanOk_whenFetched_thenItIsAnErrorAndThereIsNoFile(int status, int code) {
    Path file = directory.resolve("f");
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(status, "moved"))) {
      assertThat(failure(server, file).exitCode()).isEqualTo(code);
    }

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void givenAConnectionThatBreaks_whenFetchedAgain_thenThePartIsThere() {
    Path file = directory.resolve("f");
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.truncated(100, "content"))) {
      assertThat(failure(server, file).exitCode()).isEqualTo(CommandException.UNAVAILABLE);
    }

    assertThat(file).doesNotExist();
    assertThat(directory.resolve("f.part")).hasContent("content");
  }

  @ParameterizedTest
  @CsvSource({
    "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:, 56",
    "sha-256=:====:, 0",
    "sha-256=:AA:, 0"
  })
  void givenADigest_whenTheContentHasAnother_thenThereIsNoFile(String digest, int code) {
    Path file = directory.resolve("f");
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.of(200, "content", "Repr-Digest: " + digest))) {
      int actual = 0;
      try {
        download(server).to("/f", file);
      } catch (CommandException e) {
        actual = e.exitCode();
      }
      assertThat(actual).isEqualTo(code);
    }

    assertThat(Files.exists(file)).isEqualTo(code == 0);
  }

  @Test
  void givenAReaderThatIsGone_whenAFileIsFetched_thenItIsNotReadToItsEnd() {
    AtomicInteger writes = new AtomicInteger();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            writes.incrementAndGet();
            throw new IOException("Broken pipe");
          }
        };
    CommandOutput output = CommandOutput.standard(closed);
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "x".repeat(10_000_000)))) {
      download(server).to("/f", output.printStream());
    }

    assertThat(writes).hasValueLessThan(3);
    assertThat(output.exitCode(0, NOWHERE)).isEqualTo(CommandException.WRITE_ERROR);
  }
}
