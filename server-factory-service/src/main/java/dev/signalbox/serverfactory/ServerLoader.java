package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Loads what servers answer from storage, to listen for them here or to answer anew. Used from one
 * event loop; definitions are read on worker threads.
 */
final class ServerLoader {

  private final Vertx vertx;
  private final ServerStore store;
  private final Definitions definitions;
  private final PageServers servers;

  ServerLoader(Vertx vertx, ServerStore store, Definitions definitions, PageServers servers) {
    this.vertx = vertx;
    this.store = store;
    this.definitions = definitions;
    this.servers = servers;
  }

  /**
   * Listens for a server as storage knows it now; fails with LIMIT_REACHED when too little memory
   * is left for its definition, see {@link DefinitionMemory#isFull}.
   */
  Future<Void> open(ServerRow row) {
    return load(row.serverId()).compose(loaded -> using(loaded, () -> servers.open(row, loaded)));
  }

  /**
   * Whether a failure of {@link #open} says nothing about the server: storage was not to be had.
   */
  static boolean mayLoadLater(Throwable failure) {
    return failure instanceof ServiceException fault && fault.code() != ErrorCode.INVALID_REQUEST;
  }

  /** Has a server that listens here answer as storage says now. */
  Future<Void> refresh(String serverId) {
    return store
        .find(serverId)
        .compose(found -> found.map(this::refresh).orElse(Future.succeededFuture()));
  }

  /**
   * The same for one that was just read. When too little memory is left for both definitions, the
   * server stops listening before the new one is loaded.
   */
  Future<Void> refresh(ServerRow row) {
    if (servers.revision(row.serverId()) >= row.revision()) {
      return Future.succeededFuture();
    }
    return load(row.serverId())
        .compose(
            loaded -> using(loaded, () -> servers.replace(row.serverId(), loaded)),
            failure ->
                DefinitionMemory.isFull(failure)
                    ? servers.close(row.serverId()).compose(_ -> open(row))
                    : Future.failedFuture(failure));
  }

  private static Future<Void> using(LoadedDefinition loaded, Supplier<Future<Void>> work) {
    return work.get().onComplete(_ -> loaded.charge().release());
  }

  private Future<LoadedDefinition> load(String serverId) {
    return store
        .content(serverId)
        .compose(found ->
            // One after the other: some at once could need more memory than the process has.
            vertx.executeBlocking(() -> definitions.compile(present(serverId, found)), true))
        .map(Objects::requireNonNull);
  }

  private static ServerContent present(String serverId, Optional<ServerContent> found) {
    return found.orElseThrow(() ->
        new ServiceException(ErrorCode.NOT_FOUND, "Server " + serverId + " was deleted meanwhile"));
  }
}
