package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileInfo;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileListingTest {

  @TempDir Path directory;

  private static List<String> all(FileListing listing, String prefix, int limit)
      throws IOException {
    List<String> paths = new ArrayList<>();
    @Nullable String after = null;
    int pages = 0;
    do {
      ListFilesReply page = listing.page(new ListFilesRequest(prefix, after, limit, false));
      page.files().stream().map(FileInfo::path).forEach(paths::add);
      assertThat(page.files()).hasSizeLessThanOrEqualTo(limit);
      assertThat(++pages).isLessThan(10_000);
      after = page.next();
    } while (after != null);
    return paths;
  }

  private void write(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
  }

  @Test
  void givenATree_whenListed_thenFilesComeInTheOrderOfTheirPathsWithoutHiddenOnes()
      throws IOException {
    for (String name :
        List.of("b", "a/z", "a.txt", "a-b", "a0", "a/b/c", ".hidden", "a/.upload-1", ".d/x")) {
      write(name);
    }
    FileListing listing = new FileListing(FileRoot.at(directory), 1_000);

    assertThat(all(listing, "/", 100))
        .containsExactly("/a-b", "/a.txt", "/a/b/c", "/a/z", "/a0", "/b");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void givenAnyTree_whenPagedThrough_thenEveryFileComesOnceInOrder(long seed) throws IOException {
    Random random = new Random(seed);
    TreeSet<String> expected = new TreeSet<>();
    String letters = "ab-.0";
    for (int i = 0; i < 120; i++) {
      StringBuilder name = new StringBuilder();
      for (int depth = random.nextInt(3); depth >= 0; depth--) {
        name.append(name.isEmpty() ? "" : "/").append('x');
        for (int n = random.nextInt(3); n >= 0; n--) {
          name.append(letters.charAt(random.nextInt(letters.length())));
        }
      }
      try {
        write(name.toString());
        expected.add("/" + name);
      } catch (IOException _) {
        // a file is where a directory would have to be, or the other way round
      }
    }
    for (int i = 0; i < 20; i++) {
      Files.createDirectories(directory.resolve("empty/" + random.nextInt(50) + "/deep"));
    }
    FileRoot root = FileRoot.at(directory);

    assertThat(all(new FileListing(root, 100_000), "/", 1_000)).containsExactlyElementsOf(expected);
    assertThat(all(new FileListing(root, 100_000), "/", 7)).containsExactlyElementsOf(expected);
    assertThat(all(new FileListing(root, 1), "/", 3)).containsExactlyElementsOf(expected);
    assertThat(all(new FileListing(root, 100_000), "/xa", 5))
        .containsExactlyElementsOf(expected.stream().filter(p -> p.startsWith("/xa")).toList());
    assertThat(all(new FileListing(root, 1), "/xa/x", 5))
        .containsExactlyElementsOf(expected.stream().filter(p -> p.startsWith("/xa/x")).toList());
  }

  @Test
  void givenLinks_whenListed_thenFilesInsideAreShownAndDirectoriesEnteredOnlyByName()
      throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.writeString(directory.resolve("secret"), "secret");
    Files.createDirectory(root.resolve("d"));
    Files.writeString(root.resolve("d/file"), "x");
    Files.createSymbolicLink(root.resolve("ring"), root);
    Files.createSymbolicLink(root.resolve("linked"), Path.of("d/file"));
    Files.createSymbolicLink(root.resolve("out"), directory.resolve("secret"));
    FileListing listing = new FileListing(FileRoot.at(root), 1_000);

    assertThat(all(listing, "/", 100)).containsExactly("/d/file", "/linked");
    assertThat(all(listing, "/ring/", 100)).containsExactly("/ring/d/file", "/ring/linked");
    assertThat(all(listing, "/ring/", 1)).containsExactly("/ring/d/file", "/ring/linked");
  }

  @Test
  void givenAPrefixOfNothing_whenListed_thenThePageIsEmpty() throws IOException {
    write("a/b");
    FileListing listing = new FileListing(FileRoot.at(directory), 1_000);

    assertThat(all(listing, "/none/at/all", 10)).isEmpty();
    assertThat(all(listing, "/a/b/c", 10)).isEmpty();
  }

  @Test
  void givenBadRequests_whenListed_thenTheyAreRefused() throws IOException {
    FileListing listing = new FileListing(FileRoot.at(directory), 1_000);

    assertThatThrownBy(() -> listing.page(new ListFilesRequest("/", null, 0, false)))
        .isInstanceOf(ServiceException.class);
    assertThatThrownBy(() -> listing.page(new ListFilesRequest("/", null, 1_001, false)))
        .isInstanceOf(ServiceException.class);
    assertThatThrownBy(() -> listing.page(new ListFilesRequest("/../x", null, 1, false)))
        .isInstanceOf(ServiceException.class);
    assertThatThrownBy(() -> listing.page(new ListFilesRequest("x", null, 1, false)))
        .isInstanceOf(ServiceException.class);
  }

  @Test
  void givenDeepDirectories_whenListed_thenTheirDepthCountsAsWorkAndEveryFileStillComes()
      throws IOException {
    String deep = "d/".repeat(100);
    for (int i = 0; i < 30; i++) {
      write(deep + i + "/file");
    }
    FileListing listing = new FileListing(FileRoot.at(directory), 500);

    ListFilesReply first = listing.page(new ListFilesRequest("/", null, 100, false));

    assertThat(first.next()).isNotNull();
    assertThat(all(listing, "/", 100)).hasSize(30);
  }
}
