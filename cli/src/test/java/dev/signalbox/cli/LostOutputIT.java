package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.LongTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No command whose output is lost ends with exit code 0; for real devices and pipes. */
@LongTest
class LostOutputIT {

  private static final int WRITE_ERROR = 23;
  private static final File FULL = new File("/dev/full");

  @TempDir private Path directory;
  private FakeDnsServer resolver;
  private FakeHttpServer site;

  @BeforeEach
  void start() throws IOException {
    resolver = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1");
    site = FakeHttpServer.start(HttpAnswer.of(200, "page"));
    Files.writeString(
        directory.resolve("tasks"),
        """
        {"task_name":"dns_query","params":{"domain":"a.test","resolver":"%s"}}
        """
            .formatted(resolver.resolver()));
  }

  @AfterEach
  void close() {
    resolver.close();
    site.close();
  }

  private ProcessBuilder command(String line) {
    Path dist = StagedScript.MODULE.resolve("target/dist");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + dist.resolve("command.options"),
                "-jar",
                dist.resolve("signalbox.jar").toString()));
    String given =
        line.replace("RESOLVER", "@" + resolver.resolver())
            .replace("URL", "http://127.0.0.1:" + site.port() + "/")
            .replace("TASKS", directory.resolve("tasks").toString());
    command.addAll(Arrays.asList(given.split(" ")));
    return new ProcessBuilder(command).redirectError(directory.resolve("err").toFile());
  }

  private int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private String err() throws IOException {
    return Files.readString(directory.resolve("err"));
  }

  @EnabledOnOs(OS.LINUX) // The device /dev/full.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns a.test RESOLVER",
        "dns a.test RESOLVER --json",
        "dns --help",
        "probe URL",
        "probe URL --json",
        "probe http://127.0.0.1:1/ --json",
        "probe --help",
        "run TASKS",
        "run TASKS --json",
        "run --help",
        "help",
        "version",
        "up --help",
        "dns-service --help"
      })
  void givenAFullDisk_whenACommandWritesToStandardOutput_thenItReportsAWriteError(String line)
      throws Exception {
    Process process = command(line).redirectOutput(FULL).start();

    assertThat(exitCode(process)).as(err()).isEqualTo(WRITE_ERROR);
    assertThat(err())
        .contains("Error: cannot write to standard output: No space left on device")
        .doesNotContain("\tat ");
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(strings = {"run TASKS --output /dev/full", "run TASKS --json -o /dev/full"})
  void givenAFullDisk_whenRunWritesItsFile_thenItReportsAWriteErrorWithTheName(String line)
      throws Exception {
    Process process = command(line).start();

    assertThat(exitCode(process)).as(err()).isEqualTo(WRITE_ERROR);
    assertThat(err()).contains("Error: cannot write to /dev/full: No space left on device");
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(strings = {"probe URL --body"})
  void givenAFullDisk_whenABodyIsWritten_thenTheWriteErrorFollowsTheText(String line)
      throws Exception {
    Process process = command(line).redirectOutput(FULL).start();

    assertThat(exitCode(process)).isEqualTo(WRITE_ERROR);
    assertThat(err()).endsWith("cannot write to standard output: No space left on device\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"dns a.test RESOLVER", "probe URL", "run TASKS --json", "help", "version"})
  void givenAReaderThatLeft_whenACommandWrites_thenItEndsQuietlyWithAWriteError(String line)
      throws Exception {
    Process process = command(line).start();
    process.getInputStream().close();

    assertThat(exitCode(process)).as(err()).isEqualTo(WRITE_ERROR);
    assertThat(err()).isEmpty();
  }
}
