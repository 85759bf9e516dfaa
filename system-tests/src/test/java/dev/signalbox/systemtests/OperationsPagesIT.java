package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pages for operators: their commands do what they say, their tables are complete. */
class OperationsPagesIT {

  private static final String UUID = "6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11";
  private static final String MONITOR = "docs/operations/monitor.md";
  private static final Pattern METRIC = Pattern.compile("(?m)^# TYPE (\\w+) ");

  /** Pastes the block of the page about backups that has a note, and returns what it printed. */
  private static String paste(String note, Path directory, Doors doors) {
    String block =
        MarkdownPage.read("docs/operations/backup.md").blocks().stream()
            .filter(each -> each.note().equals(note))
            .map(MarkdownPage.Block::text)
            .findFirst()
            .orElseThrow();
    return PageCommands.in(
            directory, Map.of("SIGNALBOX_SERVER", "http://127.0.0.1:" + doors.main()))
        .run(MarkdownPage.atDoors(block, doors));
  }

  private static String code(Doors doors) {
    Reply reply = Http.post(doors.codes(), "/", "{\"uuid\":\"" + UUID + "\"}");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply.json().path("unique").asText();
  }

  private static void store(Doors doors, String code, String text) {
    Reply reply =
        Http.post(
            doors.messages(),
            "/",
            "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"%s\"}".formatted(UUID, code, text));
    assertThat(reply.json().path("success").asBoolean()).as(reply.toString()).isTrue();
  }

  @Test
  void givenABackupMadeByThePage_whenASystemStartsFromIt_thenMessageCodeAndFileAreThere()
      throws IOException {
    Programs.require("sqlite3");
    Programs.require("curl");
    Path directory = Scratch.directory("operations");
    String code;
    Doors doors;
    try (OneProcess system = OneProcess.start(directory.resolve("data"), Shape.settings())) {
      doors = system.doors();
      code = code(doors);
      store(doors, code, "kept");
      Reply put =
          Http.send(
              doors.main(),
              "PUT",
              "/api/v1/files/kept/note.txt",
              "note",
              "Content-Type: text/plain");
      assertThat(put.status()).as(put.toString()).isEqualTo(201);

      paste("backup", directory, doors);

      store(doors, code, "later than the backup");
    }

    paste("restore", directory, doors);

    try (OneProcess restored = OneProcess.start(directory.resolve("restored"), Shape.settings())) {
      doors = restored.doors();
      assertThat(paste("check", directory, doors))
          .contains("intact  1 message", "intact  1 line", "\"consistent\":true", "kept/note.txt");
      assertThat(code(doors)).isEqualTo(code);
      assertThat(Http.get(doors.main(), "/api/v1/messages").json().findValuesAsText("text"))
          .containsExactly("kept");
      assertThat(Http.get(doors.main(), "/api/v1/files/kept/note.txt").text()).isEqualTo("note");
    }
  }

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
