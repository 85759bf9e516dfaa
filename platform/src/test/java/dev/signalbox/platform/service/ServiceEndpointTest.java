package dev.signalbox.platform.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.diagnostic.Diagnostics;
import dev.signalbox.platform.log.LogLevels;
import dev.signalbox.platform.trace.Tracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** What an endpoint counts is zero again when nothing is in flight. */
class ServiceEndpointTest {

  private static final int MAX_IN_FLIGHT = 4;

  /** Where a request goes and what becomes of it. */
  enum Kind {
    SHARED_REPLY,
    SHARED_LATE,
    SHARED_FAULT,
    SHARED_THROW,
    SHARED_NEVER,
    OWN_REPLY,
    OWN_LATE,
    OWN_FAULT,
    OWN_THROW,
    OWN_NEVER
  }

  private static final Map<String, Operation<Empty, Empty>> OPERATIONS =
      Map.of(
          "REPLY", operation("reply"),
          "LATE", operation("late"),
          "FAULT", operation("fault"),
          "THROW", operation("throw"),
          "NEVER", operation("never"));

  private static Operation<Empty, Empty> operation(String verb) {
    return Operation.once("count." + verb, Empty.class, Empty.class, Duration.ofSeconds(20));
  }

  @Property(tries = 25)
  void in_flight_ends_at_zero_after_any_mix_of_serve_and_serveHere(
      @ForAll @Size(max = 60) List<Kind> kinds) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      MeterRegistry metrics = new SimpleMeterRegistry();
      ServiceInstance instance = instance(vertx, metrics);
      ServiceEndpoint endpoint = instance.endpoint(MAX_IN_FLIGHT);
      OPERATIONS.forEach((name, operation) -> {
        endpoint.serve(operation, (_, _) -> answer(vertx, name));
        endpoint.serveHere(operation, (_, _) -> answer(vertx, name));
      });
      await(endpoint.open());
      List<Future<Empty>> answers = new ArrayList<>();

      for (Kind kind : kinds) {
        String[] words = kind.name().split("_");
        Operation<Empty, Empty> operation = OPERATIONS.get(words[1]);
        answers.add(
            instance
                .bus()
                .call(
                    words[0].equals("OWN") ? operation.at(instance.node()) : operation,
                    Empty.EMPTY,
                    Call.within(Duration.ofMillis(100)))
                .otherwise(Empty.EMPTY));
      }
      await(Future.join(answers));

      Awaitility.await()
          .pollInterval(Duration.ofMillis(2))
          .untilAsserted(() -> {
            assertThat(endpoint.inFlight()).isZero();
            assertThat(instance.announcement().load().inFlight()).isZero();
          });
      for (int i = 0; i < 3 * MAX_IN_FLIGHT; i++) {
        await(
            instance
                .bus()
                .call(
                    OPERATIONS.get("REPLY").at(instance.node()),
                    Empty.EMPTY,
                    Call.within(Duration.ofSeconds(5))));
      }
    } finally {
      await(vertx.close());
    }
  }

  private static Future<Empty> answer(Vertx vertx, String name) {
    return switch (name) {
      case "REPLY" -> Future.succeededFuture(Empty.EMPTY);
      case "LATE" -> vertx.timer(1, TimeUnit.MILLISECONDS).map(_ -> Empty.EMPTY);
      case "FAULT" -> Future.failedFuture(new ServiceException(ErrorCode.CONFLICT, "taken"));
      case "NEVER" -> Promise.<Empty>promise().future();
      default -> throw new IllegalStateException("a defect");
    };
  }

  private static ServiceInstance instance(Vertx vertx, MeterRegistry metrics) {
    return new ServiceInstance(
        "count-service",
        "here-1",
        "1",
        new ServiceInstance.ProcessContext(
            vertx,
            Bus.on(vertx),
            "here",
            "localhost",
            Path.of("."),
            false,
            alone(vertx),
            metrics,
            Map::of,
            new Diagnostics("here", "localhost", "1"),
            new LogLevels("here", "localhost"),
            Configuration.bind(ConfigSource.of(null, Map.of(), Map.of()), Map.of(), true),
            Duration.ofSeconds(1),
            Tracing.OFF,
            (_, _) -> {}));
  }

  private static MemberConnections alone(Vertx vertx) {
    return new MemberConnections() {
      @Override
      public @Nullable String host() {
        return null;
      }

      @Override
      public NetServer server(NetServerOptions options) {
        return vertx.createNetServer(options);
      }

      @Override
      public NetClient client(NetClientOptions options) {
        return vertx.createNetClient(options);
      }
    };
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
