package dev.signalbox.platform.service;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Subscription;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.Supplier;

/**
 * Compares the state of an instance that starts with that of the other replicas of its service,
 * before it serves anything.
 *
 * <p>An instance that is ready stays; of two that start at once the one that started later gives
 * way. An instance that announces no state is of an older version and is not compared.
 */
final class ReplicaCheck {

  private static final Comparator<Announcement> BY_AGE =
      Comparator.comparingLong(Announcement::sinceEpochMs).thenComparing(Announcement::node);

  private final Vertx vertx;
  private final Bus bus;
  private final SharedState shared;
  private final Supplier<Announcement> self;
  private final Duration wait;
  private final Promise<Void> outcome = Promise.promise();

  /**
   * @param shared what the replicas of the service share
   * @param self the announcement of the instance that starts, the identity of its state included
   * @param wait how long to listen when no replica on the same state answers; every live one
   *     announces itself within {@link ServiceInstance#ANNOUNCE_PERIOD}
   */
  ReplicaCheck(
      Vertx vertx, Bus bus, SharedState shared, Supplier<Announcement> self, Duration wait) {
    this.vertx = vertx;
    this.bus = bus;
    this.shared = shared;
    this.self = self;
    this.wait = wait;
  }

  /** Completes when no other replica objects; fails with CONFLICT when one uses another state. */
  Future<Void> run() {
    Future<Subscription> others = bus.subscribe(Announcement.EVENT, this::compare);
    Future<Subscription> asked = bus.subscribe(Announcement.WANTED, _ -> announce());
    return Future.all(others, asked)
        .compose(_ -> {
          announce();
          bus.publish(Announcement.WANTED, Empty.EMPTY);
          vertx.setTimer(wait.toMillis(), _ -> outcome.tryComplete());
          return outcome.future();
        })
        .onComplete(_ -> {
          others.onSuccess(Subscription::cancel);
          asked.onSuccess(Subscription::cancel);
        });
  }

  private void announce() {
    bus.publish(Announcement.EVENT, self.get());
  }

  private void compare(Announcement other) {
    Announcement own = self.get();
    String theirs = other.database();
    if (!other.service().equals(own.service())
        || other.node().equals(own.node())
        || theirs == null) {
      return;
    }
    if (theirs.equals(own.database())) {
      if (other.ready()) {
        outcome.tryComplete();
      }
    } else if (other.ready() || (other.starting() && BY_AGE.compare(other, own) < 0)) {
      outcome.tryFail(
          new ServiceException(
              ErrorCode.CONFLICT,
              "another %s (host %s) %s. %s of %s: %s; of this host, %s: %s"
                  .formatted(
                      other.service(),
                      other.host(),
                      shared.difference(),
                      shared.label(),
                      other.host(),
                      theirs,
                      own.host(),
                      own.database())));
    }
  }
}
