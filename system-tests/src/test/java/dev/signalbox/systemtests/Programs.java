package dev.signalbox.systemtests;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of this machine that a test uses when they are there. */
final class Programs {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * What became of a program.
   *
   * @param exitCode as it ended
   * @param output what it wrote to standard output
   * @param errors what it wrote to standard error
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares outcomes.
  record Outcome(int exitCode, byte[] output, String errors) {

    String text() {
      return new String(output, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      String text = text();
      return "exit code %d\n%s\n%s"
          .formatted(exitCode, text.substring(0, Math.min(4_000, text.length())), errors);
    }
  }

  private Programs() {}

  /** Runs a command to its end; one that does not end is ended. */
  static Outcome run(List<String> command) {
    return run(command, PATIENCE);
  }

  /** The same, with a text as its input. */
  static Outcome run(List<String> command, String input) {
    try {
      Path file = Files.writeString(Scratch.directory("input").resolve("input"), input);
      return run(command, PATIENCE, file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same, ended after another time. */
  static Outcome run(List<String> command, Duration patience) {
    return run(command, patience, new File("/dev/null"));
  }

  private static Outcome run(List<String> command, Duration patience, File input) {
    Path directory = Scratch.directory("program");
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    try {
      Process process =
          new ProcessBuilder(new ArrayList<>(command))
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(input))
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      boolean ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      Outcome outcome =
          new Outcome(process.exitValue(), Files.readAllBytes(output), Files.readString(errors));
      if (!ended) {
        throw new AssertionError(command.getFirst() + " did not end: " + outcome);
      }
      return outcome;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
