package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.failure;
import static dev.signalbox.storage.DatabaseFixture.hold;
import static dev.signalbox.storage.DatabaseFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.TestTrace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VertxExtension.class)
class WorkSpanTest {

  @TempDir Path directory;
  private final TestTrace trace = TestTrace.begin();
  private DatabaseFixture fixture;

  @BeforeEach
  void open(Vertx vertx) {
    fixture = new DatabaseFixture(vertx, directory);
  }

  @AfterEach
  void close() {
    fixture.close();
    trace.close();
  }

  private Database database(Map<String, String> settings) {
    return fixture.open(StorageConfig.of(settings));
  }

  private CollectedSpan only() {
    List<CollectedSpan> spans = trace.end();
    assertThat(spans).hasSize(1);
    return spans.getFirst();
  }

  @Test
  void givenATracedWrite_whenItIsCommitted_thenItsSpanHasItsStatementsWithoutValues() {
    Database database = database(Map.of());

    await(
        database
            .traced(trace.context())
            .write(session -> {
              session.update("INSERT INTO note (id, text) VALUES (?, ?)", 1L, "secret");
              session.update("INSERT INTO note (id, text) VALUES (?, ?)", 2L, "secret");
              return session.update("UPDATE note SET text = ? WHERE id = 1", "hidden");
            }));

    CollectedSpan span = only();
    assertThat(span.name()).isEqualTo("write sample");
    assertThat(span.kind()).isEqualTo("CLIENT");
    assertThat(span.parentId()).isEqualTo(trace.rootId());
    assertThat(span.attributes())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "db.system.name", "sqlite",
                "db.namespace", "sample",
                "db.operation.name", "write",
                "db.query.summary", "INSERT note; UPDATE note",
                "signalbox.storage.batch_size", "1"));
    assertThat(span.events()).containsExactly("running", "ran");
    assertThat(span.error()).isFalse();
  }

  @Test
  void givenATracedRead_whenItHasRun_thenItHasASpan() {
    Database database = database(Map.of());

    await(
        database
            .traced(trace.context())
            .read(session -> session.query("SELECT id FROM note", row -> row.getLong(1))));

    CollectedSpan span = only();
    assertThat(span.name()).isEqualTo("read sample");
    assertThat(span.attributes())
        .containsEntry("db.query.summary", "SELECT note")
        .doesNotContainKey("signalbox.storage.batch_size");
  }

  @Test
  void givenWritesThatWait_whenOneTransactionCommitsThem_thenEachHasASpanWithTheNumber()
      throws Exception {
    Database database = database(Map.of());
    CountDownLatch release = hold(database);
    List<Future<Integer>> writes =
        IntStream.range(0, 5)
            .mapToObj(i -> insert(database.traced(i < 3 ? trace.context() : null), i, "n"))
            .toList();

    release.countDown();
    writes.forEach(DatabaseFixture::await);

    assertThat(trace.end())
        .hasSize(3)
        .allSatisfy(span ->
            assertThat(span.attributes()).containsEntry("signalbox.storage.batch_size", "5"));
  }

  @Test
  void givenAStatementTheDatabaseRefuses_whenWritten_thenTheSpanFailsAndOthersOfTheBatchDoNot()
      throws Exception {
    Database database = database(Map.of());
    await(insert(database, 1, "first"));
    CountDownLatch release = hold(database);
    Future<Integer> duplicate = insert(database.traced(trace.context()), 1, "secret");
    Future<Integer> good = insert(database.traced(trace.context()), 2, "n");

    release.countDown();
    failure(duplicate);
    await(good);

    List<CollectedSpan> spans = trace.end();
    assertThat(spans).hasSize(2);
    assertThat(spans)
        .filteredOn(CollectedSpan::error)
        .singleElement()
        .satisfies(span -> {
          assertThat(span.attributes())
              .containsEntry("error.type", "STORAGE")
              .containsKey("db.response.status_code");
          assertThat(span.attributes().values()).noneMatch(value -> value.contains("secret"));
        });
  }

  @Test
  void givenNoRoomInTheQueue_whenWritten_thenTheSpanSaysOverloaded() throws Exception {
    Database database = database(Map.of("write-queue", "1"));
    CountDownLatch release = hold(database);
    Future<Integer> waits = insert(database, 1, "n");

    failure(insert(database.traced(trace.context()), 2, "n"));
    release.countDown();
    await(waits);

    assertThat(only().attributes()).containsEntry("error.type", "OVERLOADED");
  }

  @Test
  void givenAWriteThatWaitsTooLong_whenItsTurnComes_thenTheSpanSaysTimeoutAndHasNotRun()
      throws Exception {
    Database database = database(Map.of());
    CountDownLatch release = hold(database);
    Future<Integer> late =
        database
            .traced(trace.context())
            .write(Duration.ZERO, session -> session.update("DELETE FROM note"));

    release.countDown();
    failure(late);

    CollectedSpan span = only();
    assertThat(span.attributes())
        .containsEntry("error.type", "TIMEOUT")
        .doesNotContainKey("db.query.summary");
    assertThat(span.events()).isEmpty();
  }

  @Test
  void givenATraceThatIsNotSampled_whenWritten_thenThereIsNoSpan() {
    Database database = database(Map.of());
    try (TestTrace unsampled = TestTrace.beginUnsampled()) {
      await(insert(database.traced(unsampled.context()), 1, "n"));

      assertThat(unsampled.end()).isEmpty();
    }
  }

  @Test
  void givenNoTrace_whenTheDatabaseIsUsed_thenItIsTheSameObject() {
    Database database = database(Map.of());

    assertThat(database.traced(null)).isSameAs(database);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT id FROM note WHERE text = 'secret' | SELECT note",
        "insert into note (id) values (7) | INSERT note",
        "UPDATE note SET text = 'secret' | UPDATE note",
        "DELETE FROM note WHERE id = 7 | DELETE note",
        "SELECT 'secret' | SELECT",
        "WITH a AS (SELECT 1 FROM note) SELECT 7 FROM a | WITH note",
      })
  void givenAStatement_whenDescribed_thenVerbAndTableAreLeft(String sql, String shape) {
    assertThat(WorkSpan.shape(sql)).isEqualTo(shape);
  }
}
