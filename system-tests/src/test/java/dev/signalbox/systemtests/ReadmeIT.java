package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FakeDnsServer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples of the README, pasted as they are, do what it shows. */
class ReadmeIT {

  private static final MarkdownPage README = MarkdownPage.read("README.md");

  private static FakeDnsServer resolver;
  private static OneProcess system;

  /** Commands with what the last of them prints. */
  private record Example(String command, String output, boolean json) {}

  private static final Set<String> OUTPUTS = Set.of("json", "text");

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

  /** Blocks of a shell that are followed by a block with their output. */
  private static List<Example> examples() {
    List<MarkdownPage.Block> blocks = README.blocks();
    List<Example> examples = new ArrayList<>();
    for (int i = 1; i < blocks.size(); i++) {
      MarkdownPage.Block output = blocks.get(i);
      if (OUTPUTS.contains(output.language()) && blocks.get(i - 1).language().equals("sh")) {
        examples.add(
            new Example(
                blocks.get(i - 1).text(), output.text().strip(), output.language().equals("json")));
      }
    }
    return examples;
  }

  /** The command for the ports of this system. */
  private static String here(String command, int freePort) {
    return MarkdownPage.atDoors(command, system.doors())
        .replace("50010", Integer.toString(freePort));
  }

  @Test
  void givenANewSystem_whenTheExamplesAreRunInOrder_thenTheyPrintWhatTheReadmeShows()
      throws Exception {
    Programs.require("curl");
    List<Example> examples = examples();
    int freePort = FreePorts.next();
    PageCommands commands =
        PageCommands.in(
            Scratch.directory("readme"),
            Map.of(
                "SIGNALBOX_SERVER",
                "http://127.0.0.1:" + system.doors().main(),
                "SIGNALBOX_RESOLVER_UPSTREAMS",
                resolver.resolver()));
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < examples.size(); i++) {
      String errors = examples.get(i).json() ? "" : " 2>&1";
      script.append("{ ").append(here(examples.get(i).command(), freePort));
      script.append("} >").append(i).append(errors).append('\n');
    }

    SignalboxProcess shell = commands.run(script.toString());

    assertThat(shell.awaitExit()).as(shell.output()).isZero();
    assertThat(examples).hasSizeGreaterThan(15);
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      String printed = Files.readString(commands.directory().resolve(Integer.toString(i)));
      if (example.json()) {
        assertSame(example, Reply.json(printed), Reply.json(example.output()));
      } else {
        assertThat(normal(printed)).as(example.command()).isEqualTo(normal(example.output()));
      }
    }
  }

  /** The same keys at every level, and the same success; other values differ from run to run. */
  private static void assertSame(Example example, JsonNode printed, JsonNode shown) {
    assertThat(keys("", printed)).as(example.command()).isEqualTo(keys("", shown));
    for (String verdict : List.of("success", "status", "intact", "rcode", "Status")) {
      assertThat(printed.path(verdict)).as(example.command()).isEqualTo(shown.path(verdict));
    }
  }

  private static Set<String> keys(String path, JsonNode node) {
    Set<String> keys = new TreeSet<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String key = path + "/" + member.getKey();
      keys.add(key);
      keys.addAll(keys(key, member.getValue()));
    }
    if (node.isArray()) {
      node.forEach(item -> keys.addAll(keys(path + "/*", item)));
    }
    return keys;
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
