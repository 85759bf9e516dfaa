package dev.signalbox.platform.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Bus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ReplicaCheckTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void prepare(Vertx vertx) {
    this.vertx = vertx;
    this.bus = Bus.on(vertx);
  }

  private static Announcement instance(
      String service, String node, long since, String state, @Nullable String database) {
    return new Announcement(
        service,
        node,
        "host-of-" + node,
        "1",
        since,
        state,
        List.of(),
        List.of(),
        new Announcement.Load(0, 0, 0, null, null),
        database);
  }

  private Future<Void> check(Duration wait) {
    return check(SharedState.DATABASE, wait);
  }

  private Future<Void> check(SharedState shared, Duration wait) {
    return new ReplicaCheck(
            vertx,
            bus,
            shared,
            () -> instance("code-service", "own", 500, "starting", "db-1"),
            wait)
        .run();
  }

  /** An instance that answers whoever asks. */
  private void runs(Announcement other) {
    bus.subscribe(Announcement.WANTED, _ -> bus.publish(Announcement.EVENT, other));
  }

  private static @Nullable Throwable failure(Future<Void> check) throws Exception {
    Future<@Nullable Throwable> cause =
        check.transform(result -> Future.succeededFuture(result.cause()));
    return cause.await(20, TimeUnit.SECONDS);
  }

  @Test
  void givenNobodyElse_whenStarting_thenItMay() throws Exception {
    assertThat(failure(check(SHORT))).isNull();
  }

  @Test
  void givenAReadyReplicaOnTheSameDatabase_whenStarting_thenItMayAtOnce() throws Exception {
    runs(instance("code-service", "other", 100, "ready", "db-1"));

    assertThat(failure(check(LONG))).isNull();
  }

  @Test
  void givenAReadyReplicaOnAnotherDatabase_whenStarting_thenItIsRefusedAndToldWhy()
      throws Exception {
    runs(instance("code-service", "other", 100, "ready", "db-2"));

    assertThat(failure(check(LONG)))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
        .hasMessageContaining("another code-service (host host-of-other) uses another database")
        .hasMessageContaining("db-1")
        .hasMessageContaining("db-2");
  }

  @Test
  void givenAReadyReplicaOnAnotherDirectory_whenStarting_thenTheRefusalSaysDirectory()
      throws Exception {
    runs(instance("code-service", "other", 100, "ready", "db-2"));

    assertThat(failure(check(SharedState.DIRECTORY, LONG)))
        .hasMessageContaining("serves another directory; all replicas must share one");
  }

  @Test
  void givenAReadyReplicaWhoseClockIsAhead_whenStarting_thenTheReadyOneStays() throws Exception {
    runs(instance("code-service", "other", 900, "ready", "db-2"));

    assertThat(failure(check(LONG))).isInstanceOf(ServiceException.class);
  }

  @Test
  void givenTwoThatStartAtOnce_whenTheOtherStartedEarlier_thenThisGivesWay() throws Exception {
    runs(instance("code-service", "other", 100, "starting", "db-2"));

    assertThat(failure(check(LONG))).isInstanceOf(ServiceException.class);
  }

  @Test
  void givenTwoThatStartAtOnce_whenTheOtherStartedLater_thenThisMay() throws Exception {
    runs(instance("code-service", "other", 900, "starting", "db-2"));

    assertThat(failure(check(SHORT))).isNull();
  }

  @Test
  void givenAReplicaThatStops_whenItUsedAnotherDatabase_thenThisMay() throws Exception {
    runs(instance("code-service", "other", 100, "draining", "db-2"));

    assertThat(failure(check(SHORT))).isNull();
  }

  @Test
  void givenAnotherServiceOnAnotherDatabase_whenStarting_thenItMay() throws Exception {
    runs(instance("ping-coordinator", "other", 100, "ready", "db-2"));

    assertThat(failure(check(SHORT))).isNull();
  }

  @Test
  void givenAReplicaOfAnOlderVersion_whenItAnnouncesNoDatabase_thenThisMay() throws Exception {
    runs(instance("code-service", "other", 100, "ready", null));

    assertThat(failure(check(SHORT))).isNull();
  }
}
