package dev.signalbox.cli.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumableUploadTest {

  private static final String UPLOAD = "/api/v1/uploads/0123456789abcdef0123456789abcdef";

  @TempDir private Path directory;

  private final ByteArrayOutputStream notes = new ByteArrayOutputStream();
  private String home = "";
  private Path file = Path.of("");

  @BeforeEach
  void set() throws IOException {
    home = System.getProperty("user.home");
    System.setProperty("user.home", directory.toString());
    file = Files.writeString(directory.resolve("f"), "content");
  }

  @AfterEach
  void reset() {
    System.setProperty("user.home", home);
  }

  /** Of tus: it stores as many bytes of each request as it is told. */
  private static HttpAnswer tus(int bytesOfEach) {
    AtomicInteger stored = new AtomicInteger();
    return (request, out) -> {
      if (request.target().equals("/api/v1/uploads")) {
        out.head(201, "Location: " + UPLOAD, "Content-Length: 0", "Connection: close");
        return;
      }
      if (!request.method().equals("HEAD")) {
        stored.addAndGet(bytesOfEach);
      }
      out.head(
          204,
          "Upload-Offset: " + stored,
          "Content-Location: /uploads/f",
          "Content-Length: 0",
          "Connection: close");
    };
  }

  private String upload(FakeHttpServer server) throws IOException, InterruptedException {
    RestClient client = new RestClient(URI.create(server.url("")), null, ClientTls.DEFAULT, 5_000);
    PrintStream err = new PrintStream(notes, true, StandardCharsets.UTF_8);
    return new ResumableUpload(client, file, null, err).run(_ -> true);
  }

  private CommandException failure(FakeHttpServer server) {
    return catchThrowableOfType(CommandException.class, () -> upload(server));
  }

  @Test
  void givenASystemThatTakesAByteOfEachRequest_whenSent_thenAllOfThemArrive() throws Exception {
    try (FakeHttpServer server = FakeHttpServer.start(tus(1))) {
      assertThat(upload(server)).isEqualTo("/uploads/f");
    }
  }

  @Test
  void givenASystemThatTakesNothing_whenSent_thenTheCommandGivesUp() {
    try (FakeHttpServer server = FakeHttpServer.start(tus(0))) {
      CommandException e = failure(server);

      assertThat(e.exitCode()).isEqualTo(CommandException.UNAVAILABLE);
      assertThat(e).hasMessageContaining("takes no more");
    }
  }

  @Test
  void givenASystemThatHasMoreThanWasSent_whenSent_thenItIsAnError() {
    try (FakeHttpServer server = FakeHttpServer.start(tus(8))) {
      assertThat(failure(server).code()).isEqualTo("PROTOCOL");
    }
  }

  @Test
  void givenASystemThatCreatesAnUploadElsewhere_whenSent_thenItIsAnError() {
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.of(201, "", "Location: /api/v1/uploads/../codes"))) {
      assertThat(failure(server).code()).isEqualTo("PROTOCOL");
    }
  }

  @Test
  void givenNoPlaceForItsState_whenSent_thenItIsSentAllTheSame() throws Exception {
    Files.writeString(directory.resolve(".local"), "a file where the directory would be");
    try (FakeHttpServer server = FakeHttpServer.start(tus(7))) {
      assertThat(upload(server)).isEqualTo("/uploads/f");
    }

    assertThat(notes.toString(StandardCharsets.UTF_8)).contains("cannot be resumed");
  }
}
