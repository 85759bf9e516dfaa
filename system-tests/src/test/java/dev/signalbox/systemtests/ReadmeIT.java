package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FakeDnsServer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
  private record Example(String command, String output) {}

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

  /** Commands in a block of a shell, each followed by a block in a language with their output. */
  private static List<Example> examples(String language) {
    List<MarkdownPage.Block> blocks = README.blocks();
    List<Example> examples = new ArrayList<>();
    for (int i = 1; i < blocks.size(); i++) {
      MarkdownPage.Block output = blocks.get(i);
      if (output.language().equals(language) && blocks.get(i - 1).language().equals("sh")) {
        examples.add(new Example(blocks.get(i - 1).text(), output.text().strip()));
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
  void givenANewSystem_whenTheCallsAreMadeInOrder_thenTheyAnswerWhatTheReadmeShows()
      throws Exception {
    assumeCurl();
    List<Example> examples = examples("json");
    int freePort = FreePorts.next();
    Path directory = Scratch.directory("readme");
    StringBuilder script =
        new StringBuilder("set -e\ncurl() { command curl -sS --fail \"$@\"; }\n");
    for (int i = 0; i < examples.size(); i++) {
      script.append("{ ").append(here(examples.get(i).command(), freePort));
      script.append("} >").append(i).append('\n');
    }

    SignalboxProcess shell =
        SignalboxProcess.start("sh", directory, List.of("sh", "-c", script.toString()));

    assertThat(shell.awaitExit()).as(shell.output()).isZero();
    assertThat(examples).hasSizeGreaterThan(8);
    for (int i = 0; i < examples.size(); i++) {
      String printed = Files.readString(directory.resolve(Integer.toString(i)));
      assertSame(examples.get(i), Reply.json(printed), Reply.json(examples.get(i).output()));
    }
  }

  private static void assumeCurl() {
    boolean found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "curl")));
    assertThat(found || !Boolean.getBoolean("signalbox.require.all")).isTrue();
    assumeTrue(found, "curl is not on this machine: the examples were not run");
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

  @Test
  void givenTheCommandDns_whenItQueriesTheZone_thenItPrintsWhatTheReadmeShows() throws Exception {
    List<Example> examples = examples("text");
    assertThat(examples).isNotEmpty();
    for (Example example : examples) {
      List<String> arguments = new ArrayList<>(List.of(example.command().strip().split(" ")));
      arguments.removeFirst();
      arguments.add("--resolver.upstreams=" + resolver.resolver());

      SignalboxProcess command =
          SignalboxProcess.start(
              "dns", Scratch.directory("readme"), Distribution.command(arguments));

      assertThat(command.awaitExit()).as(command.output()).isZero();
      assertThat(withoutNumbers(command.output())).isEqualTo(withoutNumbers(example.output()));
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
