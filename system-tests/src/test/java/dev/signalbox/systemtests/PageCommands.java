package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A directory in which commands of a page run as they are pasted, with {@code ./signalbox}. */
record PageCommands(Path directory) {

  /**
   * Makes the directory.
   *
   * @param environment of every {@code ./signalbox}, by name; values without quotes
   */
  static PageCommands in(Path directory, Map<String, String> environment) {
    String command =
        Distribution.command(List.of()).stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    StringBuilder script = new StringBuilder("#!/bin/sh\n");
    environment.forEach((name, value) -> script.append("export %s='%s'\n".formatted(name, value)));
    script.append("exec ").append(command).append(" \"$@\"\n");
    try {
      Path file = Files.writeString(directory.resolve("signalbox"), script);
      assertThat(file.toFile().setExecutable(true)).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PageCommands(directory);
  }

  /**
   * Runs commands, none of which may fail, and returns what they print. Curl says nothing of its
   * progress, and fails at a status of 400 or above.
   */
  String run(String commands) {
    return PageExample.run(directory, List.of("sh", "-c", script(commands)));
  }

  /**
   * Runs commands one of which must fail, and returns what they print.
   *
   * @throws AssertionError when none fails
   */
  String fail(String commands) {
    SignalboxProcess process =
        SignalboxProcess.start("page", directory, List.of("sh", "-c", script(commands)));
    assertThat(process.awaitExit()).as("%s%n%s", commands, process.output()).isNotZero();
    return process.output();
  }

  private static String script(String commands) {
    return "set -e\ncurl() { command curl -sS --fail \"$@\"; }\n" + commands;
  }
}
