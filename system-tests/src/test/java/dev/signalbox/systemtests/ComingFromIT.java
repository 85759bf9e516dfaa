package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the pages for users of other tools, ours and theirs, print what is shown. */
@LongTest
class ComingFromIT {

  /** Files that a page shows, by the language of their block. */
  private static final Map<String, String> FILES =
      Map.of("yaml", "blackbox.yml", "nginx", "nginx.conf");

  private static int exporterPort;
  private static int nginxPort;
  private static OneProcess system;

  @BeforeAll
  static void start() throws IOException {
    exporterPort = FreePorts.next();
    nginxPort = FreePorts.next();
    Path modules = Scratch.directory("coming-from").resolve("blackbox.yml");
    Files.writeString(modules, page("blackbox-exporter").texts("yaml").getFirst());
    system = OneProcess.start(Shape.settings("probe.modules-file", modules.toString()));
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static MarkdownPage page(String name) {
    return MarkdownPage.read("docs/coming-from/" + name + ".md");
  }

  private static String here(String text) {
    String resolver = Surroundings.resolver();
    String dnsPort = resolver.substring(resolver.lastIndexOf(':') + 1);
    return MarkdownPage.atSurroundings(MarkdownPage.atDoors(text, system.doors()))
        .replace("-p 5353", "-p " + dnsPort)
        .replace("127.0.0.1:9115", "127.0.0.1:" + exporterPort)
        .replace("127.0.0.1:8888", "127.0.0.1:" + nginxPort);
  }

  /** A directory with the files of a page. */
  private static PageCommands directory(MarkdownPage page) throws IOException {
    Path directory = Scratch.directory("coming-from");
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      List<String> texts = page.texts(file.getKey());
      if (!texts.isEmpty()) {
        Files.writeString(directory.resolve(file.getValue()), here(texts.getFirst()));
      }
    }
    return PageCommands.in(directory, Map.of());
  }

  private static void run(MarkdownPage page, boolean theirs) throws IOException {
    TestPrograms.require("curl");
    PageCommands directory = directory(page);
    List<MarkdownPage.Block> blocks = page.blocks();
    int count = 0;
    for (int i = 0; i < blocks.size(); i++) {
      MarkdownPage.Block block = blocks.get(i);
      if (!block.language().equals("sh") || block.note().isEmpty() == theirs) {
        continue;
      }
      if (theirs) {
        TestPrograms.require(block.note());
      }
      count++;
      String output = directory.run(here(block.text()));
      if (i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text")) {
        new PageExample(block, blocks.get(i + 1)).assertPrinted(output);
      }
    }
    assertThat(count).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"blackbox-exporter", "dig-and-massdns", "nginx", "wiremock"})
  void givenOurCommands_whenPasted_thenTheyPrintWhatThePageShows(String name) throws IOException {
    run(page(name), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"blackbox-exporter", "dig-and-massdns", "nginx"})
  void givenTheirCommands_whenPasted_thenTheyPrintWhatThePageShows(String name) throws IOException {
    run(page(name), true);
  }
}
