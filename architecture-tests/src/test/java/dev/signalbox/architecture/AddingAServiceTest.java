package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sources that docs/adding-a-service.md shows are those that are compiled and tested here. */
class AddingAServiceTest {

  private static final Path SOURCES =
      Repository.ROOT.resolve("architecture-tests/src/test/java/dev/signalbox/sweep");

  /** {@code // File.java} as the first line of a block, and what follows it. */
  private static final Pattern SNIPPET =
      Pattern.compile("```java\\n// ([\\w-]+\\.java)\\n(.*?)```", Pattern.DOTALL);

  private static final String DOCUMENT =
      Repository.text(Repository.ROOT.resolve("docs/adding-a-service.md"));

  static List<MatchResult> snippets() {
    return SNIPPET.matcher(DOCUMENT).results().toList();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void givenASnippet_whenItsFileIsRead_thenTheFileHasItWordForWord(MatchResult snippet) {
    assertThat(Repository.text(SOURCES.resolve(snippet.group(1)))).contains(snippet.group(2));
  }

  @Test
  void givenTheSourcesOfTheExample_whenTheDocumentIsRead_thenItShowsEachOfThem() {
    Stream<String> shown = snippets().stream().map(snippet -> snippet.group(1)).distinct();

    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(
            Repository.files(SOURCES).map(file -> file.getFileName().toString()).toList());
  }

  @Test
  void givenTheDocument_whenItsJavaBlocksAreCounted_thenEachNamesItsFile() {
    assertThat(snippets()).hasSize(DOCUMENT.split("```java", -1).length - 1);
  }
}
