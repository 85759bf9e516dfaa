package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.HelpText;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogTest {

  private static final Path PAGE =
      Path.of(System.getProperty("basedir", ""))
          .toAbsolutePath()
          .getParent()
          .resolve("docs/command.md");

  static Stream<CommandSpec> all() {
    return Catalog.commands().stream()
        .filter(command -> command.group() != Group.HIDDEN)
        .flatMap(command -> Stream.concat(Stream.of(command), command.subcommands().stream()));
  }

  @ParameterizedTest
  @MethodSource("all")
  void givenACommand_whenItsHelpIsPrinted_thenItHasUsageAndExitCodesInAWidthThatFits(
      CommandSpec command) {
    String help = HelpText.of(command);

    assertThat(help).startsWith("Usage: signalbox " + command.name()).doesNotContain("null");
    if (command.subcommands().isEmpty()) {
      assertThat(help).contains("\nExit codes:\n", "    0  ", "    2  ", "--help, -h");
    }
    // Examples are to be pasted, so they are not broken.
    assertThat(help.split("\nExamples:\n", -1)[0].lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(105));
  }

  @ParameterizedTest
  @MethodSource("all")
  void givenACommand_whenItsOptionsAreListed_thenNoNameStandsForTwo(CommandSpec command) {
    assertThat(command.allOptions().stream().flatMap(option -> option.names().stream()))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("--?[A-Za-z0-9][A-Za-z0-9.-]*(=VALUE)?"));
    assertThat(command.options().get()).extracting(OptionSpec::help).doesNotContain("");
  }

  @Test
  void givenTheServices_whenTheyAreListed_thenTheyAreThoseThatAreInstalled() {
    assertThat(Catalog.SERVICES)
        .containsExactlyElementsOf(Services.all().stream().map(service -> service.name()).toList());
  }

  @Test
  void givenTheListOfCommands_whenItIsPrinted_thenEveryCommandStandsInItsGroup() {
    String list = SignalboxMain.usage();

    assertThat(list).doesNotContain("aot-training");
    all()
        .filter(command -> !command.name().contains(" "))
        .forEach(command -> assertThat(list).contains("\n  " + command.name() + " "));
    assertThat(list).contains("\nRun Signalbox:\n", "\nUse a running system", "\nSet up:\n");
  }

  @ParameterizedTest
  @CsvSource({
    "stauts, did you mean status?",
    "dsn, did you mean dns?",
    "gateway-servce, did you mean gateway-service?",
    "frobnicate, signalbox help lists the commands"
  })
  void givenAWordThatIsNoCommand_whenItIsLookedUp_thenTheErrorNamesTheCloseOne(
      String word, String error) {
    assertThatThrownBy(() -> Catalog.named(List.of(word)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Unknown command '" + word + "'")
        .hasMessageContaining(error);
  }

  @Test
  void givenASubcommand_whenItIsLookedUp_thenItIsFoundOrTheCloseOneNamed() {
    assertThat(Catalog.named(List.of("server", "create")).name()).isEqualTo("server create");
    assertThatThrownBy(() -> Catalog.named(List.of("server", "creat")))
        .hasMessageContaining("did you mean create?");
    assertThatThrownBy(() -> Catalog.named(List.of("server")).subcommand(List.of()))
        .hasMessageContaining("create, list, show, stop, log, import");
  }

  /** With {@code -Dgolden.write=true} the page is written anew. */
  @Test
  void givenThePageOfCommands_whenItIsCompared_thenItSaysWhatTheHelpSays() throws IOException {
    StringBuilder page = new StringBuilder(PREFACE).append(block(SignalboxMain.usage()));
    for (Group group : Group.values()) {
      if (group != Group.HIDDEN) {
        page.append("\n## ").append(group.title()).append('\n');
        all()
            .filter(command -> command.group() == group)
            .forEach(command ->
                page.append("\n### ")
                    .append(command.name())
                    .append('\n')
                    .append(block(HelpText.of(command))));
      }
    }
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE).content().isEqualTo(page.toString());
  }

  private static final String PREFACE =
      """
      # The command signalbox

      What `./signalbox help` and `signalbox help COMMAND` print. This page is made of the same list as the help and
      the completion scripts (`Catalog` of the module `cli`).

      Options of every command for a running system can be set once: `SIGNALBOX_SERVER` names the system,
      `SIGNALBOX_TOKEN` the token. Others on the machine can read `--token` in the list of processes, unlike that variable and
      `--token-file`. Results go to standard output; progress, notes and errors go to standard error. With
      `--json` an error is a document `{"error":{"code","message"}}` on standard output. A command whose reader has
      gone (`… | head -1`) ends at once with 23 and says nothing; a full disk is 23 too, with a message.
      """;

  private static String block(String text) {
    return "\n```text\n" + text + "\n```\n";
  }
}
