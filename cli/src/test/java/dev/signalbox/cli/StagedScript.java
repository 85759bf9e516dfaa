package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The script and the distribution just built, in a directory of their own where nothing is newer
 * than the build, with a JDK whose {@code java} records its arguments.
 */
final class StagedScript {

  static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  private static final Path REAL_JDK = Path.of(System.getProperty("java.home"));

  /** What {@code java} does after it has recorded its arguments. */
  enum Java {
    /** Runs. */
    REAL(""),
    /** A training run waits until the file {@code go} exists; everything else runs. */
    TRAINING_WAITS("*AOTCacheOutput*) while [ ! -f \"$home/go\" ]; do sleep 0.1; done; exit 1 ;;"),
    /** A training run fails; everything else runs. */
    TRAINING_FAILS("*AOTCacheOutput*) exit 1 ;;"),
    /** Nothing runs. */
    RECORDS_ONLY("*) exit 0 ;;");

    private final String branch;

    Java(String branch) {
      this.branch = branch;
    }
  }

  /** What a command said. */
  record Said(int code, String out, String err) {}

  private final Path home;
  private final Path dist;

  StagedScript(Path home, Java java) throws IOException {
    this.home = home;
    Path root = MODULE.getParent();
    dist = Files.createDirectories(home.resolve("cli/target/dist"));
    Files.createDirectories(home.resolve(".mvn"));
    Files.copy(root.resolve("signalbox"), home.resolve("signalbox"));
    Files.copy(root.resolve(".mvn/find-jdk.sh"), home.resolve(".mvn/find-jdk.sh"));
    Path built = MODULE.resolve("target/dist");
    Files.createDirectory(dist.resolve("lib"));
    try (var files = Files.walk(built)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // Not the mark of the build: writing to a link would write to that.
        Path relative = built.relativize(file);
        if (relative.startsWith("lib") || file.toString().matches(".*\\.(jar|options)")) {
          Files.createLink(dist.resolve(relative), file); // Same file system: not copied.
        }
      }
    }
    // The image has the options of containers beside the distribution's files.
    Files.copy(root.resolve("docker/container.options"), dist.resolve("container.options"));
    Files.createFile(dist.resolve(".built"));
    executable("mvnw", "exit 0"); // A build that changes nothing.
    Files.createDirectories(home.resolve("jdk/bin"));
    Files.copy(REAL_JDK.resolve("release"), home.resolve("jdk/release"));
    executable("jdk/bin/keytool", "exec '" + REAL_JDK + "/bin/keytool' \"$@\"");
    executable("jdk/bin/javac", "exit 1");
    executable(
        "jdk/bin/java",
        """
        home='%s'
        echo "$*" >>"$home/java.args"
        case "$*" in %s *) ;; esac
        exec '%s/bin/java' "$@"
        """
            .formatted(home, java.branch, REAL_JDK));
  }

  private void executable(String name, String script) throws IOException {
    Path file = Files.writeString(home.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Path dist() {
    return dist;
  }

  /** A process of the script, with its output in files. */
  Process start(String name, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", home.resolve("signalbox").toString()));
    command.addAll(arguments);
    return start(name, environment, command, home);
  }

  private static Process start(
      String name, Map<String, String> environment, List<String> command, Path home)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectError(home.resolve(name + ".err").toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("SIGNALBOX_"));
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    builder.environment().put("PATH", home.resolve("jdk/bin") + ":" + System.getenv("PATH"));
    builder.environment().remove("JAVA_OPTS");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Reads the output to its end, which a background process must not keep open, and waits. */
  Said await(String name, Process process) throws IOException, InterruptedException {
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Said(process.exitValue(), said, Files.readString(home.resolve(name + ".err")));
    } finally {
      process.destroyForcibly();
    }
  }

  Said run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return await("command", start("command", environment, List.of(arguments)));
  }

  /** Runs a line of the shell. */
  Said shell(Map<String, String> environment, String line)
      throws IOException, InterruptedException {
    return await("shell", start("shell", environment, List.of("sh", "-c", line), home));
  }

  /** Runs the entrypoint of the image on the distribution. */
  Said entrypoint(String... arguments) throws IOException, InterruptedException {
    String script =
        Files.readString(MODULE.getParent().resolve("docker/docker-entrypoint.sh"))
            .replace("/opt/signalbox", dist.toString());
    Path file = Files.writeString(home.resolve("entrypoint"), script);
    List<String> command = new ArrayList<>(List.of("sh", file.toString()));
    command.addAll(List.of(arguments));
    return await("entrypoint", start("entrypoint", Map.of(), command, home));
  }

  /** The command lines of all JVMs so far, with the content of option files in their place. */
  List<String> jvms() throws IOException {
    Path record = home.resolve("java.args");
    if (!Files.exists(record)) {
      return List.of();
    }
    List<String> jvms = new ArrayList<>();
    for (String line : Files.readAllLines(record)) {
      StringBuilder expanded = new StringBuilder();
      for (String argument : line.split(" ", -1)) {
        String text =
            argument.matches("@.*\\.options")
                ? Files.readString(Path.of(argument.substring(1))).replace('\n', ' ')
                : argument;
        expanded.append(text).append(' ');
      }
      jvms.add(expanded.toString());
    }
    return jvms;
  }

  long trainingRuns() throws IOException {
    return jvms().stream().filter(jvm -> jvm.contains("AOTCacheOutput")).count();
  }

  /** Lets a training run that waits go on. */
  void go() throws IOException {
    Files.writeString(home.resolve("go"), "", StandardOpenOption.CREATE);
  }

  /** Whether a training run has begun and ended. */
  boolean trainingEnded() throws IOException {
    Path pid = dist.resolve("aot-training/pid");
    if (!Files.exists(pid)) {
      return false;
    }
    String text = Files.readString(pid).strip();
    return !text.isEmpty()
        && ProcessHandle.of(Long.parseLong(text)).filter(ProcessHandle::isAlive).isEmpty();
  }

  /** Makes the next command build again. */
  void outdate() throws IOException {
    Files.delete(dist.resolve(".built"));
  }
}
