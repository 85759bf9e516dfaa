package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The options that JVMs of the distribution start with. */
class JvmOptionsIT {

  private static final int OUT_OF_MEMORY = 3; // The JVM's own exit code.

  @ParameterizedTest
  @ValueSource(strings = {"up.options", "command.options", "jvm.options"})
  void givenTheOptions_whenMemoryRunsOut_thenTheProcessEnds(String options) throws Exception {
    Path classes =
        Path.of(MemoryEater.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + StagedScript.MODULE.resolve("target/dist").resolve(options),
                    "-Xmx16m",
                    "-cp",
                    classes.toString(),
                    MemoryEater.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(OUT_OF_MEMORY);
    assertThat(output).doesNotContain("still here");
  }
}
