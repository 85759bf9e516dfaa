package dev.signalbox.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.platform.node.StartException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParsedArgumentsTest {

  private static final CommandSpec COMMAND =
      CommandSpec.of(Group.TASKS, "work", "works", "WHAT [WHERE]")
          .options(
              OptionSpec.value("N", "how often", "--times", "-n"),
              OptionSpec.flag("in vain", "--dry-run", "-d"),
              OptionSpec.flag("again", "--repeat", "-r"),
              OptionSpec.choice("red|green", "colour", "--colour"));

  private static ParsedArguments parse(String line) {
    return ParsedArguments.parse(COMMAND, line.isEmpty() ? List.of() : List.of(line.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({"--times 7", "--times=7", "-n 7", "-n7", "-n=7", "-drn7", "--times 3 -n 7"})
  void givenAWayToWriteAnOption_whenItIsRead_thenItsLastValueCounts(String line) {
    assertThat(parse(line).number("--times", 1, 0, 10)).isEqualTo(7);
  }

  @Test
  void givenLettersInOneWord_whenTheyAreRead_thenEachIsAnOption() {
    ParsedArguments parsed = parse("-dr what");

    assertThat(parsed.has("--dry-run")).isTrue();
    assertThat(parsed.has("--repeat")).isTrue();
    assertThat(parsed.words("what", "[where]")).containsExactly("what");
  }

  @Test
  void givenWhatFollowsTwoDashes_whenItIsRead_thenItIsNoOption() {
    assertThat(parse("-d -- --times -r").words("a", "b")).containsExactly("--times", "-r");
    assertThat(parse("- x").words("a", "b")).containsExactly("-", "x");
  }

  @ParameterizedTest
  @CsvSource({
    "--tims 7, Unknown option --tims; did you mean --times? See signalbox work --help",
    "-x, Unknown option -x; see signalbox work --help",
    "-dx, Unknown option -dx",
    "--times, Option --times needs a value: N",
    "-n, Option -n needs a value: N",
    "--dry-run=yes, Option --dry-run takes no value",
    "'--colour blue', '--colour must be one of red, green, not ''blue'''"
  })
  void givenAnInvalidOption_whenItIsRead_thenTheErrorNamesItAndTheRule(String line, String error) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(error);
  }

  @ParameterizedTest
  @CsvSource({"11", "-1", "x", "99999999999999999999", "٣"})
  void givenANumberOutOfRange_whenItIsRead_thenTheErrorNamesTheBounds(String number) {
    ParsedArguments parsed = parse("--times=" + number);

    assertThatThrownBy(() -> parsed.number("--times", 1, 0, 10))
        .isInstanceOf(StartException.class)
        .hasMessage("--times must be a whole number from 0 to 10, not '" + number + "'");
  }

  @Test
  void givenTooFewOrTooManyWords_whenTheyAreTaken_thenTheErrorNamesThem() {
    assertThatThrownBy(() -> parse("").words("the thing"))
        .hasMessageContaining("the thing is missing");
    assertThatThrownBy(() -> parse("a b").words("the thing")).hasMessageContaining("'b'");
    assertThat(parse("a").words("the thing", "[the place]")).containsExactly("a");
  }

  @ParameterizedTest
  @CsvSource({"--help, true", "-h, true", "a --help, true", "-- --help, false", "a, false"})
  void givenArguments_whenTheyAskForHelp_thenThatIsSeen(String line, boolean help) {
    assertThat(CommandSpec.asksForHelp(List.of(line.split(" ")))).isEqualTo(help);
  }
}
