package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileReply.Changed;
import dev.signalbox.contracts.file.ReadFileReply.Chunk;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.contracts.file.SendFileRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenFilesTest {

  @TempDir Path directory;
  private FileFinder finder;
  private OpenFiles files;

  @BeforeEach
  void open() throws IOException {
    FileRoot root = FileRoot.at(directory);
    files = new OpenFiles(root, 2, OpenFilesTest::close);
    finder = new FileFinder(root, files, "node-1", 0, Duration.ofMillis(500));
  }

  @AfterEach
  void close() {
    files.close();
  }

  /** A finder with open files of its own, which the end of the process closes. */
  static FileFinder finder(FileRoot root, int smallBytes) {
    return new FileFinder(
        root,
        new OpenFiles(root, 100, OpenFilesTest::close),
        "node-1",
        smallBytes,
        Duration.ofMillis(500));
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String etag(String path) throws IOException {
    return ((Found) finder.find(new OpenFileRequest(path, List.of(), null))).file().etag();
  }

  private ReadFileReply read(String path, String etag, long offset, int length) throws IOException {
    return files.read(new ReadFileRequest(path, null, etag, offset, length));
  }

  private static String text(ReadFileReply reply) {
    return new String(((Chunk) reply).data().bytes(), java.nio.charset.StandardCharsets.US_ASCII);
  }

  @Test
  void givenAFile_whenReadByPosition_thenEachPieceIsRightAndTheLastIsShort() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");
    String etag = etag("/a");

    assertThat(text(read("/a", etag, 0, 4))).isEqualTo("0123");
    assertThat(text(read("/a", etag, 4, 4))).isEqualTo("4567");
    assertThat(text(read("/a", etag, 8, 4))).isEqualTo("89");
    assertThat(text(read("/a", etag, 10, 4))).isEmpty();
    assertThat(text(read("/a", etag, Long.MAX_VALUE, 4))).isEmpty();
  }

  @Test
  void givenAnotherTag_whenRead_thenTheFileIsNotTheOneMeant() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");

    assertThat(read("/a", "\"other\"", 0, 4)).isEqualTo(new Changed());
    assertThat(read("/none", "\"other\"", 0, 4)).isEqualTo(new Changed());
    assertThat(read("/../a", "\"other\"", 0, 4)).isEqualTo(new Changed());
  }

  @Test
  void givenAFileReplacedBetweenPieces_whenReadOn_thenTheOldOneIsReadToItsEnd() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");
    String etag = etag("/a");
    read("/a", etag, 0, 4);
    Path other = Files.writeString(directory.resolve("b"), "abcdefghij");
    Files.move(other, directory.resolve("a"), StandardCopyOption.REPLACE_EXISTING);

    assertThat(text(read("/a", etag, 4, 4))).isEqualTo("4567");
  }

  @Test
  void givenAFileRemovedBetweenPieces_whenReadOn_thenItIsReadToItsEnd() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");
    String etag = etag("/a");
    read("/a", etag, 0, 4);
    Files.delete(directory.resolve("a"));

    assertThat(text(read("/a", etag, 4, 4))).isEqualTo("4567");
  }

  @Test
  void givenAFileChangedInPlaceBetweenPieces_whenReadOn_thenItIsGivenUp() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");
    String etag = etag("/a");
    read("/a", etag, 0, 4);
    Files.writeString(directory.resolve("a"), "01234567890");

    assertThat(read("/a", etag, 4, 4)).isEqualTo(new Changed());
  }

  @Test
  void givenAFileCutShort_whenReadOn_thenItIsGivenUp() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");
    String etag = etag("/a");
    read("/a", etag, 0, 4);
    Files.writeString(directory.resolve("a"), "01");

    assertThat(read("/a", etag, 4, 4)).isEqualTo(new Changed());
  }

  @Test
  void givenMoreFilesThanStayOpen_whenReadInTurn_thenEachIsStillRead() throws IOException {
    for (int i = 0; i < 10; i++) {
      Files.writeString(directory.resolve("f" + i), "content " + i);
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 10; i++) {
        assertThat(text(read("/f" + i, etag("/f" + i), 0, 100))).isEqualTo("content " + i);
      }
    }
  }

  @Test
  void givenASibling_whenReadInItsCoding_thenItsBytesCome() throws IOException {
    Files.writeString(directory.resolve("a.js"), "original");
    Files.writeString(directory.resolve("a.js.gz"), "zipped");
    String etag =
        ((Found) finder.find(new OpenFileRequest("/a.js", List.of("gzip"), null))).file().etag();

    assertThat(text(files.read(new ReadFileRequest("/a.js", "gzip", etag, 0, 100))))
        .isEqualTo("zipped");
  }

  @ParameterizedTest
  @CsvSource({"-1,10", "0,0", "0,-5", "0,1048577"})
  void givenAnImpossiblePiece_whenRead_thenItIsRefused(long offset, int length) {
    assertThatThrownBy(() -> read("/a", "\"x\"", offset, length))
        .isInstanceOf(ServiceException.class);
  }

  @Test
  void givenAnUnknownEncoding_whenRead_thenItIsRefused() {
    assertThatThrownBy(() -> files.read(new ReadFileRequest("/a", "compress", "\"x\"", 0, 1)))
        .isInstanceOf(ServiceException.class);
  }

  @Test
  void givenMoreFilesThanStayOpen_whenOneIsInUse_thenItIsReadToItsEnd() throws IOException {
    Files.writeString(directory.resolve("a"), "0123456789");
    HeldFile held =
        files.retained(new SendFileRequest("/a", null, etag("/a"), 0, 10)).orElseThrow();
    Files.delete(directory.resolve("a"));
    for (int i = 0; i < 10; i++) {
      Files.writeString(directory.resolve("f" + i), "content " + i);
      read("/f" + i, etag("/f" + i), 0, 100);
    }

    assertThat(held.channel().isOpen()).isTrue();
    held.release();
    files.close();
    assertThat(held.channel().isOpen()).isFalse();
    assertThat(held.retain()).isFalse();
  }
}
