package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileReply.ConditionFailed;
import dev.signalbox.contracts.file.DeleteFileReply.Deleted;
import dev.signalbox.contracts.file.DeleteFileReply.Forbidden;
import dev.signalbox.contracts.file.DeleteFileReply.Missing;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRemovalTest {

  @TempDir Path directory;
  private Path served;
  private FileFinder finder;
  private FileRemoval removal;

  @BeforeEach
  void open() throws IOException {
    served = Files.createDirectory(directory.resolve("root"));
    FileRoot root = FileRoot.at(served);
    finder = OpenFilesTest.finder(root, 100);
    removal = new FileRemoval(root, new ChangeLock(root), new TotalBytes(root, 0, 0, 0, ""));
  }

  private DeleteFileReply delete(String path, @Nullable String ifMatch) throws IOException {
    return removal.delete(new DeleteFileRequest(path, ifMatch));
  }

  @Test
  void givenAFile_whenDeleted_thenItIsGoneAndMissingAfterwards() throws IOException {
    Files.createDirectories(served.resolve("a"));
    Files.writeString(served.resolve("a/b"), "x");

    assertThat(delete("/a/b", null)).isEqualTo(new Deleted());
    assertThat(served.resolve("a/b")).doesNotExist();
    assertThat(delete("/a/b", null)).isEqualTo(new Missing());
  }

  @Test
  void givenATag_whenItIsNotTheFiles_thenTheFileStays() throws IOException {
    Files.writeString(served.resolve("a"), "x");
    String tag = ((Found) finder.find(new OpenFileRequest("/a", List.of(), null))).file().etag();

    assertThat(delete("/a", "\"other\"")).isEqualTo(new ConditionFailed());
    assertThat(delete("/none", "*")).isEqualTo(new ConditionFailed());
    assertThat(served.resolve("a")).exists();
    assertThat(delete("/a", tag)).isEqualTo(new Deleted());
  }

  @Test
  void givenPathsThatMayNotBeDeleted_whenDeleted_thenNothingGoes() throws IOException {
    Path outside = Files.writeString(directory.resolve("outside"), "safe");
    Files.createSymbolicLink(served.resolve("link"), outside);
    Files.createSymbolicLink(served.resolve("up"), directory);
    Files.createDirectory(served.resolve("dir"));

    assertThat(delete("/link", null)).isInstanceOf(Forbidden.class);
    assertThat(delete("/up/outside", null)).isInstanceOf(Forbidden.class);
    assertThat(delete("/../outside", null)).isInstanceOf(Forbidden.class);
    assertThat(delete("/.signalbox-lock", null)).isInstanceOf(Forbidden.class);
    assertThat(delete("/", null)).isEqualTo(new Missing());
    assertThat(delete("/dir/", null)).isEqualTo(new Missing());
    assertThat(delete("/" + "n".repeat(300), null)).isEqualTo(new Missing());
    assertThatThrownBy(() -> delete("/dir", null)).isInstanceOf(ServiceException.class);
    assertThat(outside).exists();
    assertThat(served.resolve("dir")).exists();
  }

  @Test
  void givenTheOnlyFileOfATree_whenDeleted_thenTheEmptyDirectoriesGoWithItButNotTheRoot()
      throws IOException {
    Files.createDirectories(served.resolve("a/b/c"));
    Files.writeString(served.resolve("a/b/c/file"), "x");

    assertThat(delete("/a/b/c/file", null)).isEqualTo(new Deleted());

    assertThat(served.resolve("a")).doesNotExist();
    assertThat(served).isDirectory();
  }

  @Test
  void givenADirectoryWithAnythingElse_whenItsLastFileIsDeleted_thenItStays() throws IOException {
    Files.createDirectories(served.resolve("a/b/c"));
    Files.createDirectory(served.resolve("a/empty"));
    Files.createDirectories(served.resolve("d/e"));
    Files.writeString(served.resolve("a/b/c/file"), "x");
    Files.writeString(served.resolve("d/e/file"), "x");
    Files.writeString(served.resolve("d/.upload-p-1"), "another client's, under way");

    assertThat(delete("/a/b/c/file", null)).isEqualTo(new Deleted());
    assertThat(delete("/d/e/file", null)).isEqualTo(new Deleted());

    assertThat(served.resolve("a/b")).doesNotExist();
    assertThat(served.resolve("a/empty")).isDirectory();
    assertThat(served.resolve("d/e")).doesNotExist();
    assertThat(served.resolve("d/.upload-p-1")).exists();
  }

  @Test
  void givenTheDirectoryOfUploads_whenItsLastFileIsDeleted_thenItStays() throws IOException {
    Files.createDirectories(served.resolve("uploads"));
    Files.writeString(served.resolve("uploads/file"), "x");

    assertThat(delete("/uploads/file", null)).isEqualTo(new Deleted());

    assertThat(served.resolve("uploads")).isEmptyDirectory();
  }

  @Test
  void givenALinkedDirectory_whenItsLastFileIsDeletedThroughTheLink_thenTheRestOfTheTreeStays()
      throws IOException {
    Files.createDirectories(served.resolve("real/deep"));
    Files.writeString(served.resolve("real/deep/file"), "x");
    Files.writeString(served.resolve("real/other"), "x");
    Files.createSymbolicLink(served.resolve("link"), served.resolve("real/deep"));

    assertThat(delete("/link/file", null)).isEqualTo(new Deleted());

    assertThat(served.resolve("real/deep")).doesNotExist();
    assertThat(served.resolve("real/other")).exists();
    assertThat(served).isDirectory();
  }
}
