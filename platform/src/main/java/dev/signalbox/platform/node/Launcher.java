package dev.signalbox.platform.node;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.service.ServiceDefinition;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs services as a process: the only place that reads the environment, sets the shutdown hook and
 * ends the JVM. Exit codes: 0 stopped as asked, 1 failed to start, 2 invalid arguments or settings.
 */
public final class Launcher {

  private static final long START_TIMEOUT_S = 120;

  private static final long COMMAND_END_S = 5;

  private Launcher() {}

  /** Not a constant: what only prints a text does without the log, which takes long to load. */
  private static Logger log() {
    return LoggerFactory.getLogger(Launcher.class);
  }

  /** Runs one service, from its main method. */
  public static void run(String[] arguments, ServiceDefinition<?> service) {
    CommandLine line;
    try {
      line = CommandLine.parse(List.of(arguments), Map.of());
    } catch (StartException e) {
      refuse(e);
      return;
    }
    if (line.help()) {
      print(usage(service));
      return;
    }
    run(line, List.of(service), UnaryOperator.identity(), ignored -> {});
  }

  private static String usage(ServiceDefinition<?> service) {
    return "Runs "
        + service.name()
        + ".\n\n  --cluster        join the cluster of the other processes\n"
        + "  --data DIR       directory of durable state\n"
        + "  --threads N      number of event loops\n"
        + "  --config FILE    YAML file of settings\n"
        + "  --KEY=VALUE      any of these settings:\n    "
        + String.join("\n    ", Configuration.keys(service.configPrefix(), service.configType()))
        + "\n    "
        + String.join("\n    ", Configuration.keys(Node.SECTION, NodeConfig.class));
  }

  /** Prints a text on standard output: all that its process does. Ends the JVM if that fails. */
  public static void print(String text) {
    CommandOutput output = CommandOutput.standard();
    PrintStream out = output.printStream();
    out.println(text);
    out.flush();
    int code = output.exitCode(0, System.err);
    if (code != 0) { // Otherwise main returns: to end the JVM by System.exit loads the JDK's log.
      System.exit(code);
    }
  }

  /** Called when all services are ready. */
  @FunctionalInterface
  public interface ReadyListener {
    /** All services are ready. */
    void ready(Node node);
  }

  /**
   * Runs services until the process receives a signal to stop. Returns when they are ready; the
   * event loops keep the process alive.
   */
  public static void run(
      CommandLine line,
      List<ServiceDefinition<?>> services,
      UnaryOperator<ConfigSource> settings,
      ReadyListener listener) {
    AtomicReference<@Nullable Node> started = new AtomicReference<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(started.get()), "signalbox-stop"));
    Node node;
    try {
      ConfigSource source =
          settings.apply(ConfigSource.of(line.configFile(), System.getenv(), line.settings()));
      Logging.prepare(source);
      Configuration configuration = Node.configure(source, services);
      NodeConfig config = configuration.section(Node.SECTION, NodeConfig.class);
      Logging.configure(config);
      configuration.effective().forEach(setting -> log().debug("setting {}", setting));
      TemporaryDirectory temporary = TemporaryDirectory.ofProcess();
      node =
          Node.start(configuration, services)
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_TIMEOUT_S, TimeUnit.SECONDS);
      temporary.keepTouching(node.vertx());
    } catch (ConfigException e) {
      exit(
          2,
          "The configuration has errors:\n  "
              + String.valueOf(e.getMessage()).replace("\n", "\n  "));
      return;
    } catch (StartException e) {
      exit(1, e.getMessage());
      return;
    } catch (ExecutionException e) {
      failed(e.getCause() == null ? e : e.getCause());
      return;
    } catch (InterruptedException | TimeoutException e) {
      failed(e);
      return;
    }
    started.set(node);
    listener.ready(node);
  }

  /** A command, which ends by itself, unlike a service. */
  public interface Command {

    /**
     * Runs the command.
     *
     * @return the process's exit code
     * @throws StartException when the arguments or settings are invalid
     */
    int run() throws InterruptedException;

    /** Asks {@link #run} to return soon, because the process ends. Called by another thread. */
    default void stop() {}
  }

  /** Runs a command to its end and ends the JVM with its exit code. */
  public static void run(Command command) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() > 0) {
                    command.stop();
                    await(ended);
                  }
                },
                "signalbox-stop"));
    int code;
    try {
      code = command.run();
    } catch (StartException e) {
      System.err.println(e.getMessage());
      code = 2;
    } finally {
      TemporaryDirectory.removeOfProcess();
      ended.countDown();
    }
    System.exit(code);
  }

  /**
   * Runs a command that needs no notice of the process's end: without a shutdown hook, and when it
   * succeeds without {@link System#exit}, which loads the JDK's log.
   */
  public static void runBriefly(Command command) throws InterruptedException {
    int code;
    try {
      code = command.run();
    } catch (StartException e) {
      System.err.println(e.getMessage());
      code = 2;
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  /** The environment of the process. */
  public static Map<String, String> environment() {
    return System.getenv();
  }

  private static void await(CountDownLatch ended) {
    try {
      if (!ended.await(COMMAND_END_S, TimeUnit.SECONDS)) {
        log().warn("the command did not stop within {} s of the signal", COMMAND_END_S);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void failed(Throwable cause) {
    if (cause instanceof StartException known) {
      exit(1, known.getMessage());
    } else if (cause instanceof ServiceException known && known.code() == ErrorCode.CONFLICT) {
      exit(1, "Signalbox failed to start: " + known.getMessage());
    } else {
      log().error("start failed", cause);
      exit(1, "Signalbox failed to start: " + cause);
    }
  }

  private static void end(@Nullable Node node) {
    boolean clean = node == null || stop(node);
    TemporaryDirectory.removeOfProcess();
    if (!clean) {
      Runtime.getRuntime().halt(1);
    }
  }

  private static boolean stop(Node node) {
    // vertx-hazelcast can hang when it leaves a cluster that has just merged. The limit is shorter
    // than the grace period of container engines and supervisors.
    try {
      node.stop()
          .toCompletionStage()
          .toCompletableFuture()
          .get(node.config().stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log().warn("Signalbox did not stop cleanly within {}", node.config().stopTimeout(), e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** Ends the process because its arguments are invalid. */
  public static void refuse(StartException reason) {
    exit(2, reason.getMessage());
  }

  private static void exit(int code, @Nullable String message) {
    // On standard error, in the format of the log.
    LoggerFactory.getLogger(Logging.START_ERRORS).error(message);
    System.exit(code);
  }
}
