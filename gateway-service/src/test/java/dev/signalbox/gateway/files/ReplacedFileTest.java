package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and links that change behind the back of file-service. */
class ReplacedFileTest {

  @TempDir static Path directory;
  private static Path root;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(root.resolve(".secret"), "secret");
    Files.createDirectory(root.resolve(".hidden"));
    Files.writeString(root.resolve(".hidden/inner"), "secret");
    Files.createSymbolicLink(root.resolve("secret-link"), Path.of(".secret"));
    Files.createSymbolicLink(root.resolve("hidden-link"), Path.of(".hidden"));
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE), "file.root", root.toString(), "file.cache-valid", "10ms");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply get(String path, String... headers) {
    return gateway.send("main", "GET", path, null, headers);
  }

  /** Replaces a file without a pause while something is done. */
  private static void replacing(String name, int size, Runnable work) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    replace(name, size, 0);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> replacing =
          threads.submit(() -> {
            for (int i = 0; !over.get(); i++) {
              replace(name, size, i % 10);
            }
            return null;
          });
      try {
        work.run();
      } finally {
        over.set(true);
      }
      replacing.get(30, TimeUnit.SECONDS);
    }
  }

  /** A version is one digit all over, and longer by that digit. */
  private static void replace(String name, int size, int digit) throws IOException {
    Path next = directory.resolve("next");
    Files.writeString(next, String.valueOf(digit).repeat(size + digit));
    Files.move(next, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void givenAFileReplacedAllTheTime_whenSeveralRangesAreGot_thenTheyAreOfOneVersion()
      throws Exception {
    replacing(
        "ranges",
        200_000,
        () -> {
          for (int i = 0; i < 50; i++) {
            Reply reply = get("/ranges", "Range", "bytes=0-0,100000-100000,-1");

            assertThat(reply.status()).isEqualTo(206);
            assertThat(reply.body().lines().filter(line -> line.length() == 1).distinct().toList())
                .hasSize(1);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"/secret-link", "/hidden-link/inner"})
  void givenALinkToAHiddenFile_whenGot_thenItIsForbidden(String path) {
    assertThat(get(path).status()).isEqualTo(403);
  }

  @Test
  void givenALinkToAHiddenFile_whenListed_thenItIsNotThere() {
    assertThat(get("/api/v1/files?prefix=/").body())
        .doesNotContain("secret-link")
        .doesNotContain("hidden-link");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/secret-link", "/hidden-link/inner"})
  void givenALinkToAHiddenFile_whenDeleted_thenItIsForbiddenAndStays(String path) {
    Reply reply = gateway.send("main", "DELETE", "/api/v1/files" + path, null);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(root.resolve(".secret")).exists();
    assertThat(root.resolve(".hidden/inner")).exists();
  }
}
