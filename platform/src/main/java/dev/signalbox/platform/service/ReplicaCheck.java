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
 * Compares the database of an instance that starts with those of the other replicas of its service,
 * before it serves anything: two replicas on different databases would each tell half of the truth.
 *
 * <p>An instance that is ready stays; of two that start at once the one that started later gives
 * way. An instance that announces no database is of an older version and is not compared.
 */
final class ReplicaCheck {

  private static final Comparator<Announcement> BY_AGE =
      Comparator.comparingLong(Announcement::sinceEpochMs).thenComparing(Announcement::node);

  private final Vertx vertx;
  private final Bus bus;
  private final Supplier<Announcement> self;
  private final Duration wait;
  private final Promise<Void> outcome = Promise.promise();

  /**
   * @param self the announcement of the instance that starts, its database included
   * @param wait how long to listen when no replica on the same database answers; every live one
   *     announces itself within {@link ServiceInstance#ANNOUNCE_PERIOD}
   */
  ReplicaCheck(Vertx vertx, Bus bus, Supplier<Announcement> self, Duration wait) {
    this.vertx = vertx;
    this.bus = bus;
    this.self = self;
    this.wait = wait;
  }

  /**
   * Completes when no other replica objects; fails with CONFLICT when one uses another database.
   */
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
              "another %s (host %s) uses another database; all replicas must share one, in PostgreSQL."
                      .formatted(other.service(), other.host())
                  + " Database of %s: %s; of this host, %s: %s"
                      .formatted(other.host(), theirs, own.host(), own.database())));
    }
  }
}
