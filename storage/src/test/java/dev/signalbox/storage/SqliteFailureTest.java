package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.failure;
import static dev.signalbox.storage.DatabaseFixture.fault;
import static dev.signalbox.storage.DatabaseFixture.hold;
import static dev.signalbox.storage.DatabaseFixture.ids;
import static dev.signalbox.storage.DatabaseFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.platform.node.StartException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks only where the database is a file. */
@ExtendWith(VertxExtension.class)
class SqliteFailureTest {

  @TempDir Path directory;
  DatabaseFixture fixture;

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new DatabaseFixture(vertx, directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void givenADatabaseCutToAPart_whenOpened_thenTheFileIsNamedAsDamaged(int pages, Vertx vertx)
      throws Exception {
    Database whole = fixture.open(StorageConfig.of(Map.of()));
    await(insert(whole, 1, "text"));
    await(whole.close());
    Path file = directory.resolve("sample.db");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(pages * 4_096L);
    }

    Throwable refused =
        failure(
            Database.open(vertx, StorageConfig.of(Map.of()), directory, "sample", "test-service"));

    assertThat(refused)
        .isInstanceOf(StartException.class)
        .hasMessage(file + " is damaged, or no database; restore a backup of it");
  }

  @Test
  void givenAFileThatIsNoDatabase_whenOpened_thenItIsNamedAndStaysAsItIs(Vertx vertx)
      throws Exception {
    Path file = directory.resolve("sample.db");
    Files.writeString(file, "no database, but as long as the header of one".repeat(100));
    String before = Files.readString(file);

    Throwable refused =
        failure(
            Database.open(vertx, StorageConfig.of(Map.of()), directory, "sample", "test-service"));

    assertThat(refused).isInstanceOf(StartException.class).hasMessageContaining(file.toString());
    assertThat(file).hasContent(before);
  }

  @Test
  void anotherProcessThatKeepsWritingTooLongIsAFaultAndNotTheEnd() throws Exception {
    Database database = fixture.open(StorageConfig.of(Map.of("busy-timeout", "50ms")));
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sample.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");

      assertThat(fault(insert(database, 1, "blocked")).code())
          .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);

