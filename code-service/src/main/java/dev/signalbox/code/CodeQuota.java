package dev.signalbox.code;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many codes there may be. Codes are counted at the first one and once a minute, since other
 * replicas issue some too: together they may issue as many more as they do within a minute.
 */
final class CodeQuota {

  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Database database;
  private final long most;
  private final LongSupplier nanos;
  private long issued;
  private boolean counted;
  private long countedNanos;
  private @Nullable Future<Void> counting;

  /**
   * A quota.
   *
   * @param most codes; 0 for any number
   */
  CodeQuota(Database database, long most) {
    this(database, most, System::nanoTime);
  }

  CodeQuota(Database database, long most, LongSupplier nanos) {
    this.database = database;
    this.most = most;
    this.nanos = nanos;
  }

  /** Takes the place of one more, if there is one. */
  Future<Boolean> take() {
    if (most == 0) {
      return Future.succeededFuture(true);
    }
    Future<Void> count = countedEnough();
    // Codes that were counted a while ago are good enough until they are counted again.
    return count == null ? Future.succeededFuture(taken()) : count.map(_ -> taken());
  }

  private synchronized boolean taken() {
    boolean room = issued < most;
    if (room) {
      issued++;
    }
    return room;
  }

  /** What to wait for; null when codes were counted before. */
  private synchronized @Nullable Future<Void> countedEnough() {
    if (counting == null && (!counted || nanos.getAsLong() - countedNanos >= AGAIN_NANOS)) {
      counting = count();
      counting.onComplete(_ -> ended());
    }
    return counted ? null : counting;
  }

  private Future<Void> count() {
    return database
        .read(session ->
            session
                .queryOne("SELECT count(*) FROM code", row -> row.getLong(1))
                .orElseThrow(() -> new IllegalStateException("a count has a row")))
        .onSuccess(this::counted)
        .mapEmpty();
  }

  private synchronized void counted(long all) {
    issued = all;
    counted = true;
    countedNanos = nanos.getAsLong();
  }

  private synchronized void ended() {
    counting = null;
  }

  /** Gives a place back that was taken for nothing. */
  synchronized void giveBack() {
    issued--;
  }

  /** The error for whoever finds no room. */
  ServiceException full() {
    return new ServiceException(
        ErrorCode.INSUFFICIENT_STORAGE,
        "code.max-codes is reached: there are " + most + " codes, and none for this uuid");
  }
}
