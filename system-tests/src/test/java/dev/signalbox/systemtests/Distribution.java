package dev.signalbox.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code cli} builds: the jars, and the command lines that start them. */
final class Distribution {

  /** Every service that may run as a process of its own. */
  static final List<String> SERVICES =
      List.of(
          "gateway-service",
          "dns-service",
          "http-probe-service",
          "server-factory-service",
          "file-service",
          "code-service",
          "ping-coordinator");

  /** Where {@code cli} leaves it. */
  static final Path HOME =
      Path.of(System.getProperty("basedir", ""))
          .toAbsolutePath()
          .resolve("../cli/target/dist")
          .normalize();

  /**
   * What docker/container.options says, but for the memory, of which a container has its own, and
   * with the collector that the JVM chooses in a small one.
   */
  static final List<String> CONTAINER_OPTIONS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseSerialGC",
          "-Dio.netty.allocator.type=pooled");

  /** So that all of them fit beside each other on a small machine. */
  private static final String SMALL = "-Xmx192m";

  private Distribution() {}

  /** The command that runs the whole system in one process; further options of its JVM. */
  static List<String> up(List<String> jvmOptions, Map<String, String> options) {
    List<String> flags = new ArrayList<>(List.of("@" + file("up.options")));
    flags.addAll(StartCache.jvmOptions(HOME));
    // Of an option given twice the JVM takes the last.
    flags.addAll(jvmOptions);
    return command("signalbox", flags, List.of("up"), options);
  }

  /** A command line of {@code signalbox}, as the script runs it. */
  static List<String> command(List<String> arguments) {
    List<String> flags = new ArrayList<>(List.of("@" + file("command.options")));
    flags.addAll(StartCache.jvmOptions(HOME));
    return command("signalbox", flags, arguments, Map.of());
  }

  /** A command with settings in its environment, which {@code env} puts there and becomes it. */
  static List<String> inEnvironment(Map<String, String> settings, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("env"));
    settings.forEach((key, value) -> whole.add(variable(key) + "=" + value));
    whole.addAll(command);
    return whole;
  }

  /** The variable of a setting. */
  static String variable(String key) {
    return "SIGNALBOX_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The command that runs one service as a member of a cluster. */
  static List<String> service(String name, Map<String, String> options) {
    return service(HOME, name, options);
  }

  /**
   * The command that runs one service of a distribution as a member of a cluster, as a container of
   * the image does.
   *
   * @param home the distribution whose jars it runs
   */
  static List<String> service(Path home, String name, Map<String, String> options) {
    List<String> flags = new ArrayList<>(CONTAINER_OPTIONS);
    flags.add(SMALL);
    flags.addAll(StartCache.jvmOptions(home));
    return command(home, "signalbox", flags, List.of(name, "--cluster"), options);
  }

  /** The same from the jar of that service alone. */
  static List<String> serviceAlone(String name, Map<String, String> options) {
    List<String> flags =
        List.of("@" + file("jvm.options"), SMALL, "-XX:+UseSerialGC", StartCache.FIRST_COMPILER);
    return command(HOME, name, flags, List.of("--cluster"), options);
  }

  private static List<String> command(
      String jar, List<String> flags, List<String> arguments, Map<String, String> options) {
    return command(HOME, jar, flags, arguments, options);
  }

  private static List<String> command(
      Path home,
      String jar,
      List<String> flags,
      List<String> arguments,
      Map<String, String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-jar");
    command.add(file(home, jar + ".jar").toString());
    command.addAll(arguments);
    options.forEach((key, value) -> command.add("--" + key + "=" + value));
    return command;
  }

  private static Path file(String name) {
    return file(HOME, name);
  }

  private static Path file(Path home, String name) {
    Path file = home.resolve(name);
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          file + " is missing; build the distribution first: ./mvnw -pl cli -am package");
    }
    return file;
  }
}
