package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;

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

  /** What a server answers, and which revision of it. */
  private record Loaded(ServerDefinition definition, long revision) {}

  /** Listens for a server as storage knows it now. */
  Future<Void> open(ServerRow row) {
    return load(row.serverId())
        .compose(loaded -> servers.open(row, loaded.definition(), loaded.revision()));
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

  /** The same for one that was just read. */
  Future<Void> refresh(ServerRow row) {
    if (servers.revision(row.serverId()) >= row.revision()) {
      return Future.succeededFuture();
    }
    return load(row.serverId())
        .compose(loaded -> servers.replace(row.serverId(), loaded.definition(), loaded.revision()));
  }

  private Future<Loaded> load(String serverId) {
    return store
        .content(serverId)
        .compose(found -> vertx.executeBlocking(() -> compile(serverId, found), false));
  }

  private Loaded compile(String serverId, Optional<ServerContent> found) {
    ServerContent content =
        found.orElseThrow(() ->
            new ServiceException(
                ErrorCode.NOT_FOUND, "Server " + serverId + " was deleted meanwhile"));
    return new Loaded(definitions.compile(content), content.revision());
  }
}
