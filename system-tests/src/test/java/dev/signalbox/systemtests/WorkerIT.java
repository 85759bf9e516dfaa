package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signalbox.testsupport.LongTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A volunteer: downloads the worker from a site whose census is two blocks of loopback, runs it,
 * has it killed in the middle, and runs it again.
 */
@LongTest
class WorkerIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BLOCK = 65_536;
  private static final int RATE = 5_000;

  private static OneProcess system;
  private static Path home;

  @BeforeAll
  static void start() {
    system =
        OneProcess.start(
            Map.of(
                "ping.include-special-purpose", "true",
                "ping.first-task", "32512",
                "ping.initial-tasks", "2",
                "ping.max-rate-pps", Integer.toString(RATE)));
    home = Scratch.directory("volunteer");
    unzip(Http.get(system.doors().main(), "/api/v1/census/worker.zip").body());
    Programs.Outcome tried = Programs.run(worker("--dry-run"));
    if (tried.exitCode() == 3 && Boolean.getBoolean("signalbox.require.all")) {
      throw new AssertionError("this machine does not let us ping, and nothing may be skipped");
    }
    assumeTrue(tried.exitCode() != 3, "this machine does not let us ping: " + tried.errors());
    assertThat(tried.exitCode()).as(tried.toString()).isZero();
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static void unzip(byte[] archive) {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = home.resolve(entry.getName()).normalize();
        if (!entry.isDirectory()) {
          Files.createDirectories(file.getParent());
          Files.write(file, zip.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> worker(String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "sh",
                home.resolve("worker/worker").toString(),
                "--site=http://127.0.0.1:" + system.doors().main(),
                "--state-dir=" + home.resolve("state"),
                "--rate=" + RATE,
                "--tasks=2",
                "--name=ada",
                "--listed"));
    command.addAll(List.of(options));
    return command;
  }

  private static List<JsonNode> events(String output, String event) {
    return output
        .lines()
        .filter(line -> line.startsWith("{") && line.endsWith("}"))
        .map(line -> {
          try {
            return JSON.readTree(line);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .filter(json -> json.path("event").asText().equals(event))
        .toList();
  }

  @Test
  void givenAWorkerKilledInTheMiddle_whenStartedAgain_thenItFinishesAndPingsNobodyAgain() {
    try (SignalboxProcess first =
        SignalboxProcess.start("worker", home, worker("--once", "--json"))) {
      first.await(
          "to find enough",
          () ->
              events(first.output(), "progress").stream()
                  .anyMatch(json -> json.path("found").asInt() > 8 * RATE));
      first.kill();
    }

    Programs.Outcome second = Programs.run(worker("--once", "--json"));

    assertThat(second.exitCode()).as(second.toString()).isZero();
    int resumed = events(second.text(), "resumed").getFirst().path("answered").asInt();
    int sent = events(second.text(), "stopped").getFirst().path("sent").asInt();
    assertThat(resumed).isPositive();
    assertThat(sent).isEqualTo(2 * BLOCK - resumed);
    Census census = new Census(system.doors().main());
    JsonNode progress = census.get("/api/v1/census/progress");
    assertThat(progress.path("done_tasks").asInt()).isEqualTo(2);
    assertThat(progress.path("answered_addresses").asInt()).isEqualTo(2 * BLOCK);
    assertThat(census.get("/api/v1/census/contributors/ada").path("tasks").asInt()).isEqualTo(2);
  }
}
