package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pages for operators: their commands do what they say, their tables are complete. */
class OperationsPagesIT {

  private static final String MONITOR = "docs/operations/monitor.md";
  private static final Pattern METRIC = Pattern.compile("(?m)^# TYPE (\\w+) ");

  @Test
  void givenARunningSystem_whenItsMetricsAreRead_thenThePageDescribesEach() {
    String page = MarkdownPage.text(MONITOR);
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      int main = system.doors().main();
      system
          .process()
          .await(
              "to measure its JVM",
              () -> Http.get(main, "/metrics").text().contains("\njvm_threads_"));
      Reply metrics = Http.get(main, "/metrics");

      Set<String> names =
          METRIC
              .matcher(metrics.text())
              .results()
              .map(type -> type.group(1).replaceFirst("_(seconds|writes)_max$", "_$1"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(names)
          .hasSizeGreaterThan(60)
          .allSatisfy(name -> assertThat(page).contains("\n| `" + name + "` |"));
    }
  }

  @Test
  void givenTheSettingsOfAProcess_whenTheyAreListed_thenThePageDescribesEach() {
    String page = MarkdownPage.text("docs/operations/configure.md");

    Programs.Outcome config = Programs.run(Distribution.command(List.of("config", "--json")));

    assertThat(config.exitCode()).as(config.toString()).isZero();
    List<String> keys =
        Reply.json(config.text()).path("settings").findValuesAsText("key").stream()
            .filter(key -> key.startsWith("platform."))
            .toList();
    assertThat(keys)
        .hasSizeGreaterThan(10)
        .allSatisfy(key -> assertThat(page).contains("\n| `" + key + "` |"));
  }
}
