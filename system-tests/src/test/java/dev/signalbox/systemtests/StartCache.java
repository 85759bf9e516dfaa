package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * An AOT cache, from which the processes of a distribution start, as those of the script and of the
 * image do. Starts are most of what these tests do, and each takes half the processor time with it.
 */
final class StartCache {

  /**
   * Starts without a storm of compilation, which would starve the heartbeats of members that run.
   */
  static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** By the distribution that a cache is of; empty when none could be made. */
  private static final Map<Path, Optional<Path>> FOUND = new ConcurrentHashMap<>();

  private StartCache() {}

  /**
   * Options of a JVM that runs {@code signalbox.jar} of a distribution, after those of {@code
   * container.options}, {@code up.options} or {@code command.options}. Another distribution than
   * that of the build has a cache only if one was made with {@link #make}.
   */
  static List<String> jvmOptions(Path home) {
    List<String> options = new ArrayList<>(List.of(FIRST_COMPILER));
    FOUND
        .computeIfAbsent(home, StartCache::find)
        .ifPresent(cache ->
            // A cache that does not fit is ignored; what is said of it would be among the results.
            options.addAll(
                List.of("-XX:AOTCache=" + cache, "-Xlog:aot*=off", "-Xlog:aot*=off:stderr")));
    return options;
  }

  /** Makes the cache of a distribution that many processes are to run. */
  static void make(Path home) {
    train(home, cache(home));
  }

  private static Optional<Path> find(Path home) {
    Path cache = cache(home);
    return isOf(home, cache) || (home.equals(Distribution.HOME) && train(home, cache))
        ? Optional.of(cache)
        : Optional.empty();
  }

  private static Path cache(Path home) {
    return home.equals(Distribution.HOME)
        ? Scratch.lasting("signalbox.aot")
        : home.resolve("system-tests.aot");
  }

  /** A JVM compares the first jar alone with its cache, and would run old classes of the others. */
  private static boolean isOf(Path home, Path cache) {
    try (Stream<Path> files = Files.walk(home)) {
      if (!Files.exists(cache)) {
        return false;
      }
      FileTime made = Files.getLastModifiedTime(cache);
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        if (Files.getLastModifiedTime(jar).compareTo(made) >= 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Slow starts fail no test, so where there can be no cache there is none. */
  private static boolean train(Path home, Path cache) {
    Path scratch = Scratch.directory("aot-training");
    Path made = scratch.resolve("signalbox.aot");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Distribution.CONTAINER_OPTIONS);
    command.addAll(List.of("-Xmx512m", "-XX:AOTCacheOutput=" + made));
    command.addAll(List.of("-jar", home.resolve("signalbox.jar").toString()));
    command.addAll(List.of("aot-training", "--of=signalbox", "--cluster"));
    command.add("--platform.cluster-name=" + scratch.getFileName());
    command.add("--platform.cluster-port=" + FreePorts.next());
    command.add("--data=" + scratch.resolve("data"));
    Programs.Outcome outcome = Programs.run(command, PATIENCE);
    if (outcome.exitCode() != 0 || !Files.exists(made)) {
      System.err.println("No AOT cache for the tests, so starts are slower: " + outcome);
      return false;
    }
    try {
      Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
