package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.serverfactory.ServerLoader.UnreadableException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what listens here equal to what storage says is ours: renews the lease, adopts servers that
 * lost their owner, and closes servers that others adopted while this instance was unreachable.
 * When the lease ends before it is renewed, all servers stop listening; those that are still ours
 * listen again after the next renewal. Used from one event loop.
 */
final class Ownership {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  /** Rounds during which a server that could not listen here is left to other instances. */
  private static final int ROUNDS_SPARED = 5;

  private final Vertx vertx;
  private final Reservations reservations;
  private final ServerStore store;
  private final PageServers servers;
  private final ServerLoader loader;
  private final LeaseKeeper lease;
  private final Consumer<ServerRow> onExpired;
  private final long heartbeatMs;

  // By server, how much is being done with it.
  private final Map<String, Integer> busy = new HashMap<>();
  // Those that were busy at any time since the round began.
  private final Set<String> touched = new HashSet<>();
  private final Map<String, Integer> spared = new HashMap<>();
  // Those whose definition did not fit in the memory left, once that is logged.
  private final Set<String> unfit = new HashSet<>();
  // By server, why its definition cannot be read: left to others until it is another revision.
  private final Map<String, UnreadableException> unreadable = new HashMap<>();
  private Future<Void> round = Future.succeededFuture();
  private @Nullable Settled settled;
  private long firstEndMs = ServerTable.NEVER;
  private long timer = -1;
  private boolean failing;
  private boolean stopped;

  /** A version of storage, and what listened here once everything in it was done. */
  private record Settled(long version, Set<String> listening) {}

  /**
   * Without a lease yet.
   *
   * @param onExpired gets each server that this instance deleted because its time was over, once it
   *     no longer listens here
   */
  Ownership(
      Vertx vertx,
      Reservations reservations,
      ServerStore store,
      PageServers servers,
      ServerLoader loader,
      Lease lease,
      ServerFactoryConfig config,
      Consumer<ServerRow> onExpired) {
    this.vertx = vertx;
    this.reservations = reservations;
    this.store = store;
    this.servers = servers;
    this.loader = loader;
    this.onExpired = onExpired;
    this.heartbeatMs = config.heartbeat().toMillis();
    this.lease = new LeaseKeeper(vertx, store, servers, lease, heartbeatMs);
  }

  /** Whether servers may listen here. */
  boolean holdsLease() {
    return lease.held();
  }

