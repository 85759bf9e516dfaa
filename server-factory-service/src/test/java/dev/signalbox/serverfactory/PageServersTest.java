package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.serverfactory.serving.ServingResources;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.junit5.VertxExtension;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servers that are opened and closed at once. */
@ExtendWith(VertxExtension.class)
class PageServersTest {

  private final ServerFactoryConfig config = Instance.config();
  private final DefinitionMemory memory = new DefinitionMemory(1_000_000);
  private final Definitions definitions =
      new Definitions(config, new DefinitionCompiler(config, memory));
  private final int port = Web.freePort();
  private Vertx vertx;
  private Context context;
  private final AtomicLong passedNanos = new AtomicLong();
  private final Lease lease =
      new Lease(config.lease(), () -> System.nanoTime() + passedNanos.get());
  private PageServers servers;

  @BeforeEach
  void start(Vertx vertx) throws Exception {
    this.vertx = vertx;
    context = vertx.getOrCreateContext();
    lease.renewed(lease.now());
    servers =
        run(() ->
            new PageServers(
                vertx,
                config,
                lease,
                ServingResources.withoutOthers(List.of(config.bind())),
                new SimpleMeterRegistry()));
  }

  private <T> T run(Callable<T> work) {
    return Future.<T>future(promise ->
            context.runOnContext(_ -> {
              try {
                promise.complete(work.call());
              } catch (Exception e) {
                promise.fail(e);
              }
            }))
        .await();
  }

  /**
   * Runs this while no port can be looked at, so that a server that it opens only begins to listen;
   * what a worker has done before its caller looks for it is done at once otherwise.
   */
  private <T> T runBeforeAnyListens(Callable<T> work) {
    CountDownLatch done = new CountDownLatch(1);
    try {
      for (int worker = 0; worker < VertxOptions.DEFAULT_WORKER_POOL_SIZE; worker++) {
        vertx.executeBlocking(() -> done.await(1, TimeUnit.MINUTES), false);
      }
      return run(work);
    } finally {
      done.countDown();
    }
  }

  private static ServerRow row(String id, int port) {
    return new ServerRow(id, port, null, "n", "h", 0, true, null, null, 1, false, null, 0, null);
  }

  private LoadedDefinition loaded(String body, long revision) {
    return definitions.compile(
        new ServerContent(
            null,
            "{\"routes\":[{\"match\":{},\"response\":{\"body\":\"" + body + "\"}}]}",
            List.of(),
            revision));
  }

  private void joined(List<Future<Void>> opened) {
    Future.join(opened).otherwiseEmpty().await();
  }

  /** And nothing is held for either when the server is closed. */
  private void assertAnswersByTheLater(LoadedDefinition older, LoadedDefinition later) {
    assertThat(Web.get(port, "/").body()).isEqualTo("later");
    older.charge().release();
    later.charge().release();
    run(() -> servers.close("a")).await();
    assertThat(memory.held()).isZero();
  }

  @Test
  void givenAServer_whenItIsOpenedTwiceAtOnce_thenItListensOnceByTheLaterDefinition() {
    LoadedDefinition older = loaded("older", 1);
    LoadedDefinition later = loaded("later", 2);
    ServerRow row = row("a", port);

    joined(runBeforeAnyListens(() -> List.of(servers.open(row, older), servers.open(row, later))));

    assertAnswersByTheLater(older, later);
  }

  @Test
  void givenAServerThatListens_whenItIsOpenedAgain_thenItAnswersByTheLaterDefinition() {
    LoadedDefinition older = loaded("older", 1);
    LoadedDefinition later = loaded("later", 2);
    ServerRow row = row("a", port);
    joined(run(() -> List.of(servers.open(row, older))));

    joined(run(() -> List.of(servers.open(row, later))));
    joined(run(() -> List.of(servers.open(row, older))));

    assertAnswersByTheLater(older, later);
  }

