package dev.signalbox.gateway;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** A small real service on the bus. */
public final class FakeService {

  /** Its section of the configuration has no settings. */
  public record NoSettings() {}

  private FakeService() {}

  /** A service that serves what it is told to. */
  public static ServiceDefinition<NoSettings> named(String name, Consumer<ServiceEndpoint> serves) {
    return named(name, serves, context -> {});
  }

  /** The same, handing its context to the test. */
  public static ServiceDefinition<NoSettings> named(
      String name, Consumer<ServiceEndpoint> serves, Consumer<ServiceContext> observer) {
    return new ServiceDefinition<>(
        name,
        name.replace("-", ""),
        NoSettings.class,
        (config, context) -> {
          observer.accept(context);
          return new Verticle(context, serves);
        });
  }

  /** A service with one task. */
  public static ServiceDefinition<NoSettings> task(
      String service, TaskType type, Function<TaskRequest, TaskReply> work) {
    return named(
        service,
        endpoint -> endpoint.task(type, (task, call) -> Future.succeededFuture(work.apply(task))));
  }

  /** A task type. */
  public static TaskType type(String name, String address, String... aliases) {
    return new TaskType(
        name, List.of(aliases), "A task of a test", Map.of("type", "object"), address, 5_000, true);
  }

  private static final class Verticle extends VerticleBase {
    private final ServiceContext service;
    private final Consumer<ServiceEndpoint> serves;
    private ServiceEndpoint endpoint;

    private Verticle(ServiceContext service, Consumer<ServiceEndpoint> serves) {
      this.service = service;
      this.serves = serves;
    }

    @Override
    public Future<?> start() {
      endpoint = service.endpoint(1_000);
      serves.accept(endpoint);
      return endpoint.open();
    }

    @Override
    public Future<?> stop() {
      return endpoint.drain();
    }
  }
}
