package dev.signalbox.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.task.CommandOption;
import dev.signalbox.platform.task.CommandOption.Kind;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskOptionsTest {

  private static final TaskSpec TASK =
      TaskSpec.of(
          "work",
          "Works",
          Operation.once("test.work", TaskRequest.class, TaskReply.class, Duration.ofSeconds(1)),
          Param.integer("effort", "", 1, 10, 3)
              .option(CommandOption.value(Kind.NUMBER, "N", "how hard", "--effort", "-e")),
          Param.integer("timeout_ms", "", 1, 60_000, 1_500)
              .option(CommandOption.value(Kind.TIME, "TIME", "how long", "--timeout")),
          Param.oneOf("mood", "", "GOOD", List.of("GOOD", "BAD"))
              .option(CommandOption.value(Kind.TEXT, "M", "which", "--mood").also("--humour")),
          Param.object(
              "place",
              "",
              Param.bool("inside", "", true)
                  .option(CommandOption.flag(false, "not inside", "--outside")),
              Param.integer("room", "", 0, 5, 0)
                  .option(
                      CommandOption.value(
                          Kind.AMOUNT, "NUMBER", "in which room", "--number-of-the-room"))));

  private static Map<String, Object> parsed(String... line) {
    Map<String, Object> params = new HashMap<>();
    TaskOptions options = new TaskOptions(TASK, params);
    Arguments arguments = new Arguments(List.of(line));
    while (arguments.more()) {
      String option = arguments.next();
      assertThat(options.take(option, option, arguments)).as(option).isTrue();
    }
    options.finish();
    return params;
  }

  @Test
  void givenOptionsOfEveryKind_whenTheyAreTaken_thenTheySetTheParameters() {
    assertThat(
            parsed(
                "-e",
                "7",
                "--timeout=2s",
                "--humour",
                "bad",
                "--outside",
                "--number-of-the-room=9"))
        .isEqualTo(
            Map.of(
                "effort",
                7L,
                "timeout_ms",
                2_000L,
                "mood",
                "BAD",
                "place",
                Map.of("inside", false, "room", 9L)));
  }

  @Test
  void givenAnObjectAndAnOptionForAMember_whenTheyAreFinished_thenItsOtherMembersStay() {
    Map<String, Object> params = new HashMap<>();
    params.put("place", Map.of("inside", true, "room", 3));
    TaskOptions options = new TaskOptions(TASK, params);

    options.take("--outside", "--outside", new Arguments(List.of()));
    options.finish();

    assertThat(params).isEqualTo(Map.of("place", Map.of("inside", false, "room", 3)));
  }

  @Test
  void givenAnOptionOfNoParameter_whenItIsOffered_thenItIsLeft() {
    Arguments arguments = new Arguments(List.of("value"));

    assertThat(new TaskOptions(TASK, new HashMap<>()).take("--other", "--other", arguments))
        .isFalse();
    assertThat(arguments.more()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "--effort, 11, --effort must be a whole number from 1 to 10",
    "--timeout, soon, --timeout must be a time",
    "--number-of-the-room, -1, --number-of-the-room must be a whole number from 0"
  })
  void givenAValueThatBreaksTheRule_whenItIsTaken_thenTheErrorNamesOptionAndRule(
      String option, String value, String error) {
    assertThatThrownBy(() -> parsed(option, value))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith(error);
  }

  @Test
  void givenATask_whenItsOptionsAreListed_thenEachHasItsValueAndItsDefault() {
    assertThat(TaskOptions.specs(TASK))
        .containsExactly(
            OptionSpec.value("N", "how hard (default: 3)", "--effort", "-e"),
            OptionSpec.value("TIME", "how long (default: 1500ms)", "--timeout"),
            new OptionSpec(List.of("--mood"), "M", "which (default: GOOD)", List.of("GOOD", "BAD")),
            OptionSpec.flag("not inside", "--outside"),
            OptionSpec.value("NUMBER", "in which room", "--number-of-the-room"));
  }
}
