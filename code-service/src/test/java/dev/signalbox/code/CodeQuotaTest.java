package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.fault;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** As many codes as there may be. */
@ParameterizedClass
@EnumSource(Engine.class)
@ExtendWith(VertxExtension.class)
class CodeQuotaTest {

  @Parameter Engine engine;
  @TempDir Path directory;
  private Fixture fixture;
  private Database database;
  private final AtomicLong nanos = new AtomicLong(-5);

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, engine, directory);
    database = fixture.database();
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private CodeBook book(long most) {
    var quota = new CodeQuota(database, most, nanos::get);
    return new CodeBook(database, quota, 0, InstantSource.system());
  }

  private static void assertFull(Future<?> issue) {
    assertThatThrownBy(() -> await(issue))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE))
        .hasMessageContaining("code.max-codes");
  }

  @Test
  void givenAsManyAsMayBe_whenOneMoreIsWanted_thenItIsRefusedAndTheOthersAreTold() {
    CodeBook codes = book(2);
    String first = await(codes.issue("a")).code();
    await(codes.issue("b"));

    assertFull(codes.issue("c"));

    assertThat(await(codes.issue("a")).code()).isEqualTo(first);
    assertThat(await(codes.judge("a", first))).isEqualTo(CodeBook.Verdict.RIGHT);
    assertFull(codes.issue("c"));
  }

  @Test
  void givenNoLimit_whenManyAreWanted_thenAllAreIssued() {
    CodeBook codes = book(0);

    for (int i = 0; i < 50; i++) {
      assertThat(await(codes.issue("u" + i)).created()).isTrue();
    }
  }

  @Test
  void givenCodesFromBefore_whenTheServiceStartsAgain_thenTheyCount() {
    await(book(0).issue("a"));
    await(book(0).issue("b"));

    assertFull(book(2).issue("c"));
  }

  @Test
  void givenACodeThatIsAskedForAgain_whenCounted_thenItIsOne() {
    CodeBook codes = book(2);
    for (int i = 0; i < 5; i++) {
      await(codes.issue("a"));
    }

    assertThat(await(codes.issue("b")).created()).isTrue();
  }

  @Test
  void givenAnotherReplica_whenAMinuteHasPassed_thenItsCodesCount() {
    CodeBook one = book(3);
    await(one.issue("a"));
    CodeBook other = book(0);
    await(other.issue("b"));
    await(other.issue("c"));

    nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
    // The first after the minute begins the count, and does not wait for it.
    await(one.issue("a"));

    org.awaitility.Awaitility.await()
        .untilAsserted(() -> assertFull(one.issue("d" + nanos.incrementAndGet())));
  }

  @Test
  void givenRoomForTen_whenAHundredComeAtOnce_thenTenAreIssued() {
    CodeBook codes = book(10);
    List<Future<?>> issues = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      issues.add(codes.issue("u" + i));
    }

    await(Future.join(issues).otherwiseEmpty());

    assertThat(issues.stream().filter(Future::succeeded)).hasSize(10);
  }

  @Test
  void givenManyAtOnceOnAnEmptyBook_whenCounted_thenTheFirstCountIsAwaitedByAll() {
    CodeBook codes = book(1_000);
    List<Future<?>> issues = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      issues.add(codes.issue("u" + i));
    }

    await(Future.all(issues));

    Optional<Long> codesStored =
        await(
            database.read(
                session -> session.queryOne("SELECT count(*) FROM code", row -> row.getLong(1))));
    assertThat(codesStored).hasValue(100L);
  }

  /** Keeps the writer from writing until it is let go. */
  private CountDownLatch holdWrites() {
    CountDownLatch let = new CountDownLatch(1);
    database.write(_ -> {
      assertThat(let.await(30, TimeUnit.SECONDS)).isTrue();
      return null;
    });
    return let;
  }

  @Test
  void givenInsertsUnderWay_whenCodesAreCounted_thenTheyCount() {
    CodeQuota quota = new CodeQuota(database, 3, nanos::get);
    CodeBook codes = new CodeBook(database, quota, 0, InstantSource.system());
    await(codes.issue("a"));
    CountDownLatch writes = holdWrites();
    Future<?> second = codes.issue("b");
    Future<?> third = codes.issue("c");

    await(quota.count());

    Future<Boolean> fourth = quota.take();
    writes.countDown();
    await(Future.all(second, third));
    assertThat(await(fourth)).isFalse();
  }

  @Test
  void givenInsertsUnderWayAtACount_whenTheyHaveEnded_thenThePlacesLeftAreThoseOfTheNextCount() {
    CodeQuota quota = new CodeQuota(database, 4, nanos::get);
    CodeBook codes = new CodeBook(database, quota, 0, InstantSource.system());
    await(codes.issue("a"));
    CountDownLatch writes = holdWrites();
    Future<?> created = codes.issue("b");
    Future<?> known = codes.issue("a");
    await(quota.count());
    writes.countDown();
    await(Future.all(created, known));

    await(quota.count());

    assertThat(await(codes.issue("c")).created()).isTrue();
    assertThat(await(codes.issue("d")).created()).isTrue();
    assertFull(codes.issue("e"));
  }

  @Test
  void givenAnInsertThatEndsWhileCodesAreCounted_whenTheCountMissedIt_thenItCounts(Vertx vertx) {
    CodeQuota quota = new CodeQuota(database, 1, nanos::get);
    Context context = vertx.getOrCreateContext();
    Promise<Boolean> another = Promise.promise();
    context.runOnContext(_ ->
        quota
            .take()
            .compose(_ -> {
              // The count is answered on this context, which is busy until the insert has ended.
              Future<Void> count = quota.count();
              quota.end(true);
              return count;
            })
            .compose(_ -> quota.take())
            .onComplete(another));

    assertThat(await(another.future())).isFalse();
  }

  @Test
  void givenADatabaseThatRefusesAtOnce_whenCodesWereNeverCounted_thenNoPlaceIsTaken() {
    CodeQuota quota = new CodeQuota(database, 10, nanos::get);
    await(database.close());

    assertThat(fault(quota.take()).code()).isEqualTo(ErrorCode.STOPPING);
    // The count that was refused is not the one that others wait for.
    assertThat(fault(quota.take()).code()).isEqualTo(ErrorCode.STOPPING);
  }
}
