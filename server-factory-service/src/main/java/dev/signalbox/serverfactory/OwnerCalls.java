package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Does with a server what only its owner can do, wherever that is. While the owner is gone or
 * changes, it is looked up again until the time is over.
 */
final class OwnerCalls {

  private static final long LOOK_AGAIN_MS = 100;
  private static final int LONGEST_SHOWN = 64;

  /** The part of the caller's time that is left to send the error. */
  private static final Duration MARGIN = Duration.ofMillis(250);

  private final Vertx vertx;
  private final ServerStore store;
  private final Ownership ownership;
  private final String node;

  OwnerCalls(Vertx vertx, ServerStore store, Ownership ownership, String node) {
    this.vertx = vertx;
    this.store = store;
    this.ownership = ownership;
    this.node = node;
  }

  /**
   * Asks the owner of a server; this instance in its place when there is none for the server's
   * definition, see {@link Ownership#definitionError}.
   *
   * @param server its id or name
   * @param here what this instance does when it is the owner
   * @param there asks the instance with a node id
   * @return fails with NOT_FOUND when there is no such server, with UNAVAILABLE when no owner
   *     answered in time
   */
  <R> Future<R> ask(
      String server,
      Duration patience,
      Function<ServerRow, Future<R>> here,
      Function<String, Future<R>> there) {
    return ask(server, System.nanoTime() + patience.minus(MARGIN).toNanos(), here, there);
  }

  private <R> Future<R> ask(
      String server,
      long deadline,
      Function<ServerRow, Future<R>> here,
      Function<String, Future<R>> there) {
    return find(server)
        .compose(row -> {
          Future<R> asked =
              row.owner().equals(node) || ownership.definitionError(row).isPresent()
                  ? here.apply(row)
                  : row.owner().isEmpty() ? Future.failedFuture(moved()) : there.apply(row.owner());
          return asked.recover(failure -> {
            if (!isGone(failure)) {
              return Future.failedFuture(failure);
            }
            return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS) - deadline < 0
                ? vertx
                    .timer(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)
                    .compose(_ -> ask(server, deadline, here, there))
                : Future.failedFuture(moving());
          });
        });
  }

  /** Does something with a server of this instance; UNAVAILABLE when it is not this instance's. */
  <R> Future<R> here(String server, Function<ServerRow, Future<R>> here) {
    return find(server)
        .compose(row -> row.owner().equals(node) ? here.apply(row) : Future.failedFuture(moved()));
  }

  /** Finds a server by its id or name; NOT_FOUND when there is none. */
  Future<ServerRow> find(String server) {
    return store
        .find(server)
        .compose(found ->
            found
                .map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(notFound(server))));
  }

  /** Whether an instance that was asked has gone, or no longer owns the server. */
  static boolean isGone(Throwable failure) {
    return failure instanceof ServiceException fault
        && switch (fault.code()) {
          case UNAVAILABLE, STOPPING, TIMEOUT -> true;
          default -> false;
        };
  }

  /** The owner that was asked does not own the server. */
  static ServiceException moved() {
    return new ServiceException(ErrorCode.UNAVAILABLE, "the server has another owner by now");
  }

  /** No owner was found in time. */
  static ServiceException moving() {
    return new ServiceException(ErrorCode.UNAVAILABLE, "ownership of the server is moving; retry");
  }

  static ServiceException notFound(String server) {
    String shown =
        server.length() > LONGEST_SHOWN ? server.substring(0, LONGEST_SHOWN) + "..." : server;
    return new ServiceException(ErrorCode.NOT_FOUND, "Server " + shown + " not found");
  }
}
