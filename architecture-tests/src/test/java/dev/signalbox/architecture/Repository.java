package dev.signalbox.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The checkout these tests are about. */
final class Repository {

  /** Maven runs tests in the module's directory. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private Repository() {}

  /** A module that can be run as a service. */
  record ServiceModule(String name, Path directory) {

    /** Its main package's directory. */
    Path sources() {
      return directory.resolve("src/main/java");
    }

    /** Class files' simple names anywhere in the module that end so. */
    List<Path> classesEndingIn(String suffix) {
      return files(sources()).filter(file -> file.toString().endsWith(suffix + ".java")).toList();
    }
  }

  /**
   * Modules with a class {@code *Main}, except the command, which runs services but is none, and
   * the worker of the census, which volunteers run: it joins no bus and is configured by its
   * arguments.
   */
  static List<ServiceModule> services() {
    return modules().stream()
        .filter(module -> !Set.of("cli", "ping-worker").contains(module.name()))
        .filter(module -> !module.classesEndingIn("Main").isEmpty())
        .toList();
  }

  static List<ServiceModule> modules() {
    try (Stream<Path> children = Files.list(ROOT)) {
      return children
          .filter(child -> Files.exists(child.resolve("pom.xml")))
          .sorted()
          .map(child -> new ServiceModule(child.getFileName().toString(), child))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Path> files(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Stream.empty();
    }
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
