package dev.signalbox.cli.command;

import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.node.TemporaryDirectory;
import dev.signalbox.platform.service.ServiceDefinition;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services without durable state in this process, with no door and no cluster. The user of the
 * command sends requests from their own machine, so the guard allows private targets.
 */
public final class LocalSystem implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LocalSystem.class);

  private static final long BOUND_S = 30;

  private final Node node;

  private LocalSystem(Node node) {
    this.node = node;
  }

  /**
   * Starts services.
   *
   * @param threads event loops; 0 for as many as cores
   * @throws StartException when settings are invalid or a service does not start
   */
  public static LocalSystem start(
      List<ServiceDefinition<?>> services, Map<String, String> given, int threads)
      throws InterruptedException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("guard.allow-private", "true");
    settings.put("platform.threads", Integer.toString(threads));
    settings.put("platform.drain-time", "0s");
    settings.putAll(given);
    settings.put("platform.data", data().toString());
    settings.put("platform.cluster", "false");
    try {
      Node node = await(Node.start(ConfigSource.of(null, Map.of(), settings), services));
      TemporaryDirectory.ofProcess().keepTouching(node.vertx());
      return new LocalSystem(node);
    } catch (ExecutionException e) {
      throw refusal(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new StartException("The services did not start within " + BOUND_S + " s", e);
    }
  }

  private static StartException refusal(Throwable cause) {
    return switch (cause) {
      case StartException known -> known;
      case ConfigException settings ->
          new StartException(
              "The configuration has errors:\n  "
                  + String.valueOf(settings.getMessage()).replace("\n", "\n  "),
              settings);
      default -> new StartException("The services failed to start: " + cause, cause);
    };
  }

  /** The bus the services serve on. */
  public Bus bus() {
    return node.bus();
  }

  private static Path data() {
    try {
      return Files.createTempDirectory(TemporaryDirectory.ofProcess().path(), "data");
    } catch (IOException e) {
      throw new StartException("Cannot create a temporary directory: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      await(node.stop());
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the services did not stop cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(BOUND_S, TimeUnit.SECONDS);
  }
}
