package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FakeDnsServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples of the README, pasted as they are, do what it shows. */
class ReadmeIT {

  private static final MarkdownPage README = MarkdownPage.read("README.md");

  private static FakeDnsServer resolver;
  private static OneProcess system;

  @BeforeAll
  static void start() {
    resolver =
        FakeDnsServer.start()
            .record("example.com. 300 IN A 192.0.2.10")
            .record("example.com. 300 IN MX 10 mail.example.com.");
    system = OneProcess.start(Map.of("resolver.upstreams", resolver.resolver()));
  }

  @AfterAll
  static void stop() {
    system.close();
    resolver.close();
  }

  /** Commands whose output is shown in a language. */
  private static List<PageExample> examples(String language) {
    return README.examples("sh").stream()
        .filter(example -> example.shown().language().equals(language))
        .toList();
  }

  /** The command for the ports of this system. */
  private static String here(String command, int freePort) {
    return MarkdownPage.atDoors(command, system.doors())
        .replace("50010", Integer.toString(freePort));
  }

  @Test
  void givenANewSystem_whenTheCallsAreMadeInOrder_thenTheyAnswerWhatTheReadmeShows()
      throws Exception {
    Programs.require("curl");
    List<PageExample> examples = examples("json");
    int freePort = FreePorts.next();
    Path directory = Scratch.directory("readme");
    StringBuilder script =
        new StringBuilder("set -e\ncurl() { command curl -sS --fail \"$@\"; }\n");
    for (int i = 0; i < examples.size(); i++) {
      script.append("{ ").append(here(examples.get(i).code().text(), freePort));
      script.append("} >").append(i).append('\n');
    }

    PageExample.run(directory, List.of("sh", "-c", script.toString()));

    assertThat(examples).hasSizeGreaterThan(8);
    for (int i = 0; i < examples.size(); i++) {
      examples
          .get(i)
          .assertPrinted(Files.readString(directory.resolve(Integer.toString(i))));
    }
  }

  @Test
  void givenTheCommandDns_whenItQueriesTheZone_thenItPrintsWhatTheReadmeShows() throws Exception {
    List<PageExample> examples = examples("text");
    assertThat(examples).isNotEmpty();
    for (PageExample example : examples) {
      List<String> arguments = new ArrayList<>(List.of(example.code().text().strip().split(" ")));
      arguments.removeFirst();
      arguments.add("--resolver.upstreams=" + resolver.resolver());

      SignalboxProcess command =
          SignalboxProcess.start(
              "dns", Scratch.directory("readme"), Distribution.command(arguments));

      assertThat(command.awaitExit()).as(command.output()).isZero();
      assertThat(withoutNumbers(command.output())).isEqualTo(withoutNumbers(example.shown().text()));
    }
  }

  /** Without the query time and the resolver's port. */
  private static String withoutNumbers(String text) {
    return text.strip().replaceAll("time: [\\d.]+", "time:").replaceAll("#\\d+", "#");
  }

  @Test
  void givenTheBanner_whenTheSystemStarts_thenItHasTheLinesThatTheReadmeShows() throws Exception {
    String shown =
        README.blocks().stream()
            .map(MarkdownPage.Block::text)
            .filter(text -> text.startsWith("$ ./signalbox up\n"))
            .findFirst()
            .orElseThrow();

    assertThat(labels(system.output())).isNotEmpty().isEqualTo(labels(shown));
  }

  private static List<String> labels(String output) {
    try (Stream<String> lines = output.lines()) {
      return lines
          .filter(line -> line.matches("  [a-z.]+ +\\S+"))
          .map(line -> line.strip().split(" ")[0])
          .toList();
    }
  }
}