      statement.execute("ROLLBACK");
    }
    await(insert(database, 2, "free again"));
    assertThat(ids(database)).containsExactly(2L);
  }

  @Test
  void aWriteThatDoesNotFitOnTheDiskFailsAlone() throws Exception {
    Database database = fixture.open(StorageConfig.of(Map.of()));
    await(
        database.write(session -> {
          int pages =
              session.queryOne("PRAGMA page_count", row -> row.getInt(1)).orElseThrow() + 20;
          return session.query("PRAGMA max_page_count = " + pages, row -> row.getInt(1));
        }));

    CountDownLatch release = hold(database);
    Future<Integer> before = insert(database, 1, "small");
    Future<Integer> tooMuch = insert(database, 2, "x".repeat(1 << 20));
    Future<Integer> after = insert(database, 3, "small");
    release.countDown();

    assertThat(fault(tooMuch))
        .hasMessage("sample-service cannot reach its storage")
        .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    await(before);
    await(after);
    assertThat(ids(database)).containsExactly(1L, 3L);
  }

  private static int pages(Database database) {
    return await(
        database.read(
            session -> session.queryOne("PRAGMA page_count", row -> row.getInt(1)).orElseThrow()));
  }

  /** A work on a disk that has no room for another page; the limit is of the connection. */
  private static <T> Future<T> onFullDisk(Database database, int pages, Work<T> work) {
    return database.write(session -> {
      session.query("PRAGMA max_page_count = " + pages, row -> row.getInt(1));
      return work.run(session);
    });
  }

  @Test
  void givenAFullDisk_whenReadsAndWritesAlternate_thenTheStorageIsUnavailableUntilAWriteFits() {
    Database database = fixture.open(StorageConfig.of(Map.of()));
    await(insert(database, 1, "before"));
    int pages = pages(database);

    for (int i = 0; i < 20; i++) {
      Future<Integer> tooMuch =
          onFullDisk(
              database,
              pages,
              session ->
                  session.update("INSERT INTO note (id, text) VALUES (2, ?)", "x".repeat(100_000)));
      assertThat(fault(tooMuch).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
      assertThat(ids(database)).containsExactly(1L);
      assertThat(database.available()).isFalse();
    }

    await(insert(database, 2, "room again"));
    assertThat(database.available()).isTrue();
  }

  @Test
  void givenAFullDisk_whenAWriteChangesNothing_thenTheStorageStaysUnavailable() {
    Database database = fixture.open(StorageConfig.of(Map.of()));
    int pages = pages(database);
    Work<Integer> tooMuch =
        session -> session.update("INSERT INTO note (id, text) VALUES (2, ?)", "x".repeat(100_000));
    fault(onFullDisk(database, pages, tooMuch));

    await(database.write(session -> session.update("DELETE FROM note WHERE id = 77")));
    failure(
        database.write(session -> {
          session.update("INSERT INTO note (id, text) VALUES (3, 'undone')");
          throw new IllegalStateException("undo it");
        }));

    assertThat(database.available()).isFalse();
  }

  @Test
  void givenAFullDisk_whenProbed_thenARowInItsPlaceFitsAndTheProbeDoesNot() {
    Database database = fixture.open(StorageConfig.of(Map.of()));
    await(insert(database, 1, "before"));
    int pages = pages(database);
    RoomProbe probe = new RoomProbe(Engine.SQLITE);

    await(onFullDisk(database, pages, s -> s.update("UPDATE note SET text = 'other!'")));
    assertThat(database.available()).isTrue();
    assertThat(fault(onFullDisk(database, pages, probe::fill)).code())
        .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(database.available()).isFalse();

    await(onFullDisk(database, 1 << 20, _ -> 0)); // There is room, and nothing has shown it yet.
    assertThat(database.available()).isFalse();
    await(database.probe());
    assertThat(database.available()).isTrue();
    Future<List<String>> left =
        database.read(session ->
            session.query(
                "SELECT name FROM sqlite_master WHERE name = 'storage_probe'",
                row -> row.getString(1)));
    assertThat(await(left)).isEmpty();
  }

  @Test
  void aStatementThatIsWrongIsADefectAndNotAnOutage() {
    Database database = fixture.open(StorageConfig.of(Map.of()));

    assertThat(fault(database.write(session -> session.update("INSERT INTO nowhere VALUES (1)"))))
        .hasMessage("sample-service: the database refused the write")
        .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.STORAGE));
    assertThat(database.available()).isTrue();
  }

  @Test
  void aFileThatIsNoDatabaseIsAFaultAndIsLeftAlone() throws Exception {
    Path file = directory.resolve("sample.db");
    Files.writeString(file, "precious notes, not a database ".repeat(100));
    byte[] before = Files.readAllBytes(file);

    Throwable failure =
        failure(
            Database.open(
                fixture.vertx(),
                StorageConfig.of(Map.of()),
                directory,
                "sample",
                "sample-service"));

    assertThat(failure).hasMessageContaining("sample");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aDataDirectoryThatCannotBeMadeIsAFault() throws Exception {
    Path file = Files.createFile(directory.resolve("a-file"));

    Future<Database> opening =
        Database.open(
            fixture.vertx(),
            StorageConfig.of(Map.of()),
            file.resolve("below"),
            "sample",
            "sample-service");

    assertThat(fault(opening).code()).isEqualTo(ErrorCode.STORAGE);
  }

  @Test
  void aSchemaNameThatIsAPathIsRefused() {
    Future<Database> opening =
        Database.open(
            fixture.vertx(), StorageConfig.of(Map.of()), directory, "../other", "other-service");

    assertThat(failure(opening)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void givenANewDatabase_whenWritten_thenAllItsFilesAreForTheUserAlone() throws Exception {
    await(insert(fixture.open(StorageConfig.of(Map.of())), 1, "secret"));

    try (var files = Files.list(directory)) {
      assertThat(files.filter(Files::isRegularFile))
          .extracting(Path::getFileName)
          .extracting(Path::toString)
          .contains("sample.db", "sample.db-wal", "sample.db-shm");
    }
    try (var files = Files.list(directory)) {
      assertThat(files)
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .as(file.toString())
                  .isEqualTo("rw-------"));
    }
  }

  @Test
  void everyCommitReachesTheDisk() {
    Database database = fixture.open(StorageConfig.of(Map.of()));

    List<String> settings =
        await(
            database.write(session ->
                List.of(
                    session.queryOne("PRAGMA journal_mode", r -> r.getString(1)).orElseThrow(),
                    session.queryOne("PRAGMA synchronous", r -> r.getString(1)).orElseThrow(),
                    session.queryOne("PRAGMA foreign_keys", r -> r.getString(1)).orElseThrow())));

    assertThat(settings).containsExactly("wal", "2", "1");
  }
}
