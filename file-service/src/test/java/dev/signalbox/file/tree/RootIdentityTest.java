package dev.signalbox.file.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The identity of a directory. */
class RootIdentityTest {

  private static final String NAME = ".signalbox-identity";

  @TempDir Path directory;

  private String identity(Path of) throws IOException {
    FileRoot root = FileRoot.at(of);
    return RootIdentity.of(root, new ChangeLock(root), RandomGenerator.getDefault());
  }

  @Test
  void givenADirectory_whenAskedAgain_thenItsIdentityIsTheSame() throws IOException {
    String first = identity(directory);

    assertThat(first).matches("[0-9a-f]{32}");
    assertThat(identity(directory)).isEqualTo(first);
  }

  @Test
  void givenTwoDirectories_whenAsked_thenTheirIdentitiesDiffer(@TempDir Path other)
      throws IOException {
    assertThat(identity(directory)).isNotEqualTo(identity(other));
  }

  @Test
  void givenADirectoryUnderTwoPaths_whenAsked_thenItsIdentityIsTheSame(@TempDir Path elsewhere)
      throws IOException {
    Path link = Files.createSymbolicLink(elsewhere.resolve("link"), directory);

    assertThat(identity(link)).isEqualTo(identity(directory));
  }

  @Test
  void givenMany_whenTheyAskAtOnce_thenAllHaveOneIdentity() throws Exception {
    Set<String> identities = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<String> each :
          threads.invokeAll(
              IntStream.range(0, 8)
                  .<java.util.concurrent.Callable<String>>mapToObj(_ -> () -> identity(directory))
                  .toList())) {
        identities.add(each.get());
      }
    }

    assertThat(identities).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0123", "0123456789ABCDEF0123456789ABCDEF", "not an identity at all, no"})
  void givenAFileThatIsCutOffOrWrong_whenAsked_thenItIsMadeAnew(String text) throws IOException {
    Files.writeString(directory.resolve(NAME), text);

    String made = identity(directory);

    assertThat(made).matches("[0-9a-f]{32}");
    assertThat(directory.resolve(NAME)).hasContent(made + "\n");
  }

  @Test
  void givenALink_whenAsked_thenItIsNotFollowed(@TempDir Path elsewhere) throws IOException {
    Path outside = Files.writeString(elsewhere.resolve("outside"), "0".repeat(32));
    Files.createSymbolicLink(directory.resolve(NAME), outside);

    assertThatThrownBy(() -> identity(directory)).isInstanceOf(IOException.class);
    assertThat(outside).hasContent("0".repeat(32));
  }
}
