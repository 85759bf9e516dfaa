package dev.signalbox.serverfactory;

import dev.signalbox.serverfactory.RouteEdits.Changed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the routes of servers that this instance owns: first in storage, then where they listen.
 * Changes of one server are made one after the other. Used from one event loop.
 */
final class RouteChanges {

  private static final Logger LOG = LoggerFactory.getLogger(RouteChanges.class);

  /** More often only another owner can have changed it. */
  private static final int MOST_TRIES = 3;

  /** Recorded routes of one server that wait to be stored; further ones are not recorded. */
  private static final int MOST_WAITING = 100;

  private static final long MOST_WAITING_BYTES = 16L * 1_024 * 1_024;

  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final ServerStore store;
  private final ContentReader contents;
  private final RouteEdits edits;
  private final PageServers servers;
  private final Ownership ownership;
  private final Handover handover;
  private final Map<String, Future<?>> last = new HashMap<>();
  private final Map<String, Recorded> recorded = new HashMap<>();
  // By server, when recording goes on.
  private final Map<String, Long> pauses = new HashMap<>();

  RouteChanges(
      Vertx vertx,
      ServerStore store,
      ContentReader contents,
      RouteEdits edits,
      PageServers servers,
      Ownership ownership,
      Handover handover) {
    this.vertx = vertx;
    this.store = store;
    this.contents = contents;
    this.edits = edits;
    this.servers = servers;
    this.ownership = ownership;
    this.handover = handover;
  }

  /**
   * Replaces all routes of a server.
   *
   * @param routes JSON text as in {@link
   *     dev.signalbox.contracts.serverfactory.ReplaceRoutesRequest}
   * @return completes when they are stored and in force; fails with INVALID_REQUEST and every
   *     problem, with LIMIT_REACHED when too little memory is left for old and new routes, with
   *     OVERLOADED when too many definitions are being read, or with UNAVAILABLE when the server is
   *     no longer this instance's
   */
  Future<Void> replace(String serverId, String routes) {
    return inTurn(
            serverId,
            () -> change(serverId, content -> Optional.of(edits.withRoutes(content, routes))))
        .mapEmpty();
  }

  /** Routes of one server that wait to be stored. */
  private static final class Recorded {

    private final List<Map<String, @Nullable Object>> routes = new ArrayList<>();
    private long bytes;
  }

  /**
   * Adds a route to a server, made of a response that it forwarded. Failures are logged alone: the
   * client has its response.
   *
   * @param bytes about the length of the route
   */
  void record(String serverId, Map<String, @Nullable Object> route, long bytes) {
    Long pauseEnd = pauses.get(serverId);
    if (pauseEnd != null && System.nanoTime() - pauseEnd < 0) {
      return;
    }
    Recorded waiting = recorded.computeIfAbsent(serverId, _ -> new Recorded());
    if (waiting.routes.size() >= MOST_WAITING || waiting.bytes + bytes > MOST_WAITING_BYTES) {
      return;
    }
    waiting.routes.add(route);
    waiting.bytes += bytes;
    if (waiting.routes.size() == 1) {
      inTurn(serverId, () -> storeRecorded(serverId))
          .onFailure(failure ->
              LOG.warn("Routes of server {} are not recorded: {}", serverId, failure.getMessage()));
    }
  }

  /** All that came by the time of its turn, in one transaction. */
  private Future<Void> storeRecorded(String serverId) {
    Recorded waiting = recorded.remove(serverId);
    return waiting == null
        ? Future.succeededFuture()
        : change(serverId, content -> edits.withRecorded(content, waiting.routes))
            .<Void>map(changed -> {
              if (!changed) {
                pause(serverId);
              }
              return null;
            })
            .onFailure(_ -> pause(serverId));
  }

  /** Not to read a definition that takes no more routes again for each response. */
  private void pause(String serverId) {
    pauses.keySet().retainAll(servers.ids());
    pauses.put(serverId, System.nanoTime() + PAUSE.toNanos());
  }

  private <T> Future<T> inTurn(String serverId, Supplier<Future<T>> work) {
    Future<T> mine =
        last.getOrDefault(serverId, Future.succeededFuture()).transform(_ -> work.get());
    last.put(serverId, mine);
    return mine.onComplete(_ -> last.remove(serverId, mine));
  }

  // A server between two owners is changed before or after, not meanwhile.
  private Future<Boolean> change(String serverId, Function<ServerContent, Optional<Changed>> edit) {
    return handover
        .settled()
        .compose(_ -> ownership.during(serverId, () -> change(serverId, edit, 1)));
  }

  private Future<Boolean> change(
      String serverId, Function<ServerContent, Optional<Changed>> edit, int attempt) {
    return contents
        .read(serverId, found -> change(serverId, edit, found))
        .compose(outcome ->
            switch (outcome) {
              case MADE -> Future.succeededFuture(true);
              case NEEDLESS -> Future.succeededFuture(false);
              case OVERTAKEN ->
                  attempt < MOST_TRIES
                      ? change(serverId, edit, attempt + 1)
                      : Future.failedFuture(OwnerCalls.moved());
            });
  }

  private enum Outcome {
    MADE,
    NEEDLESS,
    /** Something else changed the server meanwhile. */
    OVERTAKEN
  }

  private Future<Outcome> change(
      String serverId,
      Function<ServerContent, Optional<Changed>> edit,
      Optional<ServerContent> found) {
    if (found.isEmpty()) {
      return Future.failedFuture(OwnerCalls.notFound(serverId));
    }
    return vertx
        .executeBlocking(() -> edit.apply(found.get()), true)
        .map(Objects::requireNonNull)
        .compose(changed ->
            changed.isEmpty()
                ? Future.succeededFuture(Outcome.NEEDLESS)
                : apply(serverId, changed.get())
                    .onComplete(_ -> changed.get().loaded().charge().release()));
  }

  private Future<Outcome> apply(String serverId, Changed changed) {
    return store
        .replace(serverId, changed.content(), changed.loaded().definition().routes().size())
        .compose(stored ->
            stored
                ? servers.replace(serverId, changed.loaded()).map(Outcome.MADE)
                : Future.succeededFuture(Outcome.OVERTAKEN));
  }
}
