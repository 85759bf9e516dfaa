package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.TestPrograms;
import java.nio.file.Files;
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

  /** The command for the ports of this system. */
  private static String here(String command, int freePort) {
    return MarkdownPage.atDoors(command, system.doors())
        .replace("50010", Integer.toString(freePort));
  }

  @Test
  void givenANewSystem_whenTheExamplesAreRunInOrder_thenTheyPrintWhatTheReadmeShows()
      throws Exception {
    TestPrograms.require("curl");
    List<PageExample> examples = README.examples("sh");
    int freePort = FreePorts.next();
    PageCommands commands =
        PageCommands.in(
            Scratch.directory("readme"),
            Map.of(
                "SIGNALBOX_SERVER",
                "http://127.0.0.1:" + system.doors().main(),
                "SIGNALBOX_RESOLVER_UPSTREAMS",
                resolver.resolver()));
    // Errors are examples too: without --fail.
    StringBuilder script = new StringBuilder("curl() { command curl -sS \"$@\"; }\n");
    for (int i = 0; i < examples.size(); i++) {
      PageExample example = examples.get(i);
      script.append("{ ").append(here(example.code().text(), freePort));
      script.append("} >").append(i).append(example.ofJson() ? "" : " 2>&1").append('\n');
    }

    commands.run(script.toString());

    assertThat(examples).hasSizeGreaterThan(15);
    for (int i = 0; i < examples.size(); i++) {
      PageExample example = examples.get(i);
      String printed = Files.readString(commands.directory().resolve(Integer.toString(i)));
      if (example.ofJson()) {
        example.assertPrinted(printed);
      } else {
        assertThat(normal(printed))
            .as(example.code().text())
            .isEqualTo(normal(example.shown().text()));
      }
    }
  }

  /** Without what differs from run to run: digests, numbers and the width of columns. */
  private static String normal(String text) {
    return text.strip()
        .replaceAll("\\b[0-9a-f]{16,}\\b", "HEX")
        .replaceAll("\\d+(\\.\\d+)?", "0")
        .replaceAll(" +", " ");
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
