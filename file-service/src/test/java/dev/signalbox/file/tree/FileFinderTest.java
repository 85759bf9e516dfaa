package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Forbidden;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileReply.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFinderTest {

  @TempDir Path directory;
  private Path rootPath;
  private FileFinder finder;

  @BeforeEach
  void root() throws IOException {
    rootPath = Files.createDirectory(directory.resolve("root"));
    finder = new FileFinder(FileRoot.at(rootPath), "process-1", 100, Duration.ofMillis(500));
  }

  private OpenFileReply find(String path, Coding... codings) throws IOException {
    return finder.find(path, List.of(codings), null);
  }

  private Found found(String path, Coding... codings) throws IOException {
    OpenFileReply reply = find(path, codings);
    assertThat(reply).isInstanceOf(Found.class);
    return (Found) reply;
  }

  private Path write(String name, String content) throws IOException {
    Path file = rootPath.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void givenASmallFile_whenFound_thenItComesWithItsContent() throws IOException {
    Path file = write("a/b.txt", "hello");
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochMilli(1_700_000_000_123L)));

    Found found = found("/a/b.txt");

    assertThat(found.content().bytes()).asString().isEqualTo("hello");
    assertThat(found.process()).isEqualTo("process-1");
    assertThat(found.localPath()).isEqualTo(file.toRealPath().toString());
    assertThat(found.file().path()).isEqualTo("/a/b.txt");
    assertThat(found.file().sizeBytes()).isEqualTo(5);
    assertThat(found.file().modifiedEpochMs()).isEqualTo(1_700_000_000_123L);
    assertThat(found.file().mediaType()).isEqualTo("text/plain; charset=utf-8");
    assertThat(found.file().encoding()).isNull();
  }

  @Test
  void givenALargeFile_whenFound_thenItComesWithoutContent() throws IOException {
    write("large", "x".repeat(101));

    assertThat(found("/large").content()).isNull();
    assertThat(found("/large").file().sizeBytes()).isEqualTo(101);
  }

  @Test
  void givenAnEmptyFile_whenFound_thenItsContentIsEmpty() throws IOException {
    write("empty", "");

    assertThat(found("/empty").content().length()).isZero();
  }

  @Test
  void givenADirectory_whenFound_thenItIsItsIndex() throws IOException {
    write("index.html", "top");
    write("docs/index.html", "docs");
    Files.createDirectory(rootPath.resolve("none"));

    assertThat(found("/").file().path()).isEqualTo("/index.html");
    assertThat(found("/docs").file().path()).isEqualTo("/docs/index.html");
    assertThat(found("/docs/").file().path()).isEqualTo("/docs/index.html");
    assertThat(find("/none/")).isEqualTo(new Missing());
  }

  @Test
  void givenPathsWithNothingThere_whenLookedUp_thenTheyAreMissing() throws IOException {
    write("file", "x");

    assertThat(find("/nothing")).isEqualTo(new Missing());
    assertThat(find("/file/")).isEqualTo(new Missing());
    assertThat(find("/file/below")).isEqualTo(new Missing());
    assertThat(find("/" + "n".repeat(300))).isEqualTo(new Missing());
  }

  @Test
  void givenALinkOutOfTheRoot_whenLookedUp_thenItIsForbidden() throws IOException {
    Path outside = Files.writeString(directory.resolve("secret"), "secret");
    Files.createSymbolicLink(rootPath.resolve("link"), outside);
    Files.createSymbolicLink(rootPath.resolve("up"), directory);
    Files.createSymbolicLink(rootPath.resolve("relative"), Path.of("../secret"));

    assertThat(find("/link")).isInstanceOf(Forbidden.class);
    assertThat(find("/up/secret")).isInstanceOf(Forbidden.class);
    assertThat(find("/relative")).isInstanceOf(Forbidden.class);
  }

  @Test
  void givenARootBesideADirectoryWithALongerName_whenLinkedTo_thenItIsOutside() throws IOException {
    Path sibling = Files.createDirectory(directory.resolve("root-2"));
    Files.writeString(sibling.resolve("secret"), "secret");
    Files.createSymbolicLink(rootPath.resolve("beside"), sibling);

    assertThat(find("/beside/secret")).isInstanceOf(Forbidden.class);
  }

  @Test
  void givenALinkInsideTheRoot_whenLookedUp_thenItIsItsTarget() throws IOException {
    write("releases/1/app.txt", "one");
    Files.createSymbolicLink(rootPath.resolve("current"), Path.of("releases/1"));

    Found found = found("/current/app.txt");

    assertThat(found.content().bytes()).asString().isEqualTo("one");
    assertThat(found.file().path()).isEqualTo("/current/app.txt");
    assertThat(found.localPath()).endsWith("/releases/1/app.txt");
  }

  @Test
  void givenLinksInARing_whenLookedUp_thenTheyAreMissing() throws IOException {
    Files.createSymbolicLink(rootPath.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(rootPath.resolve("b"), Path.of("a"));

    assertThat(find("/a")).isEqualTo(new Missing());
  }

  @Test
  void givenANamedPipe_whenLookedUp_thenItIsMissingAndNobodyWaits() throws Exception {
    Path pipe = rootPath.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(made.waitFor()).isZero();

    assertThat(find("/pipe")).isEqualTo(new Missing());
  }

  @Test
  void givenCompressedSiblings_whenAccepted_thenTheFirstAcceptedIsChosen() throws IOException {
    write("app.js", "original");
    write("app.js.gz", "gzip");
    write("app.js.br", "brotli");

    Found brotli = found("/app.js", Coding.BR, Coding.GZIP);
    Found gzip = found("/app.js", Coding.ZSTD, Coding.GZIP);
    Found original = found("/app.js");

    assertThat(brotli.file().encoding()).isEqualTo("br");
    assertThat(brotli.file().mediaType()).isEqualTo("text/javascript; charset=utf-8");
    assertThat(brotli.file().path()).isEqualTo("/app.js");
    assertThat(brotli.content().bytes()).asString().isEqualTo("brotli");
    assertThat(gzip.file().encoding()).isEqualTo("gzip");
    assertThat(original.file().encoding()).isNull();
    assertThat(List.of(brotli.file().etag(), gzip.file().etag(), original.file().etag()))
        .doesNotHaveDuplicates();
  }

  @Test
  void givenASiblingOlderThanItsOriginal_whenAccepted_thenItIsPassedOver() throws IOException {
    write("app.js", "new");
    Path old = write("app.js.gz", "old");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(60)));

    assertThat(found("/app.js", Coding.GZIP).file().encoding()).isNull();
  }

  @Test
  void givenASiblingWithoutAnOriginal_whenLookedUp_thenTheOriginalIsMissing() throws IOException {
    write("only.js.gz", "gzip");

    assertThat(find("/only.js", Coding.GZIP)).isEqualTo(new Missing());
  }

  @Test
  void givenNothingChanged_whenFoundAgain_thenItIsTheSameObject() throws IOException {
    Path file = write("a", "one");
    Found first = found("/a");

    assertThat(finder.find("/a", List.of(), first)).isSameAs(first);
    Files.writeString(file, "two!");
    assertThat(finder.find("/a", List.of(), first)).isNotEqualTo(first);
  }
}
