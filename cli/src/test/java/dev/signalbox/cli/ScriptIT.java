package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FakeDnsServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * The command's script and the cache it starts from, on the distribution just built. It stands in a
 * directory of its own, where nothing is newer than the build.
 */
class ScriptIT {

  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final String ANSWER = "192.0.2.1\n";

  /** Beside the distribution, on the same file system: its files are linked, not copied. */
  static final class Beside implements TempDirFactory {

    @Override
    public Path createTempDirectory(AnnotatedElementContext elements, ExtensionContext extension)
        throws IOException {
      return Files.createTempDirectory(MODULE.resolve("target"), "script-");
    }
  }

  @TempDir(factory = Beside.class)
  Path home;

  Path dist;
  FakeDnsServer server;

  private record Said(int code, String out, String err) {}

  @BeforeEach
  void copyTheScript() throws IOException {
    Path root = MODULE.getParent();
    dist = Files.createDirectories(home.resolve("cli/target/dist"));
    Files.createDirectories(home.resolve(".mvn"));
    Files.copy(root.resolve("signalbox"), home.resolve("signalbox"));
    Files.copy(root.resolve(".mvn/find-jdk.sh"), home.resolve(".mvn/find-jdk.sh"));
    Path built = MODULE.resolve("target/dist");
    Files.createDirectory(dist.resolve("lib"));
    try (var files = Files.walk(built)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // Not the mark of the build either: writing to a link would write to that.
        if (!file.toString().endsWith(".aot") && !file.endsWith(".built")) {
          Files.createLink(dist.resolve(built.relativize(file)), file);
        }
      }
    }
    Files.createFile(dist.resolve(".built"));
    server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Said dns(Map<String, String> environment) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("sh", home.resolve("signalbox").toString(), "dns", "a.test"));
    command.addAll(List.of("@" + server.resolver(), "--short"));
    Path err = home.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("JAVA_OPTS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Said(process.exitValue(), said, Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }

  private Path cache() {
    return dist.resolve("dns.aot");
  }

  @Test
  void theFirstRunLeavesACacheAndLaterOnesSayNothingButTheAnswer() throws Exception {
    Said first = dns(Map.of());
    Said second = dns(Map.of());

    assertThat(first.code()).isZero();
    assertThat(first.out()).isEqualTo(ANSWER);
    assertThat(first.err()).startsWith("Preparing fast starts of dns");
    assertThat(second).isEqualTo(new Said(0, ANSWER, ""));
    assertThat(cache()).isRegularFile();
    try (var left = Files.list(dist)) {
      assertThat(
              left.map(file -> file.getFileName().toString()).filter(name -> name.contains("aot")))
          .containsExactly("dns.aot");
    }
  }

  @Test
  void aCacheThatIsNoneIsPassedOver() throws Exception {
    Files.writeString(cache(), "not a cache");

    assertThat(dns(Map.of())).isEqualTo(new Said(0, ANSWER, ""));
  }

  @Test
  void aCacheOfOtherClassesIsPassedOver() throws Exception {
    assertThat(dns(Map.of()).code()).isZero();
    Files.delete(dist.resolve("signalbox.jar"));
    Files.copy(MODULE.resolve("target/dist/signalbox.jar"), dist.resolve("signalbox.jar"));

    assertThat(dns(Map.of())).isEqualTo(new Said(0, ANSWER, ""));
  }

  @Test
  void withoutACacheItWorksAsWell() throws Exception {
    assertThat(dns(Map.of("SIGNALBOX_NO_CACHE", "1"))).isEqualTo(new Said(0, ANSWER, ""));
    assertThat(cache()).doesNotExist();
  }

  @Test
  void aRehearsalThatCannotBeIsSaidAndTheAnswerComes() throws Exception {
    // No place for what the rehearsal needs.
    Said said = dns(Map.of("TMPDIR", home.resolve("missing").toString()));

    assertThat(said.code()).isZero();
    assertThat(said.out()).isEqualTo(ANSWER);
    assertThat(said.err()).contains("starting without");
  }
}
