package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Forbidden;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileReply.Missing;
import dev.signalbox.contracts.file.OpenFileReply.Unchanged;
import dev.signalbox.contracts.file.OpenFileRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileFinderTest {

  @TempDir Path directory;
  private Path rootPath;
  private FileFinder finder;

  @BeforeEach
  void root() throws IOException {
    rootPath = Files.createDirectory(directory.resolve("root"));
    finder = OpenFilesTest.finder(FileRoot.at(rootPath), 100);
  }

  private OpenFileReply find(String path, Coding... codings) throws IOException {
    return find(path, null, codings);
  }

  private OpenFileReply find(String path, @Nullable String known, Coding... codings)
      throws IOException {
    return finder.find(
        new OpenFileRequest(path, Stream.of(codings).map(Coding::token).toList(), known));
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
    assertThat(found.node()).isEqualTo("node-1");
    assertThat(found.held()).isNull();
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
  void givenTheVersionThatIsKnown_whenFoundAgain_thenItIsUnchanged() throws IOException {
    Path file = write("a", "one");
    write("a.gz", "zip");
    String known = found("/a").file().etag();

    assertThat(find("/a", known)).isInstanceOf(Unchanged.class);
    assertThat(find("/a", known, Coding.GZIP)).isInstanceOf(Found.class);
    Files.writeString(file, "two!");
    assertThat(find("/a", known)).isInstanceOf(Found.class);
  }

  @Test
  void givenALargeFileReplacedAfterItWasFound_whenRead_thenItIsTheOneThatWasFound()
      throws IOException {
    write("a", "1".repeat(200));
    Found found = found("/a");
    Path other = write("b", "2".repeat(300));

    Files.move(other, rootPath.resolve("a"), StandardCopyOption.REPLACE_EXISTING);

    HeldFile held = Objects.requireNonNull(found.held());
    assertThat(held.retain()).isTrue();
    ByteBuffer bytes = ByteBuffer.allocate(400);
    held.channel().read(bytes, 0);
    held.release();
    assertThat(new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII))
        .isEqualTo("1".repeat(200));
    assertThat(found.file().sizeBytes()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 5_000})
  void givenAFileThatIsReplacedAllTheTime_whenFound_thenEveryAnswerIsOneVersionWhole(int size)
      throws Exception {
    Files.write(rootPath.resolve("a"), new byte[size]);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger replaced = new AtomicInteger();
    Thread replacing =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 1; !over.get(); i++) {
                byte[] content = new byte[size + i % 10];
                Arrays.fill(content, (byte) i);
                try {
                  Path next = Files.write(rootPath.resolve("next"), content);
                  // Without this option Java removes the target first.
                  Files.move(next, rootPath.resolve("a"), StandardCopyOption.ATOMIC_MOVE);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                replaced.incrementAndGet();
              }
            });
    try {
      for (int i = 0; i < 500 || replaced.get() < 100; i++) {
        Found found = found("/a");
        byte[] bytes = content(found);
        assertThat(bytes).hasSize((int) found.file().sizeBytes()).containsOnly(bytes[0]);
      }
    } finally {
      over.set(true);
      replacing.join();
    }
  }

  private static byte[] content(Found found) throws IOException {
    HeldFile held = found.held();
    if (held == null) {
      return Objects.requireNonNull(found.content()).bytes();
    }
    assertThat(held.retain()).isTrue();
    try {
      ByteBuffer bytes = ByteBuffer.allocate((int) held.channel().size());
      while (bytes.hasRemaining() && held.channel().read(bytes, bytes.position()) >= 0) {
        // a short read is not the end
      }
      return bytes.array();
    } finally {
      held.release();
    }
  }

  /** What a link named {@code link} leads to, beside a directory {@code dir} and a file. */
  @ParameterizedTest
  @CsvSource({
    "file,            /link,          Found",
    "dir,             /link/inner,    Found",
    ".secret,         /link,          Forbidden",
    "dir/.secret,     /link,          Forbidden",
    ".hidden,         /link/inner,    Forbidden",
    ".hidden/inner,   /link,          Forbidden",
    "dir/../.secret,  /link,          Forbidden",
    "../secret,       /link,          Forbidden",
    "..,              /link/secret,   Forbidden",
    "nothing,         /link,          Missing",
    "link,            /link,          Missing",
  })
  void givenALink_whenLookedUp_thenItIsAsGoodAsWhatItLeadsTo(
      String target, String path, String expected) throws IOException {
    Files.writeString(directory.resolve("secret"), "secret");
    write("file", "x");
    write("dir/inner", "x");
    write("dir/.secret", "secret");
    write(".secret", "secret");
    write(".hidden/inner", "secret");
    Files.createSymbolicLink(rootPath.resolve("link"), Path.of(target));

    assertThat(find(path).getClass().getSimpleName()).isEqualTo(expected);
  }
}
