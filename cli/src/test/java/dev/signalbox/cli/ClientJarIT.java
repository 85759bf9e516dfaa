package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The jar of the commands for a running system, whose class path is a part of the libraries. */
class ClientJarIT {

  private static final Path LIB = StagedScript.MODULE.resolve("target/dist/lib");
  private static final Path JAR = LIB.resolve("signalbox-client.jar");

  /**
   * A class of those commands, and one that it needs and that is in no jar of the class path. What
   * a package-info names is not loaded.
   */
  private static final Pattern MISSING =
      Pattern.compile(
          "dev\\.signalbox\\.cli\\.((census|client|file|message|server|spec|status|token)\\."
              + "(?!package-info)|Catalog|CompletionCommand|TokenCommand)\\S*\\s+->.*not found");

  private static List<Path> classPath() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      String entries = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return Arrays.stream(entries.split(" ", -1)).map(LIB::resolve).toList();
    }
  }

  @Test
  void givenTheDistribution_whenTheClassPathIsRead_thenEveryLibraryOfItIsThere() throws Exception {
    assertThat(classPath()).hasSizeGreaterThan(5).allSatisfy(file -> assertThat(file).exists());
  }

  @Test
  void givenTheClassPath_whenTheCommandsAreAnalysed_thenTheyNeedNoOtherLibrary() throws Exception {
    String path =
        classPath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    Path report = Files.createTempFile("jdeps", ".txt");
    Process jdeps =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jdeps").toString(),
                "-verbose:class",
                "-filter:none",
                "--multi-release=base",
                "-cp",
                path,
                JAR.toString())
            .redirectErrorStream(true)
            .redirectOutput(report.toFile())
            .start();
    int code = jdeps.waitFor();
    String said = Files.readString(report, StandardCharsets.UTF_8);
    Files.delete(report);

    assertThat(code).as(said).isZero();
    assertThat(said).contains("dev.signalbox.cli.client.RestClient").contains("not found");
    assertThat(said.lines().filter(line -> MISSING.matcher(line).find())).isEmpty();
  }
}
