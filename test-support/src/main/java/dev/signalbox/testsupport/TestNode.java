package dev.signalbox.testsupport;

import dev.signalbox.contracts.Operation;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.service.ServiceDefinition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A real node in the test's own JVM, local unless the settings say {@code platform.cluster}, on a
 * data directory of its own that is deleted at the end. Closing it fails when one of our classes
 * has blocked an event loop meanwhile.
 */
public final class TestNode implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Node node;
  private final Path data;
  private final boolean ownsData;
  private final EventLoopWatch watch;

  private TestNode(Node node, Path data, boolean ownsData, EventLoopWatch watch) {
    this.node = node;
    this.watch = watch;
    this.data = data;
    this.ownsData = ownsData;
  }

  /** Starts one service. */
  public static TestNode start(ServiceDefinition<?> service, Map<String, String> settings) {
    return start(List.of(service), settings);
  }

  /** Starts services in order; {@code platform.data} among the settings keeps the directory. */
  public static TestNode start(List<ServiceDefinition<?>> services, Map<String, String> settings) {
    try {
      boolean ownsData = !settings.containsKey("platform.data");
      Path data =
          ownsData
              ? Files.createTempDirectory("signalbox-test")
              : Path.of(settings.get("platform.data"));
      Map<String, String> all = new HashMap<>(settings);
      all.put("platform.data", data.toString());
      EventLoopWatch watch = EventLoopWatch.start();
      try {
        Node node = await(Node.start(ConfigSource.of(null, Map.of(), all), services));
        return new TestNode(node, data, ownsData, watch);
      } catch (RuntimeException e) {
        watch.close();
        if (ownsData) {
          FileTree.delete(data);
        }
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls an operation and waits for the reply; throws what the call failed with. */
  public <Q, R> R call(Operation<Q, R> operation, Q request) {
    return await(node.bus().call(operation, request, Call.within(operation.timeout())));
  }

  /** The bus. */
  public Bus bus() {
    return node.bus();
  }

  /** The Vert.x instance. */
  public Vertx vertx() {
    return node.vertx();
  }

  /** The node itself. */
  public Node node() {
    return node;
  }

  /** Where its durable state lies. */
  public Path data() {
    return data;
  }

  /** Waits for a future; throws what it failed with. */
  public static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException("nothing within " + PATIENCE, e);
    }
  }

  @Override
  public void close() {
    await(node.stop());
    watch.close();
    if (ownsData) {
      FileTree.delete(data);
    }
    if (!watch.found().isEmpty()) {
      throw new AssertionError("an event loop was blocked: " + String.join("; ", watch.found()));
    }
  }
}
