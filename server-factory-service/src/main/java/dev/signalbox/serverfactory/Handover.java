package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves servers from an instance that stops to one that goes on. The other one listens first, then
 * becomes the owner, and only then does this one stop listening: a client that tries both hosts
 * always finds one that answers. It finishes the requests under way first, for a second at most,
 * also when the new owner is told meanwhile to stop the server. Used from one event loop.
 */
final class Handover {

  private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

  /** As long as a client may take from one host to the next. */
  private static final long OVERLAP_MS = 200;

  private final Vertx vertx;
  private final ServerStore store;
  private final PageServers servers;
  private final ServerLoader loader;
  private final Ownership ownership;
  private final long overlapMs;
  private final Set<String> offered = new HashSet<>();
  private Future<Void> moving = Future.succeededFuture();
  private boolean begun;

  Handover(
      Vertx vertx,
      ServerStore store,
      PageServers servers,
      ServerLoader loader,
      Ownership ownership) {
    this(vertx, store, servers, loader, ownership, OVERLAP_MS);
  }

  Handover(
      Vertx vertx,
      ServerStore store,
      PageServers servers,
      ServerLoader loader,
      Ownership ownership,
      long overlapMs) {
    this.vertx = vertx;
    this.store = store;
    this.servers = servers;
    this.loader = loader;
    this.ownership = ownership;
    this.overlapMs = overlapMs;
  }

  /** Another instance. */
  @FunctionalInterface
  interface Successor {

    /** Offers servers; which of them it took. */
    Future<Set<String>> offer(Set<String> serverIds);
  }

  /** Fails with STOPPING once this instance gives its servers away: it accepts no new ones. */
  Future<Void> requireStaying() {
    return begun
        ? Future.failedFuture(
            new ServiceException(
                ErrorCode.STOPPING, "server-factory-service is stopping on this host"))
        : Future.succeededFuture();
  }

  /** Completes when no server is between two owners. */
  Future<Void> settled() {
    return moving;
  }

  /**
   * Offers every server that listens here and was not offered before. Never fails: servers that no
   * other instance takes go on listening here until they are closed.
   */
  Future<Void> giveAway(Successor successor) {
    begun = true;
    Set<String> ids = new HashSet<>(servers.ids());
    ids.removeAll(offered);
    if (ids.isEmpty()) {
      return Future.succeededFuture();
    }
    offered.addAll(ids);
    moving =
        ownership
            .during(
                ids,
                () ->
                    successor
                        .offer(ids)
                        .compose(taken -> {
                          LOG.info(
                              "{} of {} servers have another owner now", taken.size(), ids.size());
                          return Future.join(taken.stream().map(servers::finish).toList());
                        }))
            .transform(done -> {
              if (done.failed()) {
                LOG.info(
                    "no other instance took over {} servers: {}",
                    ids.size(),
                    done.cause().getMessage());
              }
              return Future.succeededFuture();
            });
    return moving;
  }

  /**
   * Takes servers over from an instance that listens for them until it has the answer.
   *
   * @param from the node of that instance
   * @return those that listen here now
   */
  Future<Set<String>> accept(String from, Set<String> serverIds) {
    return requireStaying()
        .compose(staying -> ownership.requireLease())
        .compose(held -> store.list())
        .compose(rows -> {
          List<ServerRow> offers =
              rows.stream()
                  .filter(row -> row.owner().equals(from) && serverIds.contains(row.serverId()))
                  .toList();
          Set<String> ids = offers.stream().map(ServerRow::serverId).collect(Collectors.toSet());
          return ownership.during(ids, () -> listen(offers).compose(this::own));
        });
  }

  private Future<List<ServerRow>> listen(List<ServerRow> offers) {
    List<ServerRow> open = new ArrayList<>();
    List<Future<Void>> opening =
        offers.stream().map(row -> loader.open(row).onSuccess(done -> open.add(row))).toList();
    return Future.join(opening)
        .otherwiseEmpty()
        .compose(done -> vertx.timer(overlapMs, TimeUnit.MILLISECONDS))
        .map(open);
  }

  private Future<Set<String>> own(List<ServerRow> open) {
    return store
        .takeOver(open)
        .otherwise(failure -> {
          LOG.warn("cannot take servers over: {}", failure.getMessage());
          return Set.of();
        })
        .compose(taken -> {
          List<Future<Void>> changes =
              open.stream()
                  .map(row ->
                      taken.contains(row.serverId())
                          // Its former owner may have changed it until now.
                          ? loader.refresh(row.serverId())
                          // Stopped or adopted by another meanwhile.
                          : servers.close(row.serverId()))
                  .toList();
          return Future.join(changes).otherwiseEmpty().map(done -> taken);
        });
  }
}
