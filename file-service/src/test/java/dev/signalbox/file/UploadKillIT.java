package dev.signalbox.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply.Begun;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.testsupport.FileTree;
import dev.signalbox.testsupport.TestNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process killed among its uploads leaves whole files, all that it acknowledged among them. */
class UploadKillIT {

  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 4;
  private static final int ACKNOWLEDGED = 25;

  @TempDir Path root;

  @Test
  @Timeout(120)
  void givenUploadsUnderWay_whenTheProcessIsKilled_thenOnlyWholeFilesAreVisible() throws Exception {
    List<String> acknowledged = new ArrayList<>();
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Uploader.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        if (line.startsWith("stored ")) {
          acknowledged.add(line.substring("stored ".length()));
        }
        if (acknowledged.size() == ACKNOWLEDGED) {
          // By its handle: the process object would close the stream we still read from.
          child.toHandle().destroyForcibly();
        }
        line = lines.readLine();
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED);
    // One upload was begun and never finished, so at least its file is there.
    assertThat(hidden()).isNotEmpty();
    for (Path file : visible()) {
      assertThat(Files.size(file)).isEqualTo((long) PIECE * PIECES);
    }
    for (String path : acknowledged) {
      assertThat(root.resolve(path.substring(1))).exists();
    }

    try (TestNode node = TestNode.start(FileMain.SERVICE, Map.of("file.root", root.toString()))) {
      assertThat(node.node().health()).isNotNull();
      Awaitility.await().untilAsserted(() -> assertThat(hidden()).isEmpty());
    }
    assertThat(visible()).hasSizeGreaterThanOrEqualTo(acknowledged.size());
  }

  private List<Path> visible() throws Exception {
    try (Stream<Path> files = Files.list(root.resolve("uploads"))) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
    }
  }

  private List<Path> hidden() {
    return FileTree.files(root).stream()
        .filter(file -> file.getFileName().toString().startsWith(".upload-"))
        .toList();
  }

  /** The process that is killed. */
  static final class Uploader {

    public static void main(String[] args) {
      Map<String, String> settings = Map.of("file.root", args[0], "file.max-uploads", "50");
      TestNode node = TestNode.start(FileMain.SERVICE, settings);
      byte[] bytes = new byte[PIECE];
      Arrays.fill(bytes, (byte) 'x');
      Binary piece = new Binary(bytes);
      Begun never = begin(node);
      append(node, never, 0, piece);
      for (int i = 0; i < 4; i++) {
        Thread.ofPlatform().start(() -> uploadForEver(node, piece));
      }
    }

    private static void uploadForEver(TestNode node, Binary piece) {
      while (true) {
        Begun begun = begin(node);
        for (int i = 0; i < PIECES; i++) {
          append(node, begun, i * (long) PIECE, piece);
        }
        Stored stored =
            (Stored)
                node.call(
                    FileContract.FINISH_UPLOAD.at(begun.node()),
                    new FinishUploadRequest(begun.uploadId(), (long) PIECE * PIECES));
        synchronized (System.out) {
          System.out.println("stored " + stored.file().path());
          System.out.flush();
        }
      }
    }

    private static Begun begin(TestNode node) {
      return (Begun)
          node.call(
              FileContract.BEGIN_UPLOAD, new BeginUploadRequest(null, Kind.BYTES, -1, null, null));
    }

    private static void append(TestNode node, Begun begun, long offset, Binary piece) {
      node.call(
          FileContract.APPEND_UPLOAD.at(begun.node()),
          new AppendUploadRequest(begun.uploadId(), offset, piece));
    }
  }
}
