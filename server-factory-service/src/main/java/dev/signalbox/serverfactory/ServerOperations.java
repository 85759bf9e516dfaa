package dev.signalbox.serverfactory;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.DescribeServerReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.serverfactory.serving.OnDemandServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads what clients want, and describes servers. All but {@link #reading} and {@link #describe}
 * are for servers of this instance: they fail with UNAVAILABLE while the server does not listen
 * here. Used from one event loop.
 */
final class ServerOperations {

  private static final int MOST_REQUESTS = 1_000;
  private static final int MOST_TRIED = 100;

  private final Vertx vertx;
  private final ContentReader contents;
  private final Definitions definitions;
  private final OwnerCalls owners;
  private final RouteChanges changes;
  private final PageServers servers;
  private final Ownership ownership;
  private final TextMemory texts;

  /** By server, what came of reading its definition; of the last few. */
  private final Map<String, Tried> tried =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tried> eldest) {
          return size() > MOST_TRIED;
        }
      };

  /** Why a revision of a definition cannot be read; empty when it can. */
  private record Tried(long revision, Optional<String> error) {}

  /**
   * Operations.
   *
   * @param texts memory of definitions that come from clients
   */
  ServerOperations(
      Vertx vertx,
      ContentReader contents,
      Definitions definitions,
      OwnerCalls owners,
      RouteChanges changes,
      PageServers servers,
      Ownership ownership,
      TextMemory texts) {
    this.vertx = vertx;
    this.contents = contents;
    this.definitions = definitions;
    this.owners = owners;
    this.changes = changes;
    this.servers = servers;
    this.ownership = ownership;
    this.texts = texts;
  }

  /**
   * Reads the wish for a server and does something with it; a server that was made of it then keeps
   * what its definition is charged for.
   *
   * @return fails with INVALID_REQUEST and the problems of all fields, with LIMIT_REACHED when too
   *     little memory is left for the definition, or with OVERLOADED when too many are being read
   */
  <T> Future<T> reading(StartServerRequest request, Function<NewServer, Future<T>> work) {
    String definition = request.definition();
    long characters =
        request.responseData().length() + (definition == null ? 0L : definition.length());
    return texts.holding(characters, () -> read(request, work));
  }

  private <T> Future<T> read(StartServerRequest request, Function<NewServer, Future<T>> work) {
    return vertx
        // One after the other: some at once could need more memory than the process has.
        .executeBlocking(() -> definitions.read(request), true)
        .map(Objects::requireNonNull)
        .compose(wish ->
            Future.succeededFuture(wish)
                .compose(work)
                .onComplete(_ -> wish.loaded().charge().release()));
  }

  /**
   * A server as storage has it; NOT_FOUND when there is none of that id or name, OVERLOADED when
   * too many definitions are being read.
   */
  Future<DescribeServerReply> describe(String server) {
    return owners
        .find(server)
        .compose(row -> contents.read(row.serverId(), found -> describe(row, found)));
  }

  private Future<DescribeServerReply> describe(ServerRow row, Optional<ServerContent> found) {
    if (found.isEmpty()) {
      return Future.failedFuture(OwnerCalls.notFound(row.serverId()));
    }
    ServerContent content = found.get();
    return definitionError(row, content)
        .compose(error ->
            vertx
                .executeBlocking(
                    () ->
                        new DescribeServerReply(
                            row.info(),
                            definitions.shown(content),
                            content.notes(),
                            error.orElse(null)),
                    false)
                .map(Objects::requireNonNull));
  }

  /**
   * Why nobody listens for a server, as far as that is its definition. One that no instance has
   * tried here is tried once: after a start it may not have had its turn yet.
   */
  private Future<Optional<String>> definitionError(ServerRow row, ServerContent content) {
    if (!row.owner().isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    Optional<String> known =
        row.revision() == content.revision() ? ownership.definitionError(row) : Optional.empty();
    if (known.isPresent()) {
      return Future.succeededFuture(known);
    }
    Tried before = tried.get(row.serverId());
    if (before != null && before.revision() == content.revision()) {
      return Future.succeededFuture(before.error());
    }
    return vertx
        // One after the other, as all definitions are compiled.
        .executeBlocking(() -> definitions.error(content), true)
        .onSuccess(error ->
            tried.put(row.serverId(), new Tried(content.revision(), Objects.requireNonNull(error))))
        .map(Objects::requireNonNull)
        .recover(failure ->
            failure instanceof ServiceException fault
                ? Future.succeededFuture(Optional.of(String.valueOf(fault.getMessage())))
                : Future.failedFuture(failure));
  }

  /**
   * Replaces all routes, in storage and then here. A server whose definition could not be read
   * listens here then.
   */
  Future<DescribeServerReply> replaceRoutes(ServerRow row, String routes) {
    Supplier<Future<Void>> replacing =
        () -> texts.holding(routes.length(), () -> changes.replace(row.serverId(), routes));
    // The routes are in force by then: what they are is told, even if that has to wait for memory.
    return (ownership.definitionError(row).isPresent()
            ? ownership.mending(row, replacing)
            : replacing.get())
        .compose(_ -> owners.find(row.serverId()))
        .compose(now -> contents.readInTurn(now.serverId(), found -> describe(now, found)));
  }

  /** Requests that a server received. */
  Future<ListServerRequestsReply> listRequests(ServerRow row, ListServerRequestsRequest request) {
    if (request.limit() < 1 || request.limit() > MOST_REQUESTS) {
      return Future.failedFuture(
          ServiceException.invalid("/limit", "must be between 1 and " + MOST_REQUESTS));
    }
    return running(row)
        .compose(server -> server.requests(request.after(), request.limit(), request.filter()));
  }

  /** How many of the requests that a server received are meant. */
  Future<CountServerRequestsReply> countRequests(ServerRow row, ServerRequestFilter filter) {
    return running(row).compose(server -> server.count(filter));
  }

  /** Empties the journal of a server. */
  Future<Empty> clearRequests(ServerRow row) {
    return running(row).compose(OnDemandServer::clearRequests).map(Empty.EMPTY);
  }

  /** Counters of a server. */
  Future<ServerStatsReply> stats(ServerRow row) {
    return running(row).compose(OnDemandServer::stats);
  }

  /** Puts sequences and scenarios of a server back to their start. */
  Future<Empty> resetScenarios(ServerRow row) {
    return running(row).compose(OnDemandServer::resetScenarios).map(Empty.EMPTY);
  }

  private Future<OnDemandServer> running(ServerRow row) {
    return servers
        .find(row.serverId())
        .map(Future::succeededFuture)
        .orElseGet(() ->
            Future.failedFuture(
                ownership
                    .definitionError(row)
                    .map(why -> new ServiceException(ErrorCode.CONFLICT, "Nobody listens: " + why))
                    .orElseGet(OwnerCalls::moved)));
  }
}
