package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.storage.Engine;
import dev.signalbox.testsupport.LongTest;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A coordinator killed while workers lease and submit. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
@LongTest
class LedgerCrashIT {

  private static final int RESULTS_BEFORE_THE_KILL = 1_500;

  @Parameter Engine engine;

  @TempDir Path directory;

  @Test
  void everyAcknowledgedLeaseAndResultIsThereAfterKillMinusNine(Vertx vertx) throws Exception {
    try (LedgerFixture fixture = LedgerFixture.of(vertx, engine, directory)) {
      List<Integer> done = new ArrayList<>();
      Map<Integer, String> tokens = new HashMap<>();
      Process coordinator = start(fixture);
      try (BufferedReader lines = coordinator.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] said = line.split(" ");
          if (said.length < 4) {
            // The kill cut the last line short.
            break;
          }
          int taskIndex = Integer.parseInt(said[1]);
          switch (said[0]) {
            case "leased" -> tokens.put(taskIndex, said[2]);
            case "done" -> done.add(taskIndex);
            default -> throw new AssertionError(line);
          }
          if (done.size() == RESULTS_BEFORE_THE_KILL) {
            // Not Process.destroyForcibly: that closes the pipe before its rest is read.
            coordinator.toHandle().destroyForcibly();
          }
        }
      } finally {
        coordinator.destroyForcibly();
        assertThat(coordinator.waitFor(10, TimeUnit.SECONDS)).isTrue();
      }

      fixture.open(65_536);

      assertThat(done).hasSizeGreaterThanOrEqualTo(RESULTS_BEFORE_THE_KILL);
      for (int taskIndex : done) {
        assertThat(await(fixture.ledger().readResult(new ReadResultRequest(taskIndex, null))))
            .isEqualTo(new Stored(new Binary(CrashingLedger.result(taskIndex)), null));
      }
      // A worker that was in the middle of a task goes on as if nothing had happened.
      done.forEach(tokens::remove);
      tokens.forEach((taskIndex, token) ->
          assertThat(
                  fixture.submit(taskIndex, token, Format.BITMAP, CrashingLedger.result(taskIndex)))
              .isInstanceOf(Accepted.class));
      assertThat(await(fixture.ledger().progress()))
          .satisfies(progress -> {
            assertThat(progress.total()).isEqualTo(65_536);
            assertThat(progress.done()).isGreaterThanOrEqualTo(done.size() + tokens.size());
            assertThat(progress.inProgress()).isLessThanOrEqualTo(CrashingLedger.WORKERS);
          });
    }
  }

  private Process start(LedgerFixture fixture) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(CrashingLedger.class.getName());
    command.addAll(List.of(CrashingLedger.arguments(directory, fixture.config())));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
