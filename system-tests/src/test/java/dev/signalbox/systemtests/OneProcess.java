package dev.signalbox.systemtests;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The whole system in one process: {@code up}. */
final class OneProcess implements Deployment {

  // As text for people, or in a line of a log in JSON.
  private static final String READY = "(?:^|\")Signalbox .* is ready after";
  private static final String END_OF_BANNER = "^Ctrl-C stops it|\"banner\":\\{.*\\}$";

  private final SignalboxProcess process;
  private final Path data;
  private final Doors doors;

  private OneProcess(SignalboxProcess process, Path data, Doors doors) {
    this.process = process;
    this.data = data;
    this.doors = doors;
  }

  /** Starts it on a data directory and waits until it is ready. */
  static OneProcess start(Path data, Map<String, String> settings) {
    return awaitReady(launch(data, settings), data);
  }

  private static OneProcess awaitReady(SignalboxProcess process, Path data) {
    try {
      process.awaitOutput(READY);
      process.awaitOutput(END_OF_BANNER);
      return new OneProcess(process, data, Doors.told(process.output()));
    } catch (Throwable e) {
      process.close();
      throw e;
    }
  }

  /** Starts it on a data directory of its own. */
  static OneProcess start(Map<String, String> settings) {
    return start(Scratch.directory("up").resolve("data"), settings);
  }

  /** Starts it on a data directory of its own, with options of the JVM such as -Xmx256m. */
  static OneProcess start(Map<String, String> settings, List<String> jvmOptions) {
    Path data = Scratch.directory("up").resolve("data");
    return start(data, settings, jvmOptions, UnaryOperator.identity());
  }

  /**
   * Starts it on a data directory, under a command that it takes the place of, such as {@code env}.
   *
   * @param under makes the whole command of that of the process
   */
  static OneProcess start(
      Path data,
      Map<String, String> settings,
      List<String> jvmOptions,
      UnaryOperator<List<String>> under) {
    return awaitReady(launch(data, settings, jvmOptions, under), data);
  }

  /** Starts it and does not wait. */
  static SignalboxProcess launch(Path data, Map<String, String> settings) {
    return launch(data, settings, List.of(), UnaryOperator.identity());
  }

  private static SignalboxProcess launch(
      Path data,
      Map<String, String> settings,
      List<String> jvmOptions,
      UnaryOperator<List<String>> under) {
    Map<String, String> options = new HashMap<>(Doors.any());
    options.put("platform.log-format", "text");
    options.put("data", data.toString());
    options.putAll(settings);
    if (settings.containsKey("port")) {
      // The short name of the same setting.
      options.remove("gateway.port");
    }
    return SignalboxProcess.start(
        "up", data.getParent(), under.apply(Distribution.up(jvmOptions, options)));
  }

  @Override
  public Doors doors() {
    return doors;
  }

  @Override
  public Path data() {
    return data;
  }

  /** The process itself. */
  SignalboxProcess process() {
    return process;
  }

  @Override
  public String output() {
    return process.output();
  }

  @Override
  public void close() {
    process.close();
  }
}
