package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FolderInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FolderListingTest {

  @TempDir Path directory;
  private Path root;
  private FileListing listing;

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    listing = new FileListing(FileRoot.at(root), 100);
  }

  private void write(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
  }

  private List<String> all(String folder, int limit) throws IOException {
    List<String> paths = new ArrayList<>();
    @Nullable String after = null;
    do {
      ListFilesReply page = listing.page(new ListFilesRequest(folder, after, limit, true));
      List<FolderInfo> folders = page.folders();
      assertThat(folders).isNotNull();
      assertThat(folders.size() + page.files().size()).isLessThanOrEqualTo(limit);
      folders.stream().map(FolderInfo::path).forEach(paths::add);
      page.files().stream().map(FileInfo::path).forEach(paths::add);
      after = page.next();
    } while (after != null && paths.size() < 10_000);
    return paths;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void givenAnyFolder_whenPagedThrough_thenFoldersComeBeforeFilesAndEachComesOnceInOrder(long seed)
      throws IOException {
    Random random = new Random(seed);
    TreeSet<String> folders = new TreeSet<>();
    TreeSet<String> files = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      String name = "n" + Integer.toString(random.nextInt(400), 36);
      if (random.nextBoolean() && !folders.contains("/f/" + name + "/")) {
        write("f/" + name);
        files.add("/f/" + name);
      } else if (!files.contains("/f/" + name)) {
        write("f/" + name + "/inside");
        folders.add("/f/" + name + "/");
      }
    }
    List<String> expected = new ArrayList<>(folders);
    expected.addAll(files);

    for (int limit : List.of(1, 2, 7, 100, 1_000)) {
      assertThat(all("/f/", limit)).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void givenHiddenNamesAndLinks_whenListed_thenOnlyWhatIsServedIsThere() throws IOException {
    write("d/file");
    write(".hidden/file");
    write(".dotfile");
    Files.writeString(directory.resolve("secret"), "secret");
    Files.createSymbolicLink(root.resolve("linked-file"), Path.of("d/file"));
    Files.createSymbolicLink(root.resolve("linked-folder"), Path.of("d"));
    Files.createSymbolicLink(root.resolve("out"), directory.resolve("secret"));
    Files.createSymbolicLink(root.resolve("up"), directory);
    Files.createSymbolicLink(root.resolve("disguise"), Path.of(".hidden"));
    Files.createSymbolicLink(root.resolve("broken"), Path.of("nothing"));

    assertThat(all("/", 100)).containsExactly("/d/", "/linked-folder/", "/linked-file");
    assertThat(all("/linked-folder/", 100)).containsExactly("/linked-folder/file");
  }

  @Test
  void givenAnEmptyFolder_whenListed_thenThereIsNothing() throws IOException {
    Files.createDirectory(root.resolve("empty"));

    assertThat(all("/empty/", 10)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"/none/", "/d/file/", "/up/", "/.hidden-link/"})
  void givenNoFolderThatIsServed_whenListed_thenItIsNotFound(String path) throws IOException {
    write("d/file");
    Files.createSymbolicLink(root.resolve("up"), directory);

    assertThatThrownBy(() -> all(path, 10))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e ->
                assertThat(e.code())
                    .isEqualTo(
                        path.startsWith("/.") ? ErrorCode.INVALID_REQUEST : ErrorCode.NOT_FOUND));
  }

  @Test
  void givenAPrefixOrACursorThatFitsNoFolder_whenListed_thenItIsRefused() throws IOException {
    write("d/file");

    assertThatThrownBy(() -> listing.page(new ListFilesRequest("/d", null, 1, true)))
        .hasMessageContaining("slash");
    assertThatThrownBy(() -> listing.page(new ListFilesRequest("/d/", "/e/x", 1, true)))
        .hasMessageContaining("folder");
  }
}
