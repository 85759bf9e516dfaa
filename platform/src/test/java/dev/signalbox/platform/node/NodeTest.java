package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Setting;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeTest {

  public record EchoConfig(@Setting(value = "2", doc = "limit") int maxInFlight) {}

  private static final Operation<Empty, Empty> ECHO =
      Operation.once("echo.say", Empty.class, Empty.class, Duration.ofSeconds(5));

  @TempDir private Path data;

  /** Answers when told to. */
  private static final class EchoVerticle extends VerticleBase {
    private final ServiceEndpoint endpoint;
    private final LinkedBlockingQueue<Promise<Empty>> waiting;

    EchoVerticle(
        EchoConfig config, ServiceContext context, LinkedBlockingQueue<Promise<Empty>> waiting) {
      this.waiting = waiting;
      this.endpoint = context.endpoint(config.maxInFlight());
    }

    @Override
    public Future<?> start() {
      return endpoint
          .serve(
              ECHO,
              (request, call) -> {
                Promise<Empty> promise = Promise.promise();
                waiting.add(promise);
                return promise.future();
              })
          .open();
    }

    @Override
    public Future<?> stop() {
      return endpoint.drain();
    }
  }

  private final LinkedBlockingQueue<Promise<Empty>> waiting = new LinkedBlockingQueue<>();

  private ServiceDefinition<EchoConfig> echo() {
    return new ServiceDefinition<>(
        "echo-service",
        "echo",
        EchoConfig.class,
        (config, context) -> new EchoVerticle(config, context, waiting));
  }

  @Test
  void requestsBeyondTheLimitAreRefusedAtOnce() throws Exception {
    Node node = start(Map.of());
    Future<Empty> first = call(node);
    Future<Empty> second = call(node);
    Promise<Empty> oldest = waiting.poll(5, TimeUnit.SECONDS);
    Promise<Empty> next = waiting.poll(5, TimeUnit.SECONDS);

    assertThatThrownBy(() -> get(call(node)))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));

    oldest.complete(Empty.EMPTY);
    next.complete(Empty.EMPTY);
    assertThat(get(first)).isEqualTo(Empty.EMPTY);
    assertThat(get(second)).isEqualTo(Empty.EMPTY);
    get(node.stop());
  }

  @Test
  void aStoppingServiceFinishesTheWorkInFlight() throws Exception {
    Node node = start(Map.of());
    // Listened to from the start: when Vert.x has closed, its futures take no more listeners.
    CompletableFuture<Empty> underWay = call(node).toCompletionStage().toCompletableFuture();
    Promise<Empty> work = waiting.poll(5, TimeUnit.SECONDS);

    Future<Void> stopped = node.stop();
    await().until(() -> node.health().states().get("echo-service").equals("draining"));
    work.complete(Empty.EMPTY);

    assertThat(underWay.get(20, TimeUnit.SECONDS)).isEqualTo(Empty.EMPTY);
    get(stopped);
    assertThat(node.health().states()).containsEntry("echo-service", "stopped");
  }

  @Test
  void workThatNeverEndsDoesNotKeepTheNodeFromStopping() throws Exception {
    Node node = start(Map.of("platform.drain-time", "100ms"));
    call(node);
    waiting.poll(5, TimeUnit.SECONDS);

    get(node.stop());

    assertThat(node.health().ready()).isFalse();
  }

  @Test
  void aSecondNodeOnTheSameDataDirectoryIsRefused() throws Exception {
    Node first = start(Map.of());

    assertThatThrownBy(() -> start(Map.of()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("Another Signalbox is running on the data directory");

    get(first.stop());
    get(start(Map.of()).stop());
  }

  @Test
  void anInstanceAnnouncesItselfWhenAsked() throws Exception {
    Node node = start(Map.of());
    LinkedBlockingQueue<Announcement> heard = new LinkedBlockingQueue<>();
    get(node.bus().subscribe(Announcement.EVENT, heard::add));

    node.bus().publish(Announcement.WANTED, Empty.EMPTY);

    Announcement announcement = heard.poll(5, TimeUnit.SECONDS);
    assertThat(announcement.service()).isEqualTo("echo-service");
    assertThat(announcement.operations()).containsExactly("echo.say");
    assertThat(announcement.ready()).isTrue();
    get(node.stop());
  }

  @Test
  void givenNoRequestsYetWhenAnInstanceAnnouncesItselfThenItsPercentilesAreNull() throws Exception {
    Node node = start(Map.of());
    LinkedBlockingQueue<Announcement> announcements = new LinkedBlockingQueue<>();
    get(node.bus().subscribe(Announcement.EVENT, announcements::add));

    node.bus().publish(Announcement.WANTED, Empty.EMPTY);

    Announcement.Load load = announcements.poll(5, TimeUnit.SECONDS).load();
    assertThat(load.p50Ms()).isNull();
    assertThat(load.p99Ms()).isNull();
    get(node.stop());
  }

  @Test
  void aServiceThatCannotStartLeavesNothingRunning() throws Exception {
    ServiceDefinition<EchoConfig> broken =
        new ServiceDefinition<>(
            "broken-service",
            "broken",
            EchoConfig.class,
            (config, context) ->
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    return Future.failedFuture(new StartException("no luck"));
                  }
                });

    assertThatThrownBy(() -> get(Node.start(source(Map.of()), List.of(echo(), broken))))
        .isInstanceOf(StartException.class)
        .hasMessage("no luck");

    get(start(Map.of()).stop());
  }

  @Test
  void aClusterThatNeverConfirmsDoesNotKeepAStoppedServiceFromEnding() throws Exception {
    CompletableFuture<Void> putAway = new CompletableFuture<>();
    ServiceDefinition<EchoConfig> listening =
        new ServiceDefinition<>(
            "listening-service",
            "listening",
            EchoConfig.class,
            (config, context) ->
                new VerticleBase() {
                  @Override
                  public Future<?> start() {
                    // As a listener does whose end the other members never acknowledge.
                    ((ContextInternal) super.context).addCloseHook(confirmed -> {});
                    return Future.succeededFuture();
                  }

                  @Override
                  public Future<?> stop() {
                    putAway.complete(null);
                    return Future.succeededFuture();
                  }
                });
    Node node = get(Node.start(source(Map.of()), List.of(listening)));

    get(node.stop());

    assertThat(putAway).isCompleted();
    assertThat(node.health().states()).containsEntry("listening-service", "stopped");
    get(start(Map.of()).stop());
  }

  private ConfigSource source(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("platform.data", data.toString());
    return ConfigSource.of(null, Map.of(), all);
  }

  private Node start(Map<String, String> settings) throws Exception {
    return get(Node.start(source(settings), List.of(echo())));
  }

  private static Future<Empty> call(Node node) {
    return node.bus().call(ECHO, Empty.EMPTY, Call.within(Duration.ofSeconds(5)));
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
