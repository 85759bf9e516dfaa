package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Completion scripts, read by the shells they are for. */
class CompletionIT {

  @TempDir private Path directory;

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  /** What bash offers for the last word of a line. */
  private List<String> bash(String line) throws IOException, InterruptedException {
    TestPrograms.require("bash");
    Path script =
        Files.writeString(directory.resolve("script"), CompletionCommand.script(List.of("bash")));
    String commands =
        """
        . '%s'
        COMP_WORDS=(%s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _signalbox
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(script, line);
    return run("bash", "-c", commands).lines().toList();
  }

  private static Stream<Arguments> beginnings() {
    return Stream.of(
        Arguments.of("signalbox sta", "status"),
        Arguments.of("signalbox gateway", "gateway-service"),
        Arguments.of("signalbox server cr", "create"),
        Arguments.of("signalbox server create --exp", "--expires-in"),
        Arguments.of("signalbox dns a.test --dns", "--dnssec"),
        Arguments.of("signalbox status --color al", "always"),
        Arguments.of("signalbox token --role ad", "admin"),
        Arguments.of("signalbox token re", "revoke"),
        Arguments.of("signalbox token make --role ad", "admin"));
  }

  /** What fish offers for the last word of a line. */
  private List<String> fish(String line) throws IOException, InterruptedException {
    TestPrograms.require("fish");
    Path script =
        Files.writeString(directory.resolve("script"), CompletionCommand.script(List.of("fish")));
    String commands = "source '%s'; complete -C '%s'".formatted(script, line);
    return run("fish", "--no-config", "-c", commands)
        .lines()
        .map(offered -> offered.split("\t", -1)[0])
        .toList();
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void givenTheBeginningOfAWord_whenFishCompletesIt_thenItIsTheWord(String line, String word)
      throws Exception {
    assertThat(fish(line)).containsExactly(word);
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void givenTheBeginningOfAWord_whenBashCompletesIt_thenItIsTheWord(String line, String word)
      throws Exception {
    assertThat(bash(line)).containsExactly(word);
  }

  @Test
  void givenALineThatNeedsAnyWord_whenBashCompletesIt_thenAllAreOffered() throws Exception {
    assertThat(bash("signalbox ''")).contains("up", "dns", "status", "completion", "dns-service");
    assertThat(bash("signalbox message ''")).contains("send", "tail", "verify");
  }

  @Test
  void givenAnOptionForAFile_whenBashCompletesItsValue_thenFilesAreOffered() throws Exception {
    Files.createFile(directory.resolve("orders.yaml"));

    assertThat(bash("signalbox server create --file ord")).containsExactly("orders.yaml");
    assertThat(bash("signalbox upload ord")).containsExactly("orders.yaml");
  }

  @Test
  void givenNoSuchOption_whenBashCompletesIt_thenNothingIsOffered() throws Exception {
    assertThat(bash("signalbox status --nosuch")).allMatch(String::isEmpty);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void givenTheScriptOfAShell_whenTheShellReadsIt_thenItHasNoErrors(String shell) throws Exception {
    TestPrograms.require(shell);
    Path script =
        Files.writeString(directory.resolve("script"), CompletionCommand.script(List.of(shell)));

    assertThat(run(shell, "-n", script.toString())).isEmpty();
  }

  @Test
  void givenAShellThatIsNotKnown_whenItsScriptIsAskedFor_thenTheErrorNamesThoseThatAre() {
    assertThatThrownBy(() -> CompletionCommand.script(List.of("bsh")))
        .hasMessageContaining("bash, zsh and fish; did you mean bash?");
    assertThatThrownBy(() -> CompletionCommand.script(List.of()))
        .hasMessageContaining("the shell is missing");
  }
}
