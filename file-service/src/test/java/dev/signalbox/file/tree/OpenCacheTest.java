package dev.signalbox.file.tree;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class OpenCacheTest {

  private Vertx vertx;
  private final Clockwork clock = new Clockwork();
  @TempDir Path directory;
  private OpenCache cache;

  @BeforeEach
  void cache(Vertx vertx) throws Exception {
    this.vertx = vertx;
    cache = cache(Duration.ofSeconds(1));
  }

  private OpenCache cache(Duration valid) throws Exception {
    FileFinder finder = new FileFinder(FileRoot.at(directory), "p", 1_000, Duration.ofMillis(500));
    return new OpenCache(finder, new DiskThreads(vertx, "files", 2), 100_000, valid, clock);
  }

  private OpenFileReply open(String path, String... encodings) throws Exception {
    return cache
        .open(path, List.of(encodings))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, SECONDS);
  }

  @Test
  void givenAnEntryStillValid_whenOpened_thenItIsAnsweredAtOnce() throws Exception {
    Files.writeString(directory.resolve("a"), "one");
    OpenFileReply first = open("/a");
    Files.writeString(directory.resolve("a"), "two and more");

    var again = cache.open("/a", List.of());

    assertThat(again.isComplete()).isTrue();
    assertThat(again.result()).isSameAs(first);
  }

  @Test
  void givenAnEntryNoLongerValid_whenTheFileChanged_thenTheNewOneIsFound() throws Exception {
    Files.writeString(directory.resolve("a"), "one");
    open("/a");
    Files.writeString(directory.resolve("a"), "two and more");
    clock.goOn(Duration.ofSeconds(1));

    assertThat(((Found) open("/a")).content().bytes()).asString().isEqualTo("two and more");
  }

  @Test
  void givenAnEntryNoLongerValid_whenTheFileIsTheSame_thenItsContentIsKept() throws Exception {
    Files.writeString(directory.resolve("a"), "one");
    OpenFileReply first = open("/a");
    clock.goOn(Duration.ofSeconds(5));

    assertThat(open("/a")).isSameAs(first);
    assertThat(cache.open("/a", List.of()).isComplete()).isTrue();
  }

  @Test
  void givenAFileRemoved_whenItsEntryIsNoLongerValid_thenItIsMissing() throws Exception {
    Files.writeString(directory.resolve("a"), "one");
    open("/a");
    Files.delete(directory.resolve("a"));
    clock.goOn(Duration.ofSeconds(1));

    assertThat(open("/a")).isEqualTo(new OpenFileReply.Missing());
  }

  @Test
  void givenNothingThere_whenAFileAppears_thenItIsFoundAtOnce() throws Exception {
    assertThat(open("/a")).isEqualTo(new OpenFileReply.Missing());
    Files.writeString(directory.resolve("a"), "one");

    assertThat(open("/a")).isInstanceOf(Found.class);
  }

  @Test
  void givenAChangeMadeHere_whenOpened_thenTheOldEntryIsGoneInEveryCoding() throws Exception {
    Files.writeString(directory.resolve("index.html"), "one");
    Files.writeString(directory.resolve("index.html.gz"), "zip");
    open("/");
    open("/index.html");
    open("/index.html", "br", "gzip");
    Files.delete(directory.resolve("index.html"));

    cache.changed("/index.html");

    assertThat(open("/")).isEqualTo(new OpenFileReply.Missing());
    assertThat(open("/index.html")).isEqualTo(new OpenFileReply.Missing());
    assertThat(open("/index.html", "br", "gzip")).isEqualTo(new OpenFileReply.Missing());
  }

  @Test
  void givenASiblingWritten_whenItsOriginalIsOpened_thenTheSiblingIsChosen() throws Exception {
    Files.writeString(directory.resolve("a.js"), "original");
    open("/a.js", "gzip");
    Files.writeString(directory.resolve("a.js.gz"), "zip");

    cache.changed("/a.js.gz");

    assertThat(((Found) open("/a.js", "gzip")).file().encoding()).isEqualTo("gzip");
  }

  @Test
  void givenNoValidity_whenOpened_thenTheDiskIsAskedEveryTime() throws Exception {
    cache = cache(Duration.ZERO);
    Files.writeString(directory.resolve("a"), "one");
    open("/a");
    Files.writeString(directory.resolve("a"), "two and more");

    assertThat(((Found) open("/a")).file().sizeBytes()).isEqualTo(12);
  }

  @Test
  void givenManyMoreContentsThanTheCacheHolds_whenOpened_thenAllAreAnswered() throws Exception {
    for (int i = 0; i < 300; i++) {
      Files.writeString(directory.resolve("f" + i), "x".repeat(1_000));
    }
    for (int i = 0; i < 300; i++) {
      assertThat(((Found) open("/f" + i)).content().length()).isEqualTo(1_000);
    }
  }

  @Test
  void givenUnknownEncodings_whenOpened_thenTheyAreIgnored() throws Exception {
    Files.writeString(directory.resolve("a"), "one");

    assertThat(open("/a", "compress", "gzip", "gzip", "x")).isInstanceOf(Found.class);
  }
}
