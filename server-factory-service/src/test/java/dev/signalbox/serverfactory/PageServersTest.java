package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.serverfactory.serving.ServingResources;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.concurrent.Callable;
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
  private Context context;
  private PageServers servers;

  @BeforeEach
  void start(Vertx vertx) throws Exception {
    context = vertx.getOrCreateContext();
    Lease lease = new Lease(config.lease(), System::nanoTime);
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

  private static ServerRow row(String id, int port) {
    return new ServerRow(id, port, null, "n", "h", 0, true, null, null, 1, false, null, 0);
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

  @Test
  void givenAServer_whenItIsOpenedTwiceAtOnce_thenItListensOnceByTheLaterDefinition() {
    LoadedDefinition older = loaded("older", 1);
    LoadedDefinition later = loaded("later", 2);
    ServerRow row = row("a", port);

    joined(run(() -> List.of(servers.open(row, older), servers.open(row, later))));

    assertThat(Web.get(port, "/").body()).isEqualTo("later");
    older.charge().release();
    later.charge().release();
    run(() -> servers.close("a")).await();
    assertThat(memory.held()).isZero();
  }

  @Test
  void givenOnePort_whenTwoServersAreOpenedThereAtOnce_thenOneFails() {
    LoadedDefinition loaded = loaded("x", 1);

    List<Future<Void>> opened =
        run(() ->
            List.of(servers.open(row("a", port), loaded), servers.open(row("b", port), loaded)));
    joined(opened);

    assertThat(opened.stream().filter(Future::failed)).hasSize(1);
    assertThat(run(servers::ids)).containsExactly("a");
    run(servers::closeAll).await();
  }

  @Test
  void givenAServerThatBeginsToListen_whenItIsClosed_thenItListensNoMore() {
    LoadedDefinition loaded = loaded("x", 1);

    joined(run(() -> List.of(servers.open(row("a", port), loaded), servers.close("a"))));

    assertThat(run(servers::ids)).isEmpty();
    loaded.charge().release();
    assertThat(memory.held()).isZero();
  }
}
