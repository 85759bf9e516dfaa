package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The demonstration: a census that fills by itself and leaves nothing behind. */
@LongTest
class CensusDemoIT {

  private static final int TASKS = 40;

  @Test
  void givenTheDemo_whenRunAndStopped_thenItsCensusFillsAndNothingIsLeft() throws IOException {
    Path temporary = Scratch.directory("demo");
    List<String> command =
        new ArrayList<>(
            Distribution.command(List.of("census-demo", "--rate=500", "--ping.first-task=256")));
    command.add(1, "-Djava.io.tmpdir=" + temporary);
    command.add("--ping.initial-tasks=" + TASKS);
    command.add("--platform.log-format=text");
    Doors.any().forEach((key, value) -> command.add("--" + key + "=" + value));

    try (SignalboxProcess demo = SignalboxProcess.start("census-demo", temporary, command)) {
      demo.awaitOutput("^The map fills at http://.*/ui/census");
      Census census = new Census(Doors.told(demo.output()).main());
      demo.await(
          "to fill the census",
          () -> census.get("/api/v1/census/progress").path("done_tasks").asInt() == TASKS);
      // The leaderboard may be some seconds old.
      demo.await(
          "to show who did it",
          () -> !census.get("/api/v1/census/contributors").path("items").isEmpty());
      JsonNode board = census.get("/api/v1/census/contributors").path("items");

      demo.stop();

      assertThat(board).isNotEmpty();
      assertThat(board.get(0).path("addresses").asLong()).isPositive();
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
  }
}
