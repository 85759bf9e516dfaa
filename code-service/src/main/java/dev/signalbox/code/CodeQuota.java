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
  // All guarded by this. A count may miss codes whose insert has not ended (pending) and those
  // whose insert ended while it was made (endedMeanwhile); both are within issued.
  private long issued;
  private long pending;
  private long endedMeanwhile;
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

  /** Takes the place of one more, if there is one; then its insert ends by {@link #end}. */
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
      pending++;
    }
    return room;
  }

  /** What to wait for; null when codes were counted before. */
  private synchronized @Nullable Future<Void> countedEnough() {
    // Not read from the field below: a count that the database refuses at once has ended by then.
    Future<Void> count = counting;
    if (count == null && (!counted || nanos.getAsLong() - countedNanos >= AGAIN_NANOS)) {
      count = count();
      counting = count;
      count.onComplete(_ -> countEnded());
    }
    return counted ? null : count;
  }

  /** Counts the codes now. */
  synchronized Future<Void> count() {
    endedMeanwhile = 0;
    return database
        .read(session ->
            session
                .queryOne("SELECT count(*) FROM code", row -> row.getLong(1))
                .orElseThrow(() -> new IllegalStateException("a count has a row")))
        .onSuccess(this::counted)
        .mapEmpty();
  }

  /**
   * Takes over a count. Codes that were inserted while it was made may be in it twice, until the
   * next count: rather too many than too few.
   */
  private synchronized void counted(long all) {
    issued = all + pending + endedMeanwhile;
    counted = true;
    countedNanos = nanos.getAsLong();
  }

  private synchronized void countEnded() {
    counting = null;
  }

  /**
   * The insert has ended for which a place was taken.
   *
   * @param created whether there is one code more; otherwise the place is given back
   */
  synchronized void end(boolean created) {
    if (most == 0) {
      return;
    }
    pending--;
    if (created) {
      endedMeanwhile++;
    } else {
      issued--;
    }
  }

  /** The error for whoever finds no room. */
  ServiceException full() {
    return new ServiceException(
        ErrorCode.INSUFFICIENT_STORAGE,
        "code.max-codes is reached: there are " + most + " codes, and none for this uuid");
  }
}
