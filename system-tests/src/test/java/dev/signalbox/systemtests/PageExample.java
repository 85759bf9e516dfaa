package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Code of a page with the block that shows what it prints.
 *
 * @param code what a reader runs
 * @param shown lines of its output as text, or its output as JSON
 */
record PageExample(MarkdownPage.Block code, MarkdownPage.Block shown) {

  /** What a reader decides by; other values of JSON differ from run to run. */
  private static final List<String> VERDICTS =
      List.of("success", "status", "code", "intact", "rcode", "Status");

  /** Whether its output is JSON. */
  boolean ofJson() {
    return shown.language().equals("json");
  }

  /** Runs a command that must succeed, and returns what it prints. */
  static String run(Path directory, List<String> command) {
    SignalboxProcess process = SignalboxProcess.start("example", directory, command);
    assertThat(process.awaitExit()).as("%s%n%s", command, process.output()).isZero();
    return process.output();
  }

  /**
   * The lines that are shown occur in this order; of JSON the keys and the verdicts are the same.
   */
  void assertPrinted(String printed) {
    if (ofJson()) {
      assertSame(Reply.json(printed), Reply.json(shown.text()));
    } else {
      assertThat(printed).as(code.text()).containsSubsequence(shown.text().lines().toList());
    }
  }

  private void assertSame(JsonNode printed, JsonNode expected) {
    assertThat(keys("", printed)).as(code.text()).isEqualTo(keys("", expected));
    for (String verdict : VERDICTS) {
      assertThat(printed.path(verdict)).as(code.text()).isEqualTo(expected.path(verdict));
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
}
