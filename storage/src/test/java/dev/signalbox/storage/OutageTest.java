package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.fault;
import static dev.signalbox.storage.DatabaseFixture.ids;
import static dev.signalbox.storage.DatabaseFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.testsupport.StoppablePostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL server that goes away and comes back. */
@ExtendWith(VertxExtension.class)
class OutageTest {

  @TempDir Path directory;
  StoppablePostgres postgres;
  DatabaseFixture fixture;
  Database database;

  @BeforeEach
  void prepare(Vertx vertx) {
    postgres = StoppablePostgres.start(directory.resolve("postgres"));
    fixture = new DatabaseFixture(vertx, directory);
    database = fixture.open(StorageConfig.of(postgres.settings()));
    await(insert(database, 1, "before"));
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
      postgres.close();
    }
  }

  private static void assertUnavailable(ServiceException error) {
    assertThat(error.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(error.code().retryable()).isTrue();
    assertThat(error).hasMessage("sample-service cannot reach its storage");
  }

  @Test
  void givenAStoppedServer_whenWritingAndReading_thenBothAreUnavailable() {
    postgres.stop();

    assertUnavailable(fault(insert(database, 2, "lost")));
    assertUnavailable(fault(database.read(session -> session.update("SELECT 1"))));
    assertThat(database.available()).isFalse();
  }

  @Test
  void givenAServerThatIsBack_whenWriting_thenTheFirstWriteSucceeds() throws IOException {
    postgres.stop();
    fault(insert(database, 2, "lost"));

    postgres.startAgain();

    await(insert(database, 3, "after"));
    assertThat(ids(database)).containsExactly(1L, 3L);
    assertThat(database.available()).isTrue();
  }

  @Test
  void givenAServerThatIsBack_whenProbed_thenReadsAndWritesAreTestedAndTheIdentityStays()
      throws IOException {
    String identity = database.identity();
    postgres.stop();
    fault(insert(database, 2, "lost"));
    fault(database.read(session -> session.update("SELECT 1")));
    fault(database.probe());
    assertThat(database.available()).isFalse();

    postgres.startAgain();
    await(database.probe());

    assertThat(database.available()).isTrue();
    Future<List<String>> stored =
        database.read(session ->
            session.query("SELECT identity FROM database_identity", row -> row.getString(1)));
    assertThat(await(stored)).containsExactly(identity);
  }

  @Test
  void givenARestartThatNobodyNoticed_whenWriting_thenTheFirstWriteSucceeds() throws IOException {
    postgres.stop();
    postgres.startAgain();

    await(insert(database, 2, "after"));

    assertThat(ids(database)).containsExactly(1L, 2L);
  }

  @Test
  void givenAKilledPostmaster_whenItIsBack_thenAllThatWasAcknowledgedIsThere() throws IOException {
    postgres.kill();
    assertThat(fault(insert(database, 2, "lost")).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);

    postgres.startAgain();

    await(insert(database, 3, "after"));
    assertThat(ids(database)).containsExactly(1L, 3L);
  }

  @Test
  void givenAConnectionLostInTheCommit_whenWriting_thenTheErrorSaysThatTheOutcomeIsUnknown() {
    Future<Integer> lost = database.write(OutageTest::insertAndEndTheSessionInTheCommit);

    assertThat(fault(lost))
        .hasMessageContaining("may have been carried out")
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    await(insert(database, 3, "the writer goes on"));
  }

  @Test
  void givenAConnectionLostInTheCommit_whenTheWriteIsRepeatable_thenItRunsAgain() {
    int[] runs = {0};

    await(
        database.writeRepeatable(session ->
            ++runs[0] == 1
                ? insertAndEndTheSessionInTheCommit(session)
                : session.update(
                    "INSERT INTO note (id, text) VALUES (2, 'b') ON CONFLICT DO NOTHING")));

    assertThat(runs[0]).isEqualTo(2);
    assertThat(ids(database)).contains(1L, 2L);
  }

  /** A deferred trigger runs within COMMIT and ends the session there. */
  private static int insertAndEndTheSessionInTheCommit(Session session) {
    session.update(
        "CREATE OR REPLACE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$");
    session.update(
        "CREATE CONSTRAINT TRIGGER ending AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED"
            + " FOR EACH ROW EXECUTE FUNCTION end_session()");
    return session.update("INSERT INTO note (id, text) VALUES (2, 'a')");
  }
}
