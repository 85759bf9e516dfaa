package dev.signalbox.ping;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ping.ListOptOutsRequest;
import dev.signalbox.contracts.ping.OptOut;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's file of opt-outs while the service runs. */
class OptOutFileTest {

  private static final String FIRST = "0.1.0.0/24";
  private static final String SECOND = "0.2.0.0/24";

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("opt-outs");
  }

  private TestNode start() {
    return TestNode.start(
        PingMain.SERVICE,
        Map.of(
            "platform.data", directory.resolve("data").toString(),
            "ping.include-special-purpose", "true",
            "ping.opt-out-file", file().toString()));
  }

  private void write(String... networks) throws IOException {
    FileTime before = Files.exists(file()) ? Files.getLastModifiedTime(file()) : null;
    StringBuilder lines = new StringBuilder();
    for (String network : networks) {
      lines.append(network).append(" 2026-11-01 noc@example.net\n");
    }
    Path written = directory.resolve("opt-outs.new");
    Files.writeString(written, lines);
    if (before != null) {
      // Two writes within the clock's grain would look like none.
      Files.setLastModifiedTime(written, FileTime.fromMillis(before.toMillis() + 1_000));
    }
    // At once: a look in the middle would read a file without opt-outs.
    Files.move(written, file(), ATOMIC_MOVE, REPLACE_EXISTING);
  }

  private static List<String> optOuts(TestNode node) {
    return node.call(PingContract.LIST_OPT_OUTS, new ListOptOutsRequest(0, 100)).optOuts().stream()
        .map(OptOut::network)
        .toList();
  }

  @Test
  void givenAFile_whenItChanges_thenTheOptOutsDo() throws IOException {
    write(FIRST);
    try (TestNode node = start()) {
      assertThat(optOuts(node)).containsExactly(FIRST);

      write(SECOND);

      await().untilAsserted(() -> assertThat(optOuts(node)).containsExactly(SECOND));
    }
  }

  @Test
  void givenAFileThatIsBroken_whenItIsMended_thenTheOptOutsStayUntilThen() throws IOException {
    write(FIRST);
    try (TestNode node = start()) {
      write(SECOND, "nonsense");
      await()
          .during(Duration.ofSeconds(2))
          .untilAsserted(() -> assertThat(optOuts(node)).containsExactly(FIRST));

      write(SECOND);

      await().untilAsserted(() -> assertThat(optOuts(node)).containsExactly(SECOND));
    }
  }

  @Test
  void givenAFileThatIsGone_whenItComesBackWithTheSameTime_thenItIsRead() throws IOException {
    write(FIRST);
    FileTime time = Files.getLastModifiedTime(file());
    try (TestNode node = start()) {
      Files.delete(file());
      await()
          .during(Duration.ofSeconds(2))
          .untilAsserted(() -> assertThat(optOuts(node)).containsExactly(FIRST));
      write(FIRST, SECOND);
      Files.setLastModifiedTime(file(), time);

      await().untilAsserted(() -> assertThat(optOuts(node)).containsExactly(FIRST, SECOND));
    }
  }

  @Test
  void givenNoFile_whenStarted_thenTheErrorNamesTheSetting() {
    assertThatThrownBy(this::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("ping.opt-out-file");
  }
}
