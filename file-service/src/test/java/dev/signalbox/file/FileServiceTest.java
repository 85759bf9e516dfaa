package dev.signalbox.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AbortUploadRequest;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply.Begun;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.contracts.file.OpenFileReply.Missing;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.contracts.file.ReadFileReply.Chunk;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.testsupport.TestNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileServiceTest {

  @TempDir Path root;

  private TestNode start(String... settings) {
    Map<String, String> all = new java.util.HashMap<>(Map.of("file.root", root.toString()));
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return TestNode.start(FileMain.SERVICE, all);
  }

  private static Binary binary(String text) {
    return new Binary(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Begun begin(TestNode node, String path) {
    return (Begun)
        node.call(
            FileContract.BEGIN_UPLOAD, new BeginUploadRequest(path, Kind.BYTES, -1, null, null));
  }

  @Test
  void givenAnEmptyRoot_whenStarted_thenItHasAPlaceForUploadsAndNoPage() {
    try (TestNode node = start()) {
      assertThat(node.call(FileContract.OPEN, new OpenFileRequest("/", List.of(), null)))
          .isEqualTo(new Missing());
      assertThat(root.resolve("uploads")).isEmptyDirectory();
    }
  }

  @Test
  void givenARootWithFiles_whenStarted_thenNothingOfItIsTouched() throws Exception {
    Files.writeString(root.resolve("mine"), "x");
    try (TestNode node = start()) {
      assertThat(node.call(FileContract.OPEN, new OpenFileRequest("/", List.of(), null)))
          .isEqualTo(new Missing());
    }
  }

  @Test
  void givenNoRootConfigured_whenStarted_thenItIsInTheDataDirectory() {
    try (TestNode node = TestNode.start(FileMain.SERVICE, Map.of())) {
      assertThat(node.data().resolve("files/uploads")).isEmptyDirectory();
    }
  }

  @Test
  void givenAnUpload_whenFollowedThroughItsLife_thenEachOperationAnswers() {
    try (TestNode node = start()) {
      Begun begun = begin(node, "/d/file.bin");
      node.call(
          FileContract.APPEND_UPLOAD.at(begun.node()),
          new AppendUploadRequest(begun.uploadId(), 0, binary("hello ")));
      node.call(
          FileContract.APPEND_UPLOAD.at(begun.node()),
          new AppendUploadRequest(begun.uploadId(), 6, binary("world")));
      Stored stored =
          (Stored)
              node.call(
                  FileContract.FINISH_UPLOAD.at(begun.node()),
                  new FinishUploadRequest(begun.uploadId(), 11));
      FileInfo file = stored.file();
      Chunk chunk =
          (Chunk)
              node.call(
                  FileContract.READ, new ReadFileRequest(file.path(), null, file.etag(), 6, 100));

      assertThat(chunk.data()).isEqualTo(binary("world"));
      assertThat(node.call(FileContract.LIST, new ListFilesRequest("/d/", null, 10, false)).files())
          .containsExactly(file);
      assertThat(node.call(FileContract.DELETE, new DeleteFileRequest("/d/file.bin", null)))
          .isEqualTo(new DeleteFileReply.Deleted());
    }
  }

  @Test
  void givenAllPlacesTaken_whenOneUploadIsAborted_thenItsPlaceIsFree() {
    try (TestNode node = start("file.max-uploads", "1")) {
      Begun begun = begin(node, "/a");
      append(node, begun);
      Begun second = begin(node, "/b");
      assertThatThrownBy(() -> append(node, second))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> assertThat(fault.code()).isEqualTo(ErrorCode.OVERLOADED));

      node.call(
          FileContract.ABORT_UPLOAD.at(begun.node()), new AbortUploadRequest(begun.uploadId()));

      append(node, begin(node, "/b"));
    }
  }

  @Test
  void givenAnIdleUpload_whenItsTimeIsUp_thenItsPlaceBecomesFreeByItself() {
    try (TestNode node = start("file.max-uploads", "1", "file.upload-idle", "3s")) {
      append(node, begin(node, "/a"));

      Awaitility.await()
          .ignoreExceptions()
          .until(() -> {
            append(node, begin(node, "/b"));
            return true;
          });
    }
  }

  @Test
  void givenUploadsWithoutBytes_whenAnotherSendsSome_thenItHasThePlace() {
    try (TestNode node = start("file.max-uploads", "1")) {
      for (int i = 0; i < 20; i++) {
        begin(node, "/silent-" + i);
      }

      append(node, begin(node, "/a"));
    }
  }

  private static void append(TestNode node, Begun begun) {
    node.call(
        FileContract.APPEND_UPLOAD.at(begun.node()),
        new AppendUploadRequest(begun.uploadId(), 0, binary("x")));
  }

  @Test
  void givenAnUploadUnderWay_whenTheServiceStops_thenNothingIsLeftOfIt() throws Exception {
    try (TestNode node = start()) {
      Begun begun = begin(node, "/a");
      node.call(
          FileContract.APPEND_UPLOAD.at(begun.node()),
          new AppendUploadRequest(begun.uploadId(), 0, binary("x")));
    }
    try (var entries = Files.list(root)) {
      assertThat(entries.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".upload-"));
    }
  }

  @Test
  void givenARootThatIsAFile_whenStarted_thenTheStartFailsAndSaysWhy() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "x");

    assertThatThrownBy(() -> start("file.root", file.toString()).close())
        .hasMessageContaining("file.root");
  }
}
