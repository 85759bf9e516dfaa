package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.service.ServiceProvider;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says when the jar of a service is broken. */
class BrokenServiceIT {

  @TempDir Path jar;

  @ParameterizedTest
  @ValueSource(strings = {"up", "config", "dns-service"})
  void givenAJarWhoseServiceIsNotThere_whenServicesAreNeeded_thenOneLineNamesItAndNothingStarts(
      String command) throws Exception {
    Path list = jar.resolve("META-INF/services/" + ServiceProvider.class.getName());
    Files.createDirectories(list.getParent());
    Files.writeString(list, "dev.signalbox.gone.GoneMain\n");
    Path said = jar.resolve("said");

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + jar,
                "dev.signalbox.cli.SignalboxMain",
                command)
            .directory(jar.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(Files.readString(said, StandardCharsets.UTF_8))
        .contains("dev.signalbox.gone.GoneMain")
        .doesNotContain("\tat ")
        .containsOnlyOnce("\n");
  }
}
