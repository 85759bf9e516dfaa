package dev.signalbox.ping.ledger;

import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends leases whose time is over, sends refuted work back and forgets errors that are too many:
 * every so often, and before a read that would show an ended lease as live. Any number of replicas
 * may do it at once.
 */
final class Sweep {

  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
  private static final int READ_ATTEMPTS = 5;
  private static final long READ_AGAIN_MS = 20;

  private final Vertx vertx;
  private final Database database;
  private final Leases leases;
  private final Checks checks;
  private final Faults faults;
  private final LedgerSettings settings;
  private final Runnable onWrite;
  private volatile Future<Void> running = Future.succeededFuture();
  private volatile long timer;
  private volatile boolean closed;

  Sweep(
      Vertx vertx,
      Database database,
      Leases leases,
      Checks checks,
      Faults faults,
      LedgerSettings settings,
      Runnable onWrite) {
    this.vertx = vertx;
    this.database = database;
    this.leases = leases;
    this.checks = checks;
    this.faults = faults;
    this.settings = settings;
    this.onWrite = onWrite;
  }

  void start() {
    // One sweep after the other, never two at once, however long one takes.
    timer = vertx.setTimer(settings.sweepInterval().toMillis(), ignored -> sweepAndGoOn());
  }

  /** Completes when the sweep under way has ended; there is none after it. */
  Future<Void> close() {
    closed = true;
    vertx.cancelTimer(timer);
    return running;
  }

  private void sweepAndGoOn() {
    if (closed) {
      return;
    }
    running =
        expire()
            .compose(ignored -> recall())
            .compose(ignored -> trim())
            .otherwise(e -> {
              LOG.warn("Cannot sweep ended leases; retrying: {}", e.toString());
              return null;
            })
            .onComplete(ignored -> {
              if (!closed) {
                start();
              }
            })
            .mapEmpty();
  }

  /** Reads what is true now: when leases have ended meanwhile, after they are marked so. */
  <T> Future<T> read(Database by, Function<Session, T> work) {
    return read(by, work, READ_ATTEMPTS);
  }

  private <T> Future<T> read(Database by, Function<Session, T> work, int attempts) {
    return by.read(session ->
            attempts > 0 && leases.due(session)
                ? Optional.<T>empty()
                : Optional.of(work.apply(session)))
        .compose(found ->
            found
                .map(Future::succeededFuture)
                .orElseGet(() -> expire().compose(ended -> again(by, work, attempts, ended))));
  }

  private <T> Future<T> again(Database by, Function<Session, T> work, int attempts, int ended) {
    if (ended > 0) {
      return read(by, work, attempts - 1);
    }
    // Another replica has the rows and is about to commit.
    return vertx
        .timer(READ_AGAIN_MS, TimeUnit.MILLISECONDS)
        .compose(ignored -> read(by, work, attempts - 1));
  }

  /** Ends what is due, looking without writing first; how many tasks are available again. */
  Future<Integer> expire() {
    return database
        .read(leases::due)
        .compose(due -> due ? expireMore(0) : Future.succeededFuture(0));
  }

  private Future<Integer> expireMore(int before) {
    return database
        .write(leases::expire)
        .onSuccess(_ -> onWrite.run())
        .compose(ended ->
            ended == Leases.EXPIRE_AT_ONCE
                ? expireMore(before + ended)
                : Future.succeededFuture(before + ended));
  }

  private Future<Integer> recall() {
    return database
        .read(checks::due)
        .compose(due ->
            due
                ? database.write(checks::recall).onSuccess(_ -> onWrite.run())
                : Future.succeededFuture(0));
  }

  private Future<Integer> trim() {
    return database
        .read(session -> faults.exceeds(session, settings.maxErrors()))
        .compose(exceeds ->
            exceeds
                ? database.write(session -> faults.trim(session, settings.maxErrors()))
                : Future.succeededFuture(0));
  }
}
