package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service killed under load, twice. */
@ExtendWith(VertxExtension.class)
class CodeCrashIT {

  private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 3_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1_000, 100_000, Long.MAX_VALUE})
  void everyAcknowledgedMessageIsInTheChainAndInTheFilesOnce(long maxBytes, Vertx vertx)
      throws Exception {
    List<Long> acknowledged = new ArrayList<>(runAndKill(maxBytes));
    acknowledged.addAll(runAndKill(maxBytes));

    try (Fixture fixture = new Fixture(vertx, Engine.SQLITE, directory)) {
      Database database = fixture.database();
      MessageStore store = new MessageStore(database, InstantSource.system());
      Path file = directory.resolve(MessageLog.FILE_NAME);
      MessageLog log =
          new MessageLog(
              fixture.vertx(), file, store, new MessageLog.Rotation(maxBytes, Integer.MAX_VALUE));
      await(log.follow());
      await(log.close());

      VerifyMessagesReply chain = Fixture.verify(database, file, Duration.ofSeconds(30));
      List<Long> lines = new ArrayList<>();
      List<Path> files =
          Stream.concat(
                  new RotatedFiles(file).list().stream().map(RotatedFiles.Rotated::path),
                  Stream.of(file))
              .toList();
      for (Path one : files) {
        Files.readAllLines(one).stream()
            .filter(line -> !line.startsWith("#"))
            .forEach(line -> lines.add(Long.valueOf(line.split("\t")[0])));
      }
      assertThat(files.size() > 1).isEqualTo(maxBytes < Long.MAX_VALUE);
      assertThat(chain.file())
          .isEqualTo(new VerifyMessagesReply.LogFile(true, chain.messages(), null, null, 1L));
      assertThat(chain.intact()).isTrue();
      assertThat(acknowledged).doesNotHaveDuplicates().allMatch(id -> id <= chain.messages());
      assertThat(lines).isEqualTo(LongStream.rangeClosed(1, chain.messages()).boxed().toList());
    }
  }

  private List<Long> runAndKill(long maxBytes) throws Exception {
    Process service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                CrashingService.class.getName(),
                directory.toString(),
                Long.toString(maxBytes))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Long> acknowledged = new ArrayList<>();
    try (BufferedReader lines = service.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.matches("\\d+")) {
          acknowledged.add(Long.valueOf(line));
        }
        if (acknowledged.size() == ACKNOWLEDGED_BEFORE_THE_KILL) {
          // Not Process.destroyForcibly: that closes the pipe before its rest is read.
          service.toHandle().destroyForcibly();
        }
      }
    } finally {
      service.toHandle().destroyForcibly();
      assertThat(service.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_THE_KILL);
    // The kill may have cut the last number short, into another number.
    return acknowledged.subList(0, acknowledged.size() - 1);
  }
}
