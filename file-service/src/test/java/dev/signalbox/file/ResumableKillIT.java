package dev.signalbox.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.CreateResumableReply.Created;
import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.ResumableStatusReply.Present;
import dev.signalbox.contracts.file.ResumableStatusRequest;
import dev.signalbox.contracts.file.ResumableUpload;
import dev.signalbox.contracts.file.ResumeUploadReply.Resumed;
import dev.signalbox.contracts.file.ResumeUploadRequest;
import dev.signalbox.testsupport.FileTree;
import dev.signalbox.testsupport.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process killed among its resumable uploads: each goes on at an offset that is not before what
 * was acknowledged, and only whole files are visible.
 */
class ResumableKillIT {

  private static final int PIECE = 64 * 1024;
  private static final int PIECES = 3;
  private static final int SIZE = PIECE * PIECES;
  private static final int UPLOADERS = 4;

  @TempDir Path root;

  /** Acknowledged before the kill: creations, pieces and ends, as they come. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 13, 40, 100})
  @Timeout(120)
  void givenResumableUploadsUnderWay_whenTheProcessIsKilled_thenEachGoesOn(int acknowledgements)
      throws Exception {
    Map<String, Long> acknowledged = uploadUntilKilled(acknowledgements);
    assertThat(acknowledged).isNotEmpty();
    assertThat(visible()).allSatisfy(ResumableKillIT::assertWhole);

    try (TestNode node = TestNode.start(FileMain.SERVICE, Map.of("file.root", root.toString()))) {
      acknowledged.forEach((id, offset) -> {
        ResumableUpload upload =
            ((Present) node.call(FileContract.RESUMABLE_STATUS, new ResumableStatusRequest(id)))
                .upload();
        assertThat(upload.offset()).isBetween(offset, (long) SIZE);
        if (upload.offset() < SIZE) {
          assertThat(append(node, id, upload.offset(), SIZE)).isInstanceOf(Stored.class);
        }
        assertThat(root.resolve("kill").resolve(String.valueOf(upload.metadata()))).exists();
      });
    }
    assertThat(visible()).hasSizeGreaterThanOrEqualTo(acknowledged.size());
    assertThat(visible()).allSatisfy(ResumableKillIT::assertWhole);
    assertThat(FileTree.files(root))
        .noneMatch(file -> file.getFileName().toString().startsWith(".upload-"));
  }

  /** The highest offset that was acknowledged, by upload. */
  private Map<String, Long> uploadUntilKilled(int acknowledgements) throws Exception {
    Map<String, Long> acknowledged = new HashMap<>();
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
      int count = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        if (words[0].equals("acknowledged")) {
          acknowledged.put(words[1], Long.parseLong(words[2]));
          count++;
        }
        if (count == acknowledgements) {
          // By its handle: the process object would close the stream we still read from.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return acknowledged;
  }

  private List<Path> visible() {
    return FileTree.files(root).stream().filter(file -> file.getParent().endsWith("kill")).toList();
  }

  private static void assertWhole(Path file) throws IOException {
    assertThat(Files.readAllBytes(file)).isEqualTo(content(0, SIZE));
  }

  private static byte[] content(long from, long to) {
    byte[] bytes = new byte[(int) (to - from)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((from + i) % 251);
    }
    return bytes;
  }

  private static FinishUploadReply append(TestNode node, String id, long from, long to) {
    Resumed resumed =
        (Resumed)
            node.call(FileContract.RESUME_UPLOAD, new ResumeUploadRequest(id, from, -1, false));
    node.call(
        FileContract.APPEND_UPLOAD.at(resumed.node()),
        new AppendUploadRequest(resumed.uploadId(), from, new Binary(content(from, to))));
    return node.call(
        FileContract.FINISH_UPLOAD.at(resumed.node()),
        new FinishUploadRequest(resumed.uploadId(), to));
  }

  /** The process that is killed. */
  static final class Uploader {

    public static void main(String[] args) {
      TestNode node = TestNode.start(FileMain.SERVICE, Map.of("file.root", args[0]));
      for (int i = 0; i < UPLOADERS; i++) {
        String name = "uploader-" + i;
        Thread.ofPlatform().start(() -> uploadForEver(node, name));
      }
    }

    private static void uploadForEver(TestNode node, String uploader) {
      for (int count = 0; ; count++) {
        String name = uploader + "-" + count;
        CreateResumableRequest request =
            new CreateResumableRequest("/kill/" + name, SIZE, name, null, List.of(), null, null);
        String id = ((Created) node.call(FileContract.CREATE_RESUMABLE, request)).upload().id();
        acknowledge(id, 0);
        for (long offset = 0; offset < SIZE; offset += PIECE) {
          append(node, id, offset, offset + PIECE);
          acknowledge(id, offset + PIECE);
        }
      }
    }

    private static void acknowledge(String id, long offset) {
      synchronized (System.out) {
        System.out.println("acknowledged " + id + " " + offset);
        System.out.flush();
      }
    }
  }
}
