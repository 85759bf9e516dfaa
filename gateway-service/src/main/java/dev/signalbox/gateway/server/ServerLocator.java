package dev.signalbox.gateway.server;

import static java.util.Objects.requireNonNull;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ErrorKind;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the owner of a server on demand by the server's id or name. It keeps the list of servers
 * for a second, or until a server is created or deleted; that a server has another owner it learns
 * when the old one cannot be reached. Belongs to one event loop.
 */
public final class ServerLocator {

  /** An owner is replaced within three seconds of its death, and then binds the port. */
  private static final long MOVE_NANOS = Duration.ofSeconds(4).toNanos();

  private static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long PAUSE_MS = 100;

  private final Vertx vertx;
  private final Backend backend;
  private final ServerChanges changes;
  private Map<String, ServerInfo> known = Map.of();
  private long knownVersion = -1;
  private long readNanos;
  private boolean reading;
  private @Nullable Promise<Map<String, ServerInfo>> waiting;

  public ServerLocator(Vertx vertx, Backend backend, ServerChanges changes) {
    this.vertx = vertx;
    this.backend = backend;
    this.changes = changes;
  }

  /** An owner cannot be reached, or is lost: the attempt may be repeated at its successor. */
  static final class OwnerLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OwnerLostException(Throwable cause) {
      super(String.valueOf(cause.getMessage()), cause, false, false);
    }
  }

  /**
   * Attempts something at the owner of a server, and repeats it at the present owner as long as it
   * fails with {@link OwnerLostException}, for four seconds.
   *
   * @return what the attempt gives; NOT_FOUND when there is no such server, UNAVAILABLE when no
   *     owner could be reached
   */
  <T> Future<T> atOwner(String server, Function<ServerInfo, Future<T>> attempt) {
    long deadline = System.nanoTime() + MOVE_NANOS;
    return find(server).compose(attempt).recover(cause -> again(server, attempt, deadline, cause));
  }

  private <T> Future<T> again(
      String server, Function<ServerInfo, Future<T>> attempt, long deadline, Throwable cause) {
    boolean moving =
        cause instanceof OwnerLostException
            // While its only instance starts again, the service cannot say where the server is.
            || (cause instanceof ServiceException fault
                && fault.code().kind() == ErrorKind.UNAVAILABLE
                && knownBefore(server));
    if (!moving) {
      return Future.failedFuture(cause);
    }
    if (System.nanoTime() - deadline > 0) {
      return Future.failedFuture(
          cause instanceof OwnerLostException
              ? new ServiceException(
                  ErrorCode.UNAVAILABLE,
                  ServerFactoryContract.SERVICE + ": the owner of the server cannot be reached")
              : cause);
    }
    return vertx
        .timer(PAUSE_MS, TimeUnit.MILLISECONDS)
        .compose(_ -> findAfresh(server))
        .compose(attempt)
        .recover(next -> again(server, attempt, deadline, next));
  }

  private boolean knownBefore(String server) {
    return known.containsKey(server);
  }

  private Future<ServerInfo> find(String server) {
    boolean current =
        knownVersion == changes.version() && System.nanoTime() - readNanos < KEPT_NANOS;
    ServerInfo found = current ? known.get(server) : null;
    return found == null ? findAfresh(server) : Future.succeededFuture(found);
  }

  private Future<ServerInfo> findAfresh(String server) {
    return read()
        .map(servers -> {
          ServerInfo found = servers.get(server);
          if (found == null) {
            throw new ServiceException(
                ErrorCode.NOT_FOUND, "There is no server with this id or name");
          }
          return found;
        });
  }

  /** All servers there are now. */
  Future<Set<ServerInfo>> all() {
    return read().map(servers -> Set.copyOf(servers.values()));
  }

  /**
   * Reads the list. Callers share a reading that begins after they call: one under way may not know
   * what happened before the call.
   */
  private Future<Map<String, ServerInfo>> read() {
    Promise<Map<String, ServerInfo>> promise = waiting;
    if (promise == null) {
      promise = Promise.promise();
      waiting = promise;
    }
    if (!reading) {
      begin();
    }
    return promise.future();
  }

  private void begin() {
    Promise<Map<String, ServerInfo>> promise = requireNonNull(waiting);
    waiting = null;
    reading = true;
    long version = changes.version();
    backend
        .call(
            ServerFactoryContract.SERVICE,
            ServerFactoryContract.LIST,
            new ListServersRequest(),
            Call.within(ServerFactoryContract.LIST.timeout()))
        .map(reply -> byIdAndName(reply.servers()))
        .onComplete(read -> {
          reading = false;
          if (read.succeeded()) {
            known = read.result();
            knownVersion = version;
            readNanos = System.nanoTime();
          }
          if (waiting != null) {
            begin();
          }
          promise.handle(read);
        });
  }

  private static Map<String, ServerInfo> byIdAndName(List<ServerInfo> servers) {
    Map<String, ServerInfo> found = new HashMap<>();
    for (ServerInfo server : servers) {
      String name = server.name();
      if (name != null) {
        found.put(name, server);
      }
    }
    // No name is shaped like an id.
    servers.forEach(server -> found.put(server.serverId(), server));
    return Map.copyOf(found);
  }
}
