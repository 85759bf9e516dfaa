package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.gateway.limit.DailyTasks.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class UsageFileTest {

  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
  private static final long TODAY = LocalDate.parse("2026-11-29").toEpochDay();

  @TempDir Path directory;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private Instant now = NOON;
  private Path file;

  @BeforeEach
  void start() {
    file = directory.resolve(UsageFile.NAME);
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(UsageFile.class);
  }

  private DailyTasks tasks(String instance) {
    return new DailyTasks(instance, () -> now);
  }

  /** What a gateway that starts now finds in the file. */
  private DailyTasks restarted(String instance) {
    DailyTasks tasks = tasks(instance);
    new UsageFile(file, tasks).load();
    return tasks;
  }

  private void saveOneTask(String instance) throws InterruptedException {
    DailyTasks tasks = restarted(instance);
    tasks.take("ci", 10);
    new UsageFile(file, tasks).saveChanges();
  }

  private long warnings() {
    return log.list.stream().filter(event -> event.getLevel() == Level.WARN).count();
  }

  @Test
  void givenTasksThatWereSaved_whenAGatewayStarts_thenTheDayGoesOn() throws Exception {
    saveOneTask("first");
    saveOneTask("second");

    assertThat(restarted("third").tallies())
        .containsExactlyInAnyOrder(
            new Tally(TODAY, "first", "ci", 1), new Tally(TODAY, "second", "ci", 1));
    assertThat(restarted("third").look("ci", 10).remaining()).isEqualTo(8);
    assertThat(warnings()).isZero();
  }

  @Test
  void givenAFileOfEarlierDays_whenAGatewayStarts_thenTheyDoNotCount() throws Exception {
    saveOneTask("first");
    now = Instant.parse("2026-12-02T00:00:00Z");

    assertThat(restarted("second").tallies()).isEmpty();
  }

  @Test
  void givenTwoGatewaysWithOneFile_whenBothSave_thenItHasTheTasksOfBoth() throws Exception {
    DailyTasks one = tasks("one");
    DailyTasks two = tasks("two");
    one.take("ci", 10);
    two.take("ci", 10);

    new UsageFile(file, one).saveChanges();
    new UsageFile(file, two).saveChanges();

    assertThat(restarted("three").look("ci", 10).remaining()).isEqualTo(8);
    assertThat(two.look("ci", 10).remaining()).isEqualTo(8);
  }

  @Test
  void givenNothingCounted_whenSaved_thenThereIsNoFile() throws Exception {
    new UsageFile(file, tasks("one")).saveChanges();

    assertThat(file).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void givenTasks_whenSaved_thenTheFileIsForItsOwnerAloneAndNothingElseIsLeft() throws Exception {
    Files.writeString(directory.resolve(UsageFile.NAME + ".tmp"), "of one that was killed");
    saveOneTask("one");

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (Stream<Path> names = Files.list(directory)) {
      assertThat(names.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(UsageFile.NAME, UsageFile.NAME + ".lock");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"tasks\":{\"2026-11-29\":{\"first\":{\"ci\":9",
        "[]",
        "{}",
        "{\"tasks\":[]}",
        "{\"tasks\":{\"2026-11-32\":{\"first\":{\"ci\":9}}}}",
        "{\"tasks\":{\"2026-11-29\":{\"\":{\"ci\":9}}}}",
        "{\"tasks\":{\"2026-11-29\":{\"first\":{\"no name\":9}}}}",
        "{\"tasks\":{\"2026-11-29\":{\"first\":{\"ci\":-9}}}}",
        "{\"tasks\":{\"2026-11-29\":{\"first\":{\"ci\":1.5}}}}",
        "{\"tasks\":{\"2026-11-29\":{\"first\":{\"ci\":null}}}}",
        "\u0000\u0000\u0000\u0000"
      })
  void givenAFileThatIsCorrupt_whenAGatewayStarts_thenItWarnsAndCountsFromZero(String content)
      throws Exception {
    Files.writeString(file, content);

    DailyTasks tasks = restarted("one");

    assertThat(tasks.tallies()).isEmpty();
    assertThat(warnings()).isEqualTo(1);
    assertThat(log.list.getFirst().getFormattedMessage()).contains(file.toString());
    tasks.take("ci", 10);
    new UsageFile(file, tasks).saveChanges();
    assertThat(restarted("two").look("ci", 10).remaining()).isEqualTo(9);
  }

  @Test
  void givenAFileBeyondTheLimit_whenAGatewayStarts_thenItWarnsAndCountsFromZero()
      throws IOException {
    Files.write(file, new byte[(8 << 20) + 1]);

    assertThat(restarted("one").tallies()).isEmpty();
    assertThat(warnings()).isEqualTo(1);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void givenADirectoryThatCannotBeWritten_whenSaved_thenOneWarningIsLoggedAndCountsGoOn()
      throws Exception {
    DailyTasks tasks = tasks("one");
    UsageFile usage = new UsageFile(file, tasks);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));
    try {
      // Root may write everywhere.
      assumeThat(Files.isWritable(directory)).isFalse();
      tasks.take("ci", 10);
      usage.saveChanges();
      tasks.take("ci", 10);
      usage.saveChanges();
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    assertThat(warnings()).isEqualTo(1);
    assertThat(tasks.look("ci", 10).remaining()).isEqualTo(8);
  }

  @Test
  void givenSomethingElseInThePlaceOfTheFile_whenSaved_thenItWarnsOnceAndSavesWhenItIsGone()
      throws Exception {
    Files.createDirectories(file.resolve("in the way"));
    DailyTasks tasks = tasks("one");
    UsageFile usage = new UsageFile(file, tasks);
    tasks.take("ci", 10);
    usage.saveChanges();
    usage.saveChanges();
    usage.saveChanges();
    assertThat(log.list)
        .extracting(event -> event.getFormattedMessage().substring(0, 11))
        .as("one of reading, one of saving")
        .containsExactly("cannot read", "cannot save");

    Files.delete(file.resolve("in the way"));
    Files.delete(file);
    usage.saveChanges();

    assertThat(restarted("two").look("ci", 10).remaining()).isEqualTo(9);
  }
}
