package dev.signalbox.systemtests;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a {@code main} in a process of its own, isolated where that is possible. */
final class OwnProcess {

  private OwnProcess() {}

  /** Runs it to its end, or kills it after some minutes; what it says appears here. */
  static void run(Class<?> main, List<String> arguments, long minutes)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(Isolation.command(main, arguments));
    builder.environment().keySet().removeIf(key -> key.startsWith("SIGNALBOX_"));
    Process process = builder.redirectErrorStream(true).start();
    // Standard output of a process of tests is no file to inherit: the build speaks with it there.
    Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(System.out::println));
    Thread orphan = new Thread(process::destroyForcibly, "end-own-process");
    Runtime.getRuntime().addShutdownHook(orphan);
    try {
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        System.out.println("not done within " + minutes + " minutes");
      }
    } finally {
      process.destroyForcibly().waitFor();
      Runtime.getRuntime().removeShutdownHook(orphan);
    }
  }

  /** Ends this process with its parent: standard input is a pipe that the parent holds open. */
  static void endWithParent() {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (System.in.read() >= 0) {
              // Nothing is said there.
            }
          } catch (IOException closed) {
            // As good as its end.
          }
          System.exit(1);
        });
  }
}
