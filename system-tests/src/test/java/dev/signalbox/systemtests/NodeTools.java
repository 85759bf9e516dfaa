package dev.signalbox.systemtests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Programs for node that check the OpenAPI description. {@code src/test/node/package.json} names
 * them and their versions; npm installs them below the build directory, once.
 */
final class NodeTools {

  private static final Duration INSTALL = Duration.ofMinutes(5);
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Path HOME = MODULE.resolve("target/node-tools");

  private static @Nullable String failure;
  private static boolean installed;

  private NodeTools() {}

  /**
   * Path of a program; the test is skipped, and says so, without node, npm or their registry.
   *
   * @throws AssertionError when it is missing and nothing may be skipped
   */
  static synchronized String require(String name) {
    TestPrograms.require("node");
    String npm = TestPrograms.require("npm");
    if (!installed && failure == null) {
      install(npm);
    }
    if (failure != null && Boolean.getBoolean("signalbox.require.all")) {
      throw new AssertionError("npm cannot install " + name + ": " + failure);
    }
    assumeTrue(failure == null, () -> "npm cannot install " + name + ": " + failure);
    return HOME.resolve("node_modules/.bin").resolve(name).toString();
  }

  private static void install(String npm) {
    try {
      Files.createDirectories(HOME);
      Files.copy(
          MODULE.resolve("src/test/node/package.json"),
          HOME.resolve("package.json"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Programs.Outcome outcome =
        Programs.run(
            List.of(
                npm,
                "install",
                "--prefix=" + HOME,
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
                "--loglevel=error"),
            INSTALL);
    installed = outcome.exitCode() == 0;
    failure = installed ? null : outcome.toString();
  }
}
