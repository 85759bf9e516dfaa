package dev.signalbox.testsupport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Programs of this machine that tests use when they are there. */
public final class TestPrograms {

  private TestPrograms() {}

  /** Where a program is; the test is skipped, and says so, when it is not there. */
  public static String require(String name) {
    Optional<Path> program = find(name);
    if (program.isEmpty() && Boolean.getBoolean("signalbox.require.all")) {
      throw new AssertionError(name + " is not on this machine, and nothing may be skipped");
    }
    assumeTrue(program.isPresent(), name + " is not on this machine");
    return program.orElseThrow().toString();
  }

  /** Where a program is, if it is there. */
  public static Optional<Path> find(String name) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return Optional.of(program);
      }
    }
    return Optional.empty();
  }
}
