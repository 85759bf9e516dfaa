package dev.signalbox.serverfactory;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what listens here equal to what storage says is ours: renews the lease, adopts servers that
 * lost their owner, and lets go of servers that others adopted while this instance was not heard
 * of. Used from one event loop.
 */
final class Ownership {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  /** Rounds during which a server that could not listen here is left to other instances. */
  private static final int ROUNDS_SPARED = 5;

  private final Vertx vertx;
  private final Reservations reservations;
  private final ServerStore store;
  private final PageServers servers;
  private final ServerFactoryConfig config;

  private final Set<String> busy = new HashSet<>();
  // Those that were busy at any time since the round began.
  private final Set<String> touched = new HashSet<>();
  private final Map<String, Integer> spared = new HashMap<>();
  private Future<Void> round = Future.succeededFuture();
  private long timer = -1;
  private boolean stopped;

  Ownership(
      Vertx vertx,
      Reservations reservations,
      ServerStore store,
      PageServers servers,
      ServerFactoryConfig config) {
    this.vertx = vertx;
    this.reservations = reservations;
    this.store = store;
    this.servers = servers;
    this.config = config;
  }

  /** First round, then one every heartbeat. */
  Future<Void> begin() {
    return renew().onSuccess(done -> next());
  }

  /**
   * Starts or stops a server here while rounds leave it alone: what a round read about it may be
   * from before, and what it would do might meet what is being done.
   */
  <T> Future<T> during(String serverId, Supplier<Future<T>> work) {
    busy.add(serverId);
    touched.add(serverId);
    return work.get()
        .onComplete(done -> {
          busy.remove(serverId);
          touched.add(serverId);
        });
  }

  private boolean mayChange(String serverId) {
    return !busy.contains(serverId) && !touched.contains(serverId);
  }

  /** No more rounds; completes when the last has ended. */
  Future<Void> end() {
    stopped = true;
    vertx.cancelTimer(timer);
    return round.otherwiseEmpty();
  }

  private void next() {
    if (stopped) {
      return;
    }
    timer =
        vertx.setTimer(
            config.heartbeat().toMillis(),
            fired ->
                renew()
                    .onComplete(done -> {
                      if (done.failed()) {
                        LOG.warn("The lease could not be renewed: {}", done.cause().getMessage());
                      }
                      next();
                    }));
  }

  Future<Void> renew() {
    touched.clear();
    spared.replaceAll((id, rounds) -> rounds - 1);
    spared.values().removeIf(rounds -> rounds <= 0);
    Set<String> before = servers.ids();
    round = store.renew(spared.keySet()).compose(ours -> settle(ours, before));
    return round;
  }

  private Future<Void> settle(List<ServerRow> ours, Set<String> before) {
    Set<String> owned = ours.stream().map(ServerRow::serverId).collect(Collectors.toSet());
    List<Future<Void>> changes = new ArrayList<>();
    for (String id : before) {
      if (!owned.contains(id) && mayChange(id)) {
        LOG.info("Server {} has another owner now, or none", id);
        changes.add(servers.close(id));
      }
    }
    for (ServerRow row : ours) {
      if (!before.contains(row.serverId()) && mayChange(row.serverId()) && !stopped) {
        changes.add(adopt(row));
      }
    }
    return Future.join(changes).<Void>mapEmpty().otherwiseEmpty();
  }

  private Future<Void> adopt(ServerRow row) {
    return servers
        .open(row)
        .compose(
            open -> {
              if (!mayChange(row.serverId()) || stopped) {
                // Stopped while the port was being bound.
                return servers.close(row.serverId());
              }
              LOG.info("Adopted server {} on port {}", row.serverId(), row.port());
              return row.bound() ? Future.succeededFuture() : reservations.confirm(row).mapEmpty();
            },
            failure -> {
              LOG.warn(
                  "Server {} cannot listen on port {} here: {}",
                  row.serverId(),
                  row.port(),
                  failure.getMessage());
              if (!row.bound()) {
                return reservations.discard(row, ServerFactory.notAvailable(row.port()));
              }
              spared.put(row.serverId(), ROUNDS_SPARED);
              return store.release(row.serverId());
            });
  }
}
