package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the pages for users of the API print what is shown, in each language. */
@LongTest
class ApiPagesIT {

  private static final String PAGES = "docs/api";
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private static OneProcess system;
  private static OneProcess withTokens;

  @BeforeAll
  static void start() {
    system =
        OneProcess.start(
            Shape.settings(
                "ping.first-task", "32512",
                "ping.initial-tasks", "256",
                "ping.include-special-purpose", "true"));
    withTokens =
        OneProcess.start(Shape.settings("gateway.tokens", "reader:example-token-of-a-reader"));
  }

  @AfterAll
  static void stop() {
    for (OneProcess process : new OneProcess[] {system, withTokens}) {
      if (process != null) {
        process.close();
      }
    }
  }

  private static Stream<Arguments> pages() throws IOException {
    try (Stream<Path> files = Files.list(MarkdownPage.path(PAGES))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream()
          .flatMap(page ->
              Stream.of("sh", "java", "python").map(language -> Arguments.of(page, language)));
    }
  }

  private static String here(String text) {
    // The port of the other system first, which could be what the first replacement inserts.
    String moved = text.replace(":8081", ":" + withTokens.doors().main());
    return MarkdownPage.atSurroundings(MarkdownPage.atDoors(moved, system.doors()));
  }

  private static MarkdownPage.Block here(MarkdownPage.Block block) {
    return new MarkdownPage.Block(block.language(), block.note(), here(block.text()));
  }

  private static List<String> command(MarkdownPage.Block code, Path directory) throws IOException {
    String text = here(code.text());
    if (code.language().equals("sh")) {
      // Errors are examples too: without --fail.
      return List.of("sh", "-c", "set -e\ncurl() { command curl -sS \"$@\"; }\n" + text);
    }
    Files.writeString(directory.resolve(code.note()), text);
    String program = code.language().equals("java") ? JAVA : TestPrograms.require("python3");
    return List.of(program, code.note());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void givenTheExamplesOfAPage_whenPasted_thenTheyPrintWhatThePageShows(
      String name, String language) throws IOException {
    if (language.equals("sh")) {
      TestPrograms.require("curl");
    }
    MarkdownPage page = MarkdownPage.read(PAGES + "/" + name);
    List<PageExample> examples = page.examples(language);
    Path directory = Scratch.directory("api-page");

    assertThat(examples).hasSameSizeAs(page.texts(language)).isNotEmpty();
    for (PageExample example : examples) {
      String printed = PageExample.run(directory, command(example.code(), directory));
      new PageExample(example.code(), here(example.shown())).assertPrinted(printed);
    }
  }
}
