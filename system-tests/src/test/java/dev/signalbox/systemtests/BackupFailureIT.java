package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups with SQLite that were cut short or damaged: nobody takes them for whole. */
@LongTest
class BackupFailureIT {

  private static final Doors NONE = new Doors(0, 0, 0, 0);
  private static final int FAILED_START = 1;

  private static BackupKit kit;

  @BeforeAll
  static void save() {
    kit = BackupKit.of(BackupKit.Engine.SQLITE);
    try (OneProcess system = kit.startOriginal()) {
      Reply put = Http.send(system.doors().main(), "PUT", "/api/v1/files/a.txt", "a".repeat(9_000));
      assertThat(put.status()).as(put.toString()).isEqualTo(201);
      kit.paste("backup", system.doors());
      system.process().stop();
    }
  }

  @AfterAll
  static void close() {
    if (kit != null) {
      kit.close();
    }
  }

  /** A place of its own with a copy of the backup. */
  private static Path place() {
    Path place = Scratch.directory("damaged");
    Programs.Outcome copied =
        Programs.run(
            List.of("cp", "-a", kit.directory.resolve("backup").toString(), place.toString()));
    assertThat(copied.exitCode()).as(copied.toString()).isZero();
    return place;
  }

  /** Cuts a file to a part of its length. */
  private static void cut(Path file, int divisor) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(divisor == 0 ? 0 : channel.size() / divisor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String failedRestore(Path place) {
    return BackupKit.commands(place, NONE).fail(kit.block("restore"));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "code.db, 2",
    "ping.db, 2",
    "serverfactory.db, 2",
    "files.tar, 2",
    "code.db, 0",
    "ping.db, 0",
    "serverfactory.db, 0",
    "files.tar, 0"
  })
  void givenAFileOfABackupCutShort_whenRestored_thenTheCommandNamesItAndRestoresNothing(
      String name, int divisor) {
    Path place = place();
    cut(place.resolve("backup").resolve(name), divisor);

    assertThat(failedRestore(place)).contains(name + ": FAILED");

    assertThat(place.resolve("restored")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"code.db", "files.tar", "SHA256SUMS"})
  void givenABackupWithoutOneOfItsFiles_whenRestored_thenTheCommandNamesIt(String name)
      throws IOException {
    Path place = place();
    Files.delete(place.resolve("backup").resolve(name));

    assertThat(failedRestore(place)).contains(name);

    assertThat(place.resolve("restored")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint.json", "code.db", "serverfactory.db", "files.tar"})
  void givenDigestsWithoutALine_whenRestored_thenTheCommandNamesTheFileAndRestoresNothing(
      String name) throws IOException {
    Path place = place();
    Path digests = place.resolve("backup/SHA256SUMS");
    List<String> lines =
        Files.readAllLines(digests).stream().filter(line -> !line.endsWith("  " + name)).toList();
    assertThat(lines).hasSize(4);
    Files.write(digests, lines);

    assertThat(failedRestore(place)).contains("SHA256SUMS has no line for " + name);

    assertThat(place.resolve("restored")).doesNotExist();
  }

  @Test
  void givenTheFilesOfAnotherDatabaseInThePlace_whenRestored_thenTheCommandLeavesThemAlone()
      throws IOException {
    Path place = place();
    Path old = Files.createDirectory(place.resolve("restored"));
    Files.writeString(old.resolve("code.db-wal"), "of another database");

    assertThat(failedRestore(place)).contains("restored");

    assertThat(names(old)).containsExactly("code.db-wal");
    assertThat(old.resolve("code.db-wal")).hasContent("of another database");
  }

  @Test
  void givenADatabaseThatCannotBeCopied_whenSaved_thenTheBackupHasNoDigests() throws IOException {
    Path place = Scratch.directory("cut-backup");
    Path data = Files.createDirectory(place.resolve("data"));
    for (String name : List.of("code.db", "ping.db")) {
      Files.copy(kit.directory.resolve("backup").resolve(name), data.resolve(name));
    }
    cut(data.resolve("ping.db"), 2);

    String withoutCheckpoint = kit.block("backup").replaceAll("(?m)^curl .*\n", "");
    String printed = BackupKit.commands(place, NONE).fail(withoutCheckpoint);

    assertThat(printed).contains("malformed");
    assertThat(names(place.resolve("backup"))).contains("code.db").doesNotContain("SHA256SUMS");
    assertThat(failedRestore(place)).contains("SHA256SUMS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "ping", "serverfactory"})
  void givenHalfADatabase_whenTheSystemStartsOnIt_thenItRefusesAndNamesTheDatabase(String schema) {
    Path data = place().resolve("backup");
    Path half = data.resolve(schema + ".db");
    cut(half, 2);

    try (SignalboxProcess process = OneProcess.launch(data, Shape.settings())) {
      assertThat(process.awaitExit()).isEqualTo(FAILED_START);
      assertThat(process.output().lines().toList().getLast())
          .isEqualTo(half + " is damaged, or no database; restore a backup of it");
    }
  }

  @Test
  void givenSomethingThatIsNoDatabase_whenTheSystemStartsOnIt_thenItRefusesAndNamesTheFile()
      throws IOException {
    Path data = place().resolve("backup");
    Files.copy(data.resolve("files.tar"), data.resolve("other.db"));
    Files.move(
        data.resolve("other.db"), data.resolve("code.db"), StandardCopyOption.REPLACE_EXISTING);

    try (SignalboxProcess process = OneProcess.launch(data, Shape.settings())) {
      assertThat(process.awaitExit()).isEqualTo(FAILED_START);
      assertThat(process.output()).contains(data.resolve("code.db") + " is damaged");
    }
  }
}
