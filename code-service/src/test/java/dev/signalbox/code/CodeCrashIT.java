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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The service killed under load, twice. */
@ExtendWith(VertxExtension.class)
class CodeCrashIT {

  private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 3_000;

  @TempDir Path directory;

  @Test
  void everyAcknowledgedMessageIsInTheChainAndInTheFileOnce(Vertx vertx) throws Exception {
    List<Long> acknowledged = new ArrayList<>(runAndKill());
    acknowledged.addAll(runAndKill());

    try (Fixture fixture = new Fixture(vertx, Engine.SQLITE, directory)) {
      Database database = fixture.database();
      MessageStore store = new MessageStore(database, InstantSource.system());
      Path file = directory.resolve(MessageLog.FILE_NAME);
      MessageLog log = new MessageLog(fixture.vertx(), file, store);
      await(log.follow());
      await(log.close());

      VerifyMessagesReply chain = Fixture.verify(database, Duration.ofSeconds(30));
      List<Long> lines =
          Files.readAllLines(file).stream().map(line -> Long.valueOf(line.split("\t")[0])).toList();
      assertThat(chain.intact()).isTrue();
      assertThat(acknowledged).doesNotHaveDuplicates().allMatch(id -> id <= chain.messages());
      assertThat(lines).isEqualTo(LongStream.rangeClosed(1, chain.messages()).boxed().toList());
    }
  }

  private List<Long> runAndKill() throws Exception {
    Process service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                CrashingService.class.getName(),
                directory.toString())
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
