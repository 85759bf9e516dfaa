package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.failure;
import static dev.signalbox.storage.DatabaseFixture.fault;
import static dev.signalbox.storage.DatabaseFixture.hold;
import static dev.signalbox.storage.DatabaseFixture.ids;
import static dev.signalbox.storage.DatabaseFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service may rely on, whichever engine is underneath. */
@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class DatabaseTest {

  @Parameter Engine engine;
  @TempDir Path directory;
  DatabaseFixture fixture;
  Settings settings;
  StorageConfig config;

  @BeforeEach
  void prepare(Vertx vertx) {
    settings = Settings.of(engine);
    config = settings.config();
    fixture = new DatabaseFixture(vertx, directory);
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Test
  void aWriteIsThereForEveryLaterRead() {
    Database database = fixture.open(config);

    int changed = await(insert(database, 1, "first"));

    assertThat(changed).isEqualTo(1);
    assertThat(database.engine()).isEqualTo(engine);
    assertThat(ids(database)).containsExactly(1L);
  }

  @Test
  void whatWasWrittenSurvivesClosingAndOpening() {
    Database before = fixture.open(config);
    await(insert(before, 7, "kept"));
    await(before.close());

    Database after = fixture.open(config);

    assertThat(ids(after)).containsExactly(7L);
  }

  @Test
  void aWriteCompletesOnTheContextOfItsCaller() throws Exception {
    Database database = fixture.open(config);
    Context caller = fixture.vertx().getOrCreateContext();
    CompletableFuture<Context> completedOn = new CompletableFuture<>();

    caller.runOnContext(ignored ->
        insert(database, 1, "x").onComplete(done -> completedOn.complete(Vertx.currentContext())));

    assertThat(completedOn.get(10, TimeUnit.SECONDS)).isSameAs(caller);
  }

  @Test
  void writesThatWaitTogetherShareOneCommit() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    List<Future<Integer>> writes =
        IntStream.range(0, 100).mapToObj(i -> insert(database, i, "n")).toList();

    release.countDown();
    await(Future.all(writes));

    assertThat(database.writerStats().commits()).isEqualTo(2);
    assertThat(database.writerStats().writes()).isEqualTo(101);
  }

  @Test
  void aBatchIsNeverLargerThanConfigured() throws Exception {
    Database database = fixture.open(settings.with("max-batch", "10").config());
    CountDownLatch release = hold(database);
    List<Future<Integer>> writes =
        IntStream.range(0, 100).mapToObj(i -> insert(database, i, "n")).toList();

    release.countDown();
    await(Future.all(writes));

    assertThat(database.writerStats().commits()).isEqualTo(11);
  }

  @Test
  void givenLockKeys_whenWritesWaitTogether_thenTheyRunInTheirOrderAfterThoseWithout()
      throws Exception {
    Database database = fixture.open(config);
    List<String> ran = new CopyOnWriteArrayList<>();
    CountDownLatch release = hold(database);
    Future<Boolean> second = database.write("b", session -> ran.add("b"));
    Future<Boolean> first = database.writeRepeatable("a", session -> ran.add("a"));
    Future<Boolean> without = database.write(session -> ran.add("none"));

    release.countDown();
    await(Future.all(second, first, without));

    assertThat(ran).containsExactly("none", "a", "b");
  }

  @Test
  void aWriteThatThrowsFailsAloneAndLeavesNothing() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    Future<Integer> before = insert(database, 1, "before");
    Future<Integer> failing =
        database.write(session -> {
          session.update("INSERT INTO note (id, text) VALUES (?, ?)", 2L, "half done");
          throw new ServiceException(ErrorCode.CONFLICT, "no");
        });
    Future<Integer> after = insert(database, 3, "after");

    release.countDown();

    assertThat(fault(failing).code()).isEqualTo(ErrorCode.CONFLICT);
    await(before);
    await(after);
    assertThat(ids(database)).containsExactly(1L, 3L);
  }

  @Test
  void aWriteThatLooksAndRefusesMakesNobodyRunTwice() throws Exception {
    Database database = fixture.open(config);
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch release = hold(database);
    Future<Integer> before =
        database.write(session -> {
          runs.incrementAndGet();
          return session.update("INSERT INTO note (id) VALUES (1)");
        });
    Future<Integer> refusing =
        database.write(session -> {
          session.query("SELECT id FROM note WHERE id = 2", row -> row.getLong(1));
          throw new ServiceException(ErrorCode.NOT_FOUND, "no note 2");
        });

    release.countDown();

    assertThat(fault(refusing).code()).isEqualTo(ErrorCode.NOT_FOUND);
    await(before);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aSelectTheDatabaseRefusesFailsItsCallerAlone() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    Future<Integer> before = insert(database, 1, "before");
    Future<List<Long>> refused =
        database.write(
            session -> session.query("SELECT id FROM no_such_table", row -> row.getLong(1)));
    Future<Integer> after = insert(database, 2, "after");

    release.countDown();

    assertThat(fault(refused).code()).isEqualTo(ErrorCode.STORAGE);
    await(before);
    await(after);
    assertThat(ids(database)).containsExactly(1L, 2L);
  }

  @Test
  void failuresInManyBatchesInARowLeaveTheOthersWhole() {
    Database database = fixture.open(config);
    List<Future<Integer>> writes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long id = i;
      writes.add(insert(database, id, "n"));
      writes.add(
          database.write(session -> {
            session.update("UPDATE note SET text = 'undone' WHERE id = ?", id);
            throw new ServiceException(ErrorCode.CONFLICT, "no");
          }));
      if (i % 25 == 0) {
        await(writes.get(2 * i));
      }
    }

    await(Future.join(writes).otherwiseEmpty());

    assertThat(writes.stream().filter(Future::succeeded).count()).isEqualTo(300);
    List<String> texts =
        await(
            database.read(session ->
                session.query("SELECT DISTINCT text FROM note", row -> row.getString(1))));
    assertThat(texts).containsExactly("n");
  }

  @Test
  void severalFailuresInOneBatchLeaveTheOthersWhole() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    List<Future<Integer>> writes = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      // Every id comes three times; the second and third are refused.
      writes.add(insert(database, i / 3, "n"));
    }

    release.countDown();

    await(Future.join(writes).otherwiseEmpty());
    assertThat(writes.stream().filter(Future::succeeded).count()).isEqualTo(10);
    assertThat(ids(database)).hasSize(10);
  }

  @Test
  void aRefusedStatementIsAStorageFaultThatSaysWhy() {
    Database database = fixture.open(config);
    await(insert(database, 1, "first"));

    ServiceException fault = fault(insert(database, 1, "again"));

    assertThat(fault.code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(fault.getCause())
        .isInstanceOfSatisfying(
            StorageException.class, refused -> assertThat(refused.duplicateKey()).isTrue());
  }

  @Test
  void aRefusalThatIsNotADuplicateSaysSo() {
    Database database = fixture.open(config);

    ServiceException fault =
        fault(database.write(session -> session.update("INSERT INTO note (id) VALUES (NULL)")));

    assertThat(fault.getCause())
        .isInstanceOfSatisfying(
            StorageException.class, refused -> assertThat(refused.duplicateKey()).isFalse());
  }

  @Test
  void aWorkThatCatchesARefusalHasFailedAllTheSame() {
    Database database = fixture.open(config);
    await(insert(database, 1, "first"));

    Future<String> write =
        database.write(session -> {
          session.update("INSERT INTO note (id, text) VALUES (?, ?)", 2L, "undone");
          try {
            session.update("INSERT INTO note (id, text) VALUES (?, ?)", 1L, "refused");
          } catch (StorageException expected) {
            return "went on";
          }
          return "not refused";
        });

    assertThat(fault(write).code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(ids(database)).containsExactly(1L);
  }

  @Test
  void anErrorInAWorkReachesItsCallerAndTheWriterGoesOn() {
    Database database = fixture.open(config);

    Throwable failure =
        failure(
            database.write(session -> {
              throw new AssertionError("defect");
            }));

    assertThat(failure).isInstanceOf(AssertionError.class);
    await(insert(database, 1, "goes on"));
  }

  @Test
  void aCommitThatFailsFailsEveryCallerOfIt() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    Future<Integer> innocent = insert(database, 1, "innocent");
    Future<Integer> culprit =
        database.write(session -> session.update("INSERT INTO reply_to (note) VALUES (?)", 99L));

    release.countDown();

    assertThat(fault(innocent).code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(fault(culprit).code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(ids(database)).isEmpty();
    await(insert(database, 2, "the writer goes on"));
  }

  @Test
  void aFullQueueRefusesAtOnceAndForgetsNothingItAccepted() throws Exception {
    Database database = fixture.open(settings.with("write-queue", "5").config());
    CountDownLatch release = hold(database);
    List<Future<Integer>> accepted =
        IntStream.range(0, 5).mapToObj(i -> insert(database, i, "n")).toList();

    Future<Integer> refused = insert(database, 5, "one too many");

    assertThat(refused.isComplete()).isTrue();
    assertThat(fault(refused).code()).isEqualTo(ErrorCode.OVERLOADED);
    release.countDown();
    await(Future.all(accepted));
    assertThat(ids(database)).hasSize(5);
  }

  @Test
  void aFullReadQueueRefusesAtOnce() throws Exception {
    Database database =
        fixture.open(settings.with("read-queue", "1").with("readers", "1").config());
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Future<Boolean> busy =
        database.read(session -> {
          reading.countDown();
          return release.await(10, TimeUnit.SECONDS);
        });
    assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
    Future<String> waiting = database.read(session -> "waited");

    Future<String> refused = database.read(session -> "never");

    assertThat(fault(refused).code()).isEqualTo(ErrorCode.OVERLOADED);
    release.countDown();
    assertThat(await(busy)).isTrue();
    assertThat(await(waiting)).isEqualTo("waited");
  }

  @Test
  void aWriteThatWaitedTooLongFailsWithoutRunning() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    AtomicBoolean ran = new AtomicBoolean();

    Future<Boolean> late =
        database.write(
            Duration.ZERO,
            session -> {
              ran.set(true);
              return true;
            });
    release.countDown();

    assertThat(fault(late).code()).isEqualTo(ErrorCode.TIMEOUT);
    assertThat(ran).isFalse();
  }

  @Test
  void aReadMayNotWrite() {
    Database database = fixture.open(config);

    ServiceException fault =
        fault(database.read(session -> session.update("INSERT INTO note (id) VALUES (1)")));

    assertThat(fault.code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(ids(database)).isEmpty();
  }

  @Test
  void closingFinishesWhatWasAcceptedAndRefusesTheRest() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    Future<Integer> accepted = insert(database, 1, "accepted");

    Future<Void> closed = database.close();
    Future<Integer> late = insert(database, 2, "late");
    release.countDown();

    assertThat(fault(late).code()).isEqualTo(ErrorCode.STOPPING);
    await(accepted);
    await(closed);
    assertThat(ids(fixture.open(config))).containsExactly(1L);
  }

  @Test
  void closingTwiceIsClosingOnce() {
    Database database = fixture.open(config);

    await(database.close());
    await(database.close());

    assertThat(fault(database.read(session -> 1)).code()).isEqualTo(ErrorCode.STOPPING);
  }

  @Test
  void replicasShareOneDatabaseAndNoIncrementIsLost() {
    Database one = fixture.open(config);
    Database two = fixture.open(config);
    await(
        one.write(
            session -> session.update("INSERT INTO counter (name, value) VALUES ('hits', 0)")));
    List<Future<Integer>> increments = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      increments.add(increment(one));
      increments.add(increment(two));
    }

    await(Future.all(increments));

    long hits =
        await(
            two.read(session ->
                session
                    .queryOne("SELECT value FROM counter", row -> row.getLong(1))
                    .orElseThrow()));
    assertThat(hits).isEqualTo(400L);
  }

  private static Future<Integer> increment(Database database) {
    return database.write(
        session -> session.update("UPDATE counter SET value = value + 1 WHERE name = 'hits'"));
  }

  @Test
  void givenOneDatabase_whenTwoOpenIt_thenBothSeeTheSameIdentity() {
    assertThat(fixture.open(config).identity())
        .hasSizeGreaterThan(30)
        .isEqualTo(fixture.open(config).identity());
  }

  @Test
  void givenTwoSchemas_whenOpened_thenTheirIdentitiesDiffer() {
    Database other =
        await(Database.open(fixture.vertx(), config, directory, "other", "other-service"));

    assertThat(other.identity()).isNotEqualTo(fixture.open(config).identity());
    await(other.close());
  }

  @Test
  void replicasThatStartAtOnceMigrateOnce() {
    List<Future<Database>> opening =
        IntStream.range(0, 4)
            .mapToObj(
                i -> Database.open(fixture.vertx(), config, directory, "sample", "sample-service"))
            .toList();

    await(Future.all(opening));

    await(insert(opening.getFirst().result(), 1, "works"));
    assertThat(ids(opening.getLast().result())).containsExactly(1L);
    opening.forEach(database -> await(database.result().close()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000", "a\u0000b", "\ud83d", "\ude82x", "x\ud83d\ud83d\ude82"})
  void aTextThatWouldComeBackAsAnotherIsRefusedByEitherEngine(String text) {
    Database database = fixture.open(config);

    Future<Integer> written =
        database.write(
            session -> session.update("INSERT INTO kinds (id, text) VALUES (?, ?)", 1, text));

    assertThat(fault(written))
        .hasMessageContaining("U+0000")
        .satisfies(fault -> assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    long rows =
        await(
            database.read(session ->
                session
                    .queryOne("SELECT count(*) FROM kinds", row -> row.getLong(1))
                    .orElseThrow()));
    assertThat(rows).isZero();
  }

  @Test
  void everyKindOfValueComesBackAsItWent() {
    Database database = fixture.open(config);
    byte[] bytes = {0, -1, 127};
    String text = "quote ' nul-free ünïcode 🚂\nline";

    await(
        database.write(session ->
            session.update(
                "INSERT INTO kinds (id, text, whole, fraction, bytes, flag)"
                    + " VALUES (?, ?, ?, ?, ?, ?)",
                1,
                text,
                Long.MIN_VALUE,
                0.1,
                bytes,
                true)));

    List<Object> found =
        await(
            database.read(session ->
                session
                    .queryOne(
                        "SELECT text, whole, fraction, bytes, flag FROM kinds WHERE id = ?",
                        row ->
                            List.<Object>of(
                                row.getString(1),
                                row.getLong(2),
                                row.getDouble(3),
                                row.getBytes(4),
                                row.getBoolean(5)),
                        1L)
                    .orElseThrow()));
    assertThat(found).containsExactly(text, Long.MIN_VALUE, 0.1, bytes, true);
  }

  @Test
  void aNullIsStoredAsNull() {
    Database database = fixture.open(config);
    await(insert(database, 1, null));

    long nulls =
        await(
            database.read(session ->
                session
                    .queryOne("SELECT count(*) FROM note WHERE text IS NULL", row -> row.getLong(1))
                    .orElseThrow()));

    assertThat(nulls).isEqualTo(1);
  }

  @Test
  void aValueNoColumnTakesIsADefectOfTheCaller() {
    Database database = fixture.open(config);

    Throwable failure =
        failure(
            database.write(session ->
                session.update("INSERT INTO note (id, text) VALUES (1, ?)", Duration.ZERO)));

    assertThat(failure).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void manyRowsGoInWithOneStatement() {
    Database database = fixture.open(config);
    List<Object[]> rows =
        IntStream.range(0, 2_500).mapToObj(i -> new Object[] {(long) i, "n" + i}).toList();

    await(
        database.write(session -> {
          session.updateAll("INSERT INTO note (id, text) VALUES (?, ?)", rows);
          return rows.size();
        }));

    assertThat(ids(database)).hasSize(2_500);
  }

  @Test
  void oneRefusedRowRefusesTheWholeWork() {
    Database database = fixture.open(config);
    List<Object[]> rows = List.of(new Object[] {1L, "a"}, new Object[] {1L, "b"});

    ServiceException fault =
        fault(
            database.write(session -> {
              session.updateAll("INSERT INTO note (id, text) VALUES (?, ?)", rows);
              return true;
            }));

    assertThat(fault.code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(ids(database)).isEmpty();
  }

  @Test
  void moreRowsThanOneAreADefectWhereOneIsAskedFor() {
    Database database = fixture.open(config);
    await(insert(database, 1, "a"));
    await(insert(database, 2, "b"));

    Throwable failure =
        failure(
            database.read(
                session -> session.queryOne("SELECT id FROM note", row -> row.getLong(1))));

    assertThat(failure).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void statementsBeyondTheCacheStillRun() {
    Database database = fixture.open(config);

    int sum =
        await(
            database.read(session -> {
              int total = 0;
              for (int i = 0; i < 300; i++) {
                total += session.queryOne("SELECT " + i, row -> row.getInt(1)).orElseThrow();
              }
              return total;
            }));

    assertThat(sum).isEqualTo(299 * 300 / 2);
  }

  @Test
  void aVisitorSeesRowsInOrderAndEndsTheScanWhenItHasSeenEnough() {
    Database database = fixture.open(config);
    await(Future.all(IntStream.range(1, 10).mapToObj(i -> insert(database, i, "n")).toList()));
    List<Long> seen = new ArrayList<>();

    int rows =
        await(
            database.read(session ->
                session.scan(
                    "SELECT id FROM note WHERE id > ? ORDER BY id",
                    row -> {
                      seen.add(row.getLong(1));
                      return seen.size() < 3;
                    },
                    2L)));

    assertThat(rows).isEqualTo(3);
    assertThat(seen).containsExactly(3L, 4L, 5L);
  }

  @Test
  void aScanToTheEndCountsItsRows() {
    Database database = fixture.open(config);
    await(Future.all(IntStream.range(0, 5).mapToObj(i -> insert(database, i, "n")).toList()));

    int rows = await(database.read(session -> session.scan("SELECT id FROM note", row -> true)));

    assertThat(rows).isEqualTo(5);
  }

  @Test
  void aScanTheDatabaseRefusesFailsAlone() {
    Database database = fixture.open(config);

    ServiceException refused =
        fault(database.read(session -> session.scan("SELECT nothing FROM note", row -> true)));

    assertThat(refused.code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(ids(database)).isEmpty();
  }
}
