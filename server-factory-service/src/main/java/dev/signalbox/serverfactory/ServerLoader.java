package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Loads what servers answer from storage, to listen for them here or to answer anew. Used from one
 * event loop; definitions are read on worker threads.
 */
final class ServerLoader {

  private final Vertx vertx;
  private final ServerStore store;
  private final ContentReader contents;
  private final Definitions definitions;
  private final PageServers servers;
  private Future<Void> last = Future.succeededFuture();

  ServerLoader(
      Vertx vertx,
      ServerStore store,
      ContentReader contents,
      Definitions definitions,
      PageServers servers) {
    this.vertx = vertx;
    this.store = store;
    this.contents = contents;
    this.definitions = definitions;
    this.servers = servers;
  }

  /**
   * Listens for a server as storage knows it now; fails with LIMIT_REACHED when too little memory
   * is left for its definition, see {@link DefinitionMemory#isFull}, and with {@link
   * UnreadableException} when this version cannot read it.
   */
  Future<Void> open(ServerRow row) {
    return open(row, () -> true);
  }

  /**
   * The same, unless that is not wanted any more when its turn has come: others are loaded before.
   * Fails with CANCELLED then.
   */
  Future<Void> open(ServerRow row, BooleanSupplier wanted) {
    return load(row.serverId(), wanted)
        .compose(loaded -> using(loaded, () -> servers.open(row, loaded)));
  }

  /** This version cannot read the definition of a server, now or later; another one may. */
  static final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long revision;

    private UnreadableException(String reason, long revision) {
      super(Definitions.unreadable(reason), null, false, false);
      this.revision = revision;
    }

    /** The revision of the content that it is about. */
    long revision() {
      return revision;
    }
  }

  /**
   * Whether a failure of {@link #open} says nothing about the server: storage was not to be had.
   */
  static boolean mayLoadLater(Throwable failure) {
    return failure instanceof ServiceException;
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
    return load(row.serverId(), () -> true)
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

  /** One after the other: the texts of all servers could need more memory than the process has. */
  private Future<LoadedDefinition> load(String serverId, BooleanSupplier wanted) {
    Future<LoadedDefinition> mine =
        last.compose(_ ->
            wanted.getAsBoolean()
                ? contents.readInTurn(serverId, found -> compile(serverId, found))
                : Future.failedFuture(
                    new ServiceException(
                        ErrorCode.CANCELLED, "Server " + serverId + " is not opened any more")));
    last = mine.<Void>mapEmpty().otherwiseEmpty();
    return mine;
  }

  private Future<LoadedDefinition> compile(String serverId, Optional<ServerContent> found) {
    return vertx
        .executeBlocking(() -> definitions.compile(present(serverId, found)), true)
        .map(Objects::requireNonNull)
        .recover(failure ->
            Future.failedFuture(
                found.isPresent() && Definitions.isUnreadable(failure)
                    ? new UnreadableException(Definitions.reason(failure), found.get().revision())
                    : failure));
  }

  private static ServerContent present(String serverId, Optional<ServerContent> found) {
    return found.orElseThrow(() ->
        new ServiceException(ErrorCode.NOT_FOUND, "Server " + serverId + " was deleted meanwhile"));
  }
}