  @Test
  void givenOnePort_whenTwoServersAreOpenedThereAtOnce_thenOneFails() {
    LoadedDefinition loaded = loaded("x", 1);

    List<Future<Void>> opened =
        runBeforeAnyListens(() ->
            List.of(servers.open(row("a", port), loaded), servers.open(row("b", port), loaded)));
    joined(opened);

    assertThat(opened.stream().filter(Future::failed)).hasSize(1);
    assertThat(run(servers::ids)).containsExactly("a");
    run(servers::closeAll).await();
  }

  @Test
  void givenAServerThatBeginsToListen_whenItIsReplaced_thenItAnswersByTheLaterDefinition() {
    LoadedDefinition older = loaded("older", 1);
    LoadedDefinition later = loaded("later", 2);

    joined(
        runBeforeAnyListens(
            () -> List.of(servers.open(row("a", port), older), servers.replace("a", later))));

    assertAnswersByTheLater(older, later);
  }

  @Test
  void givenAServerThatCannotListen_whenItIsReplacedMeanwhile_thenTheReplacementIsNotInForce()
      throws Exception {
    try (ServerSocket occupied = Web.occupied()) {
      ServerRow row = row("a", occupied.getLocalPort());
      LoadedDefinition loaded = loaded("x", 1);

      List<Future<Void>> begun =
          runBeforeAnyListens(
              () -> List.of(servers.open(row, loaded), servers.replace("a", loaded)));
      joined(begun);

      assertThat(begun.getLast().cause())
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> assertThat(fault.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
  }

  private void endLease() {
    passedNanos.addAndGet(config.lease().toNanos());
  }

  private void renewLease() {
    lease.renewed(lease.now());
  }

  @Test
  void givenALeaseThatEnded_whenItIsRenewedBeforeServersAreClosedForIt_thenTheyListen() {
    LoadedDefinition loaded = loaded("x", 1);
    joined(run(() -> List.of(servers.open(row("a", port), loaded))));
    endLease();
    renewLease();

    run(() -> {
      servers.closeWithoutLease();
      return true;
    });

    assertThat(run(servers::ids)).containsExactly("a");
    assertThat(Web.get(port, "/").body()).isEqualTo("x");
    run(servers::closeAll).await();
  }

  @Test
  void givenAServerThatBeginsToListen_whenTheLeaseEndsAndIsRenewedMeanwhile_thenItListens() {
    LoadedDefinition loaded = loaded("x", 1);

    joined(
        runBeforeAnyListens(() -> {
          Future<Void> opened = servers.open(row("a", port), loaded);
          endLease();
          servers.closeWithoutLease();
          renewLease();
          return List.of(opened);
        }));

    // Whatever was begun for the lease that ended has come to its end by then.
    run(() -> servers.open(row("a", port), loaded)).await();
    assertThat(run(servers::ids)).containsExactly("a");
    assertThat(Web.get(port, "/").body()).isEqualTo("x");
    run(servers::closeAll).await();
  }

  @Test
  void givenAServerThatBeginsToListen_whenTheLeaseEnds_thenItListensNoMore() {
    LoadedDefinition loaded = loaded("x", 1);

    List<Future<Void>> opened =
        runBeforeAnyListens(() -> {
          Future<Void> open = servers.open(row("a", port), loaded);
          endLease();
          servers.closeWithoutLease();
          return List.of(open);
        });
    joined(opened);

    assertThat(opened.getFirst().failed()).isTrue();
    assertThat(run(servers::ids)).isEmpty();
    assertThat(Web.listens(port)).isFalse();
  }

  @Test
  void givenAServerThatBeginsToListen_whenItIsClosed_thenItListensNoMore() {
    LoadedDefinition loaded = loaded("x", 1);

    joined(
        runBeforeAnyListens(
            () -> List.of(servers.open(row("a", port), loaded), servers.close("a"))));

    assertThat(run(servers::ids)).isEmpty();
    loaded.charge().release();
    assertThat(memory.held()).isZero();
  }
}
