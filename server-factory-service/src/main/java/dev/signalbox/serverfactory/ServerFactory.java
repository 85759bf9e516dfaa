package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersReply;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerReply;
import dev.signalbox.serverfactory.Reservation.Refused;
import dev.signalbox.serverfactory.Reservation.Repeated;
import dev.signalbox.serverfactory.Reservation.Reserved;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Starts, stops and lists servers. Used from one event loop. */
final class ServerFactory {

  /** Ports of the range tried before giving up. */
  private static final int MOST_PORTS = 32;

  /** Owners asked before giving up: a server may be adopted while it is being stopped. */
  private static final int MOST_OWNERS = 3;

  private static final long LOOK_AGAIN_MS = 50;

  private final Vertx vertx;
  private final Reservations reservations;
  private final ServerStore store;
  private final PageServers servers;
  private final Ownership ownership;
  private final Handover handover;
  private final OwnerCalls owners;
  private final String node;
  private final int limit;

  ServerFactory(
      Vertx vertx,
      Reservations reservations,
      ServerStore store,
      PageServers servers,
      Ownership ownership,
      Handover handover,
      OwnerCalls owners,
      String node,
      int limit) {
    this.vertx = vertx;
    this.reservations = reservations;
    this.store = store;
    this.servers = servers;
    this.ownership = ownership;
    this.handover = handover;
    this.owners = owners;
    this.node = node;
    this.limit = limit;
  }

  /** Asks another instance to stop a server that it owns. */
  @FunctionalInterface
  interface Owner {

    /** Fails with UNAVAILABLE, STOPPING or TIMEOUT when that instance has gone. */
    Future<StopServerReply> stop(String node, String serverId);
  }

  /** What one more wish for a server comes to; see {@link Reservations#reserve}. */
  Future<StartServerReply> start(NewServer wish, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    return handover
        .requireStaying()
        .compose(staying -> ownership.requireLease())
        .compose(held -> start(wish, new HashSet<>(), deadline));
  }

  private Future<StartServerReply> start(NewServer wish, Set<Integer> unusable, long deadline) {
    return proceed(reservations.reserve(wish, unusable), wish, unusable, deadline);
  }

  private Future<StartServerReply> proceed(
      Future<Reservation> reserved, NewServer wish, Set<Integer> unusable, long deadline) {
    return reserved.compose(reservation ->
        switch (reservation) {
          case Refused refused -> Future.succeededFuture(refused.reply());
          case Repeated repeated ->
              repeated(repeated, deadline, () -> start(wish, new HashSet<>(), deadline));
          case Reserved(ServerRow row) ->
              ownership.during(row.serverId(), () -> bind(wish, row, unusable, deadline));
        });
  }

  private Future<StartServerReply> bind(
      NewServer wish, ServerRow row, Set<Integer> unusable, long deadline) {
    return servers
        .open(row, wish.loaded())
        .transform(opened -> {
          if (opened.succeeded()) {
            return confirm(row);
          }
          if (!ownership.holdsLease()) {
            // The row is there: the next holder of the lease settles it.
            return Future.failedFuture(
                new ServiceException(
                    ErrorCode.UNAVAILABLE, "the lease of the server ended while it was starting"));
          }
          boolean another =
              wish.port() == 0 && unusable.size() < MOST_PORTS && System.nanoTime() - deadline < 0;
          if (another) {
            unusable.add(row.port());
            return proceed(
                reservations.reserveAnother(row, wish, unusable), wish, unusable, deadline);
          }
          Refused why = notAvailable(row.port());
          return reservations.discard(row, why).map(why.reply());
        });
  }

  private Future<StartServerReply> confirm(ServerRow row) {
    return reservations
        .confirm(row)
        .transform(confirmed -> {
          if (confirmed.succeeded() && confirmed.result()) {
            return Future.succeededFuture((StartServerReply) new Started(row.info(), false));
          }
          // Not durable, so not acknowledged; the next round settles what storage says.
          Throwable why =
              confirmed.failed()
                  ? confirmed.cause()
                  : new ServiceException(
                      ErrorCode.CONFLICT, "the server was stopped while it was starting");
          return servers.close(row.serverId()).transform(closed -> Future.failedFuture(why));
        });
  }

