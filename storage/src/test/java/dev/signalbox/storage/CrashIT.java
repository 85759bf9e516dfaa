package dev.signalbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A process killed in the middle of its writes. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class CrashIT {

  private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 3_000;

  @Parameter Engine engine;
  @TempDir Path directory;

  @Test
  void everyAcknowledgedWriteIsThereAfterKillMinusNine(Vertx vertx) throws Exception {
    StorageConfig config = Settings.of(engine).config();
    Process writer = start(config);
    List<Long> acknowledged = new ArrayList<>();
    try (BufferedReader lines = writer.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        acknowledged.add(Long.valueOf(line));
        if (acknowledged.size() == ACKNOWLEDGED_BEFORE_THE_KILL) {
          // Not Process.destroyForcibly: that closes the pipe before its rest is read.
          writer.toHandle().destroyForcibly();
        }
      }
    } catch (NumberFormatException tornLastLine) {
      // The kill may cut the last line short; what is not a number was not read as one.
    } finally {
      writer.destroyForcibly();
      assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    try (DatabaseFixture fixture = new DatabaseFixture(vertx, directory)) {
      Database reopened = fixture.open(config);

      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_THE_KILL);
      assertThat(DatabaseFixture.ids(reopened)).containsAll(acknowledged);
      DatabaseFixture.await(DatabaseFixture.insert(reopened, Long.MAX_VALUE, "goes on"));
    }
  }

  private Process start(StorageConfig config) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(CrashingWriter.class.getName());
    command.add(directory.toString());
    if (engine == Engine.POSTGRESQL) {
      command.addAll(List.of(config.url(), config.user(), config.password()));
    }
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
