package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A process of the system. Whatever becomes of the test, it ends with the test's own process. */
final class SignalboxProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVE.forEach(Process::destroyForcibly), "no-orphans"));
  }

  private final String name;
  private final Process process;
  private final Path log;

  private SignalboxProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a command whose output goes to a file of its own in {@code directory}. */
  static SignalboxProcess start(String name, Path directory, List<String> command) {
    try {
      Path log = Files.createTempFile(Files.createDirectories(directory), name + "-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      // Settings of whoever runs the tests would make them tests of something else.
      builder.environment().keySet().removeIf(key -> key.startsWith("SIGNALBOX_"));
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      Process process = builder.start();
      LIVE.add(process);
      process.onExit().thenAccept(LIVE::remove);
      return new SignalboxProcess(name, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything it has said. */
  String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Waits for a line of its output; fails at once when the process ends before it. */
  MatchResult awaitOutput(String regex) {
    Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
    await("to say " + regex, () -> pattern.matcher(output()).find());
    return pattern.matcher(output()).results().findFirst().orElseThrow();
  }

  /** Waits for a condition that needs this process; fails at once when the process ends. */
  void await(String what, BooleanSupplier condition) {
    try {
      Awaitility.await(name + " " + what)
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(50))
          .failFast(name + " ended", () -> !alive() && !condition.getAsBoolean())
          .until(condition::getAsBoolean);
    } catch (RuntimeException e) {
      throw new AssertionError(e.getMessage() + "; its output:\n" + output(), e);
    }
  }

  /** Waits for its end by itself. */
  int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(name + " did not end; its output:\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a signal by name, such as INT. */
  void signal(String signal) {
    try {
      // The shell's own: small machines have no program of that name.
      new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + pid()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Asks it to stop, and waits. */
  int stop() {
    process.destroy();
    return awaitExit();
  }

  /** Ends it as a power cut would: no handler of its own runs. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return name + " (pid " + pid() + ")";
  }
}