  // The first request under this key may still be binding its port, here or elsewhere; its answer
  // is only true once that has come to an end.
  private Future<StartServerReply> repeated(
      Repeated repeated, long deadline, Supplier<Future<StartServerReply>> again) {
    if (!repeated.pending()) {
      return Future.succeededFuture(repeated.reply());
    }
    return System.nanoTime() - deadline < 0
        ? vertx.timer(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS).compose(_ -> again.get())
        : Future.failedFuture(
            new ServiceException(
                ErrorCode.TIMEOUT,
                "the first request with this idempotency key is still in progress"));
  }

  /**
   * Answers a request whose definition does not fit in the memory left as the first request with
   * its idempotency key was answered.
   *
   * @param why the failure of a request that is the first
   */
  Future<StartServerReply> repeat(StartServerRequest request, Throwable why, Duration patience) {
    return repeat(request, why, System.nanoTime() + patience.toNanos());
  }

  private Future<StartServerReply> repeat(
      StartServerRequest request, Throwable why, long deadline) {
    return reservations
        .repeated(request)
        .compose(found ->
            found.isEmpty()
                ? Future.failedFuture(why)
                : repeated(found.get(), deadline, () -> repeat(request, why, deadline)));
  }

  /**
   * Stops a server wherever it listens.
   *
   * @param server its id or name
   * @return fails with NOT_FOUND when there is none
   */
  Future<StopServerReply> stop(String server, Owner others) {
    return stop(server, others, 1);
  }

  private Future<StopServerReply> stop(String server, Owner others, int attempt) {
    return owners
        .find(server)
        .compose(row -> {
          if (row.owner().equals(node)) {
            return stopOurs(row)
                .recover(failure ->
                    hasMoved(failure)
                        ? removeFrom(row, others, attempt)
                        : Future.failedFuture(failure));
          }
          if (row.owner().isEmpty()) {
            return removeFrom(row, others, attempt);
          }
          return others
              .stop(row.owner(), row.serverId())
              .recover(failure ->
                  OwnerCalls.isGone(failure)
                      ? removeFrom(row, others, attempt)
                      : Future.failedFuture(failure));
        });
  }

  /** Stops a server that this instance owns; UNAVAILABLE when it does not. */
  Future<StopServerReply> stopHere(String server) {
    return owners.here(server, this::stopOurs);
  }

  // A server between two owners listens at both, so it is stopped before or after, not meanwhile.
  private Future<StopServerReply> stopOurs(ServerRow row) {
    return handover
        .settled()
        .compose(settled -> ownership.during(row.serverId(), () -> removeOurs(row)));
  }

  private Future<StopServerReply> removeOurs(ServerRow row) {
    return store
        .remove(row.serverId(), node)
        .compose(removed ->
            removed
                ? servers.close(row.serverId()).map(new StopServerReply(row.info()))
                : isNoMore(row)
                    .compose(gone ->
                        Future.failedFuture(
                            gone ? OwnerCalls.notFound(row.serverId()) : OwnerCalls.moved())));
  }

  // The owner cannot be reached. Should it live after all, its next round finds the row gone and
  // stops listening.
  private Future<StopServerReply> removeFrom(ServerRow row, Owner others, int attempt) {
    return store
        .remove(row.serverId(), row.owner())
        .compose(removed -> removed ? Future.succeededFuture(true) : isNoMore(row))
        .compose(gone -> {
          if (gone) {
            return Future.succeededFuture(new StopServerReply(row.info()));
          }
          return attempt < MOST_OWNERS
              ? stop(row.serverId(), others, attempt + 1)
              : Future.failedFuture(OwnerCalls.moving());
        });
  }

  // An owner whose reply was lost may have done it.
  private Future<Boolean> isNoMore(ServerRow row) {
    return store.find(row.serverId()).map(Optional::isEmpty);
  }

  /** All servers of the cluster, oldest first. */
  Future<ListServersReply> list() {
    return store
        .list()
        .map(rows -> new ListServersReply(rows.stream().map(ServerRow::info).toList(), limit));
  }

  static Refused notAvailable(int port) {
    return new Refused(Reason.PORT_NOT_AVAILABLE, "Port " + port + " is not available");
  }

  private static boolean hasMoved(Throwable failure) {
    return failure instanceof ServiceException fault && fault.code() == ErrorCode.UNAVAILABLE;
  }
}
