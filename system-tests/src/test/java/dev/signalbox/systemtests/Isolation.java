package dev.signalbox.systemtests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.testsupport.TestPrograms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process in namespaces of its own. Interfaces, mounts and processes made inside end with it,
 * whatever becomes of it.
 */
final class Isolation {

  private static final String PROPERTY = "signalbox.faults.isolated";
  private static final List<String> UNSHARE =
      List.of("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");
  private static final String TRIAL =
      "mkdir -p /run/netns && mount -t tmpfs none /run/netns && ip link add x type bridge"
          + " && ip netns add x && ip link add y type veth peer name eth0 netns x";

  private static final List<String> UNSHARE_MOUNTS =
      List.of("unshare", "--user", "--map-root-user", "--mount");
  private static final String MOUNT =
      "mkdir -p \"$0\"; mount -t tmpfs -o \"size=$1,mode=700\" none \"$0\"; shift; exec \"$@\"";

  private Isolation() {}

  /** Whether this process is in namespaces of its own. */
  static boolean here() {
    return Boolean.getBoolean(PROPERTY);
  }

  /** The command of a class's {@code main} in a JVM of its own, isolated where that is possible. */
  static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    boolean possible = possible();
    if (possible) {
      command.addAll(UNSHARE);
      // The first process of a PID namespace has to collect the orphans, which a JVM does not.
      command.addAll(List.of("sh", "-c", "\"$0\" \"$@\"; exit $?"));
    }
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
    for (String property : List.of("basedir", "signalbox.require.all")) {
      command.add("-D" + property + "=" + System.getProperty(property, ""));
    }
    command.add("-D" + PROPERTY + "=" + possible);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /**
   * The command with a disk of some size, such as {@code 128m}, at a directory, which it alone
   * sees. No privileges are needed where users may make namespaces; elsewhere the test is skipped.
   */
  static List<String> onSmallDisk(Path directory, String size, List<String> command) {
    boolean possible =
        TestPrograms.find("unshare").isPresent()
            && Programs.run(mounted(directory, size, List.of("true"))).exitCode() == 0;
    if (!possible && Boolean.getBoolean("signalbox.require.all")) {
      throw new AssertionError("no small disk can be mounted here, and nothing may be skipped");
    }
    assumeTrue(possible, "no small disk can be mounted here");
    return mounted(directory, size, command);
  }

  private static List<String> mounted(Path directory, String size, List<String> command) {
    List<String> mounted = new ArrayList<>(UNSHARE_MOUNTS);
    mounted.addAll(List.of("sh", "-ec", MOUNT, directory.toString(), size));
    mounted.addAll(command);
    return mounted;
  }

  private static boolean possible() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return false;
    }
    List<String> trial = new ArrayList<>(UNSHARE);
    trial.addAll(List.of("sh", "-ec", TRIAL));
    try {
      return Programs.run(trial).exitCode() == 0;
    } catch (RuntimeException noSuchProgram) {
      return false;
    }
  }
}