  /**
   * Completes when servers may listen here.
   *
   * @return fails with UNAVAILABLE when the lease could not be renewed in time
   */
  Future<Void> requireLease() {
    return lease.held()
        ? Future.succeededFuture()
        : renew()
            .compose(done ->
                lease.held()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new ServiceException(
                            ErrorCode.UNAVAILABLE,
                            "the lease of this instance of server-factory-service has ended")));
  }

  /** First round, then one every heartbeat. */
  Future<Void> begin() {
    return renew().onSuccess(done -> next());
  }

  /**
   * Starts, stops or changes a server here while rounds leave it alone: what a round read about it
   * may be from before, and what it would do might meet what is being done.
   */
  <T> Future<T> during(String serverId, Supplier<Future<T>> work) {
    return during(Set.of(serverId), work);
  }

  /** The same for several servers. */
  <T> Future<T> during(Set<String> serverIds, Supplier<Future<T>> work) {
    serverIds.forEach(id -> busy.merge(id, 1, Integer::sum));
    touched.addAll(serverIds);
    return work.get()
        .onComplete(done -> {
          serverIds.forEach(id -> busy.computeIfPresent(id, (_, n) -> n == 1 ? null : n - 1));
          touched.addAll(serverIds);
        });
  }

  private boolean mayChange(String serverId) {
    return !busy.containsKey(serverId) && !touched.contains(serverId);
  }

  /** No more rounds; completes when the last has ended. */
  Future<Void> end() {
    stopped = true;
    vertx.cancelTimer(timer);
    lease.end();
    return round.otherwiseEmpty();
  }

  private void next() {
    if (stopped) {
      return;
    }
    // An expired lease or server is noticed when it ends, not up to a heartbeat later.
    timer =
        vertx.setTimer(
            untilNextRoundMs(firstEndMs, heartbeatMs),
            fired ->
                renew()
                    .onComplete(done -> {
                      if (done.failed()) {
                        firstEndMs = ServerTable.NEVER;
                      }
                      report(done.cause());
                      next();
                    }));
  }

  /**
   * Milliseconds from one round to the next: a heartbeat, or less when something ends before.
   *
   * @param firstEndMs until then; 0 or less when it has ended, {@link ServerTable#NEVER} for
   *     nothing
   */
  static long untilNextRoundMs(long firstEndMs, long heartbeatMs) {
    return Math.clamp(firstEndMs, 0, heartbeatMs - 1) + 1; // One more to be after the end.
  }

  /** Once for each outage, not for each renewal. */
  private void report(@Nullable Throwable failure) {
    if (failure != null && !failing) {
      LOG.warn("Cannot renew the lease: {}", failure.getMessage());
    } else if (failure == null && failing) {
      LOG.info("The lease is renewed again");
    }
    failing = failure != null;
  }

  /** One round; joins the one under way, if there is one. */
  Future<Void> renew() {
    if (!round.isComplete()) {
      return round;
    }
    touched.clear();
    touched.addAll(busy.keySet());
    spared.replaceAll((id, rounds) -> rounds - 1);
    spared.values().removeIf(rounds -> rounds <= 0);
    Set<String> before = servers.ids();
    long requestedAt = lease.now();
    round =
        store
            .renew(known(before), left())
            .compose(renewal -> {
              lease.renewed(requestedAt);
              firstEndMs = renewal.firstEndMs();
              return renewal
                  .found()
                  .map(found -> lease.during(settle(renewal.version(), found, before)))
                  .orElse(Future.succeededFuture())
                  .onComplete(settled -> renewal.expired().forEach(this::expired));
            });
    return round;
  }

  private Predicate<ServerRow> left() {
    Set<String> now = Set.copyOf(spared.keySet());
    Map<String, UnreadableException> always = Map.copyOf(unreadable);
    return row -> now.contains(row.serverId()) || isSame(always.get(row.serverId()), row);
  }

  private static boolean isSame(@Nullable UnreadableException why, ServerRow row) {
    return why != null && why.revision() == row.revision();
  }

  private long known(Set<String> listening) {
    return settled != null && spared.isEmpty() && settled.listening().equals(listening)
        ? settled.version()
        : ServerStore.UNKNOWN;
  }

  private void expired(ServerRow server) {
    LOG.info("The time of server {} on port {} is over", server.serverId(), server.port());
    onExpired.accept(server);
  }

  private Future<Void> settle(long version, ServerStore.Found found, Set<String> before) {
    settled = null;
    forgetAllBut(found.ids());
    List<ServerRow> ours = found.ours();
    Set<String> owned = ours.stream().map(ServerRow::serverId).collect(Collectors.toSet());
    unfit.removeIf(id -> !owned.contains(id) && !spared.containsKey(id));
    List<Future<Void>> changes = new ArrayList<>();
    for (String id : before) {
      if (!owned.contains(id) && mayChange(id)) {
        LOG.info("Server {} has another owner now, or none", id);
        changes.add(servers.close(id));
      }
    }
    Set<String> listening = servers.ids();
    for (ServerRow row : ours) {
      if (mayChange(row.serverId()) && !stopped && lease.held()) {
        changes.add(listening.contains(row.serverId()) ? refresh(row) : adopt(row));
      }
    }
    changes.forEach(change -> change.onComplete(_ -> lease.progressed()));
    return Future.join(changes)
        .<Void>mapEmpty()
        .onComplete(done -> {
          if (done.succeeded()
              && touched.isEmpty()
              && spared.isEmpty()
              && servers.ids().equals(owned)) {
            settled = new Settled(version, owned);
          }
        })
        .otherwiseEmpty();
  }

  /** What is known of servers that are deleted is of no use, here or wherever they were. */
  private void forgetAllBut(Set<String> existing) {
    unreadable.keySet().retainAll(existing);
    spared.keySet().retainAll(existing);
    unfit.retainAll(existing);
  }

  /** Servers of which something is remembered although they do not listen here. */
  Set<String> remembered() {
    return Stream.of(unreadable.keySet(), spared.keySet(), unfit)
        .flatMap(Set::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  private Future<Void> refresh(ServerRow row) {
    return loader
        .refresh(row)
        .recover(failure -> {
          if (failure instanceof UnreadableException why && isNews(row, why)) {
            LOG.warn("{} goes on as before: {}", shown(row), why.getMessage());
          }
          return Future.failedFuture(failure);
        });
  }

  private Future<Void> adopt(ServerRow row) {
    return loader
        .open(row, () -> !stopped && lease.held())
        .compose(
            open -> opened(row),
            failure -> {
              if (DefinitionMemory.isFull(failure)) {
                return leave(row, failure);
              }
              if (!lease.held() || ServerLoader.mayLoadLater(failure)) {
                return Future.succeededFuture();
              }
              if (row.bound() && failure instanceof UnreadableException why) {
                if (isNews(row, why)) {
                  LOG.warn("{} does not listen: {}", shown(row), why.getMessage());
                }
                return store.release(row.serverId());
              }
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

  private boolean isNews(ServerRow row, UnreadableException why) {
    UnreadableException before = unreadable.put(row.serverId(), why);
    return before == null || before.revision() != why.revision();
  }

  private static String shown(ServerRow row) {
    String name = row.name() == null ? row.serverId() : row.name() + " (" + row.serverId() + ")";
    return "Server " + name + " on port " + row.port();
  }

  /** Why nobody listens for a server, as far as that is its definition; empty when it is not. */
  Optional<String> definitionError(ServerRow row) {
    UnreadableException why = unreadable.get(row.serverId());
    return row.owner().isEmpty() && why != null && isSame(why, row)
        ? Optional.of(String.valueOf(why.getMessage()))
        : Optional.empty();
  }

  /**
   * Owns a server without an owner, whose definition cannot be read, during work that changes it.
   * Afterwards it listens here if it can; if the work fails it has no owner again.
   */
  <T> Future<T> mending(ServerRow row, Supplier<Future<T>> work) {
    String id = row.serverId();
    return requireLease()
        .compose(_ ->
            during(
                id,
                () ->
                    store
                        .takeOver(List.of(row))
                        .compose(taken ->
                            taken.isEmpty()
                                ? Future.failedFuture(OwnerCalls.moved())
                                : work.get().transform(done -> mended(id, done)))));
  }

  private <T> Future<T> mended(String id, AsyncResult<T> done) {
    Future<Void> settling =
        done.failed()
            ? store.release(id)
            : store
                .find(id)
                .compose(found -> found.map(this::adopt).orElse(Future.succeededFuture()));
    return settling.transform(_ ->
        done.failed() ? Future.failedFuture(done.cause()) : Future.succeededFuture(done.result()));
  }

  private Future<Void> opened(ServerRow row) {
    String id = row.serverId();
    if (stopped) {
      return servers.close(id);
    }
    if (mayChange(id)) {
      return keep(row);
    }
    // It was stopped, or its routes were replaced, while it was being loaded and opened.
    return store
        .find(id)
        .compose(found ->
            found
                .filter(now -> now.owner().equals(row.owner()))
                .map(this::keep)
                .orElseGet(() -> servers.close(id)));
  }

  private Future<Void> keep(ServerRow row) {
    unfit.remove(row.serverId());
    unreadable.remove(row.serverId());
    LOG.info("Server {} listens on port {} here", row.serverId(), row.port());
    Future<?> confirmed = row.bound() ? Future.succeededFuture() : reservations.confirm(row);
    return confirmed.compose(_ -> loader.refresh(row));
  }

  /** Leaves a server to other instances, and tries again later; logged the first time alone. */
  private Future<Void> leave(ServerRow row, Throwable why) {
    if (unfit.add(row.serverId())) {
      LOG.warn(
          "Server {} has no owner until its definition fits in memory: {}",
          row.serverId(),
          why.getMessage());
    }
    spared.put(row.serverId(), ROUNDS_SPARED);
    return store.release(row.serverId());
  }
}
