package dev.signalbox.code;

import dev.signalbox.storage.FileMutex;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code messages.log} equal to the database: every message, in order, one line each. The
 * file follows the database and never leads it, so whatever happens to it is repaired from there;
 * see {@code docs/decisions}. While it cannot be written messages are stored all the same, and
 * {@link #follow} catches up from the database, a chunk at a time. Replicas that share the
 * directory write it in turns, those elsewhere keep a copy each.
 */
final class MessageLog {

  static final String FILE_NAME = "messages.log";

  private static final Logger LOG = LoggerFactory.getLogger(MessageLog.class);
  private static final Duration MUTEX_TIMEOUT = Duration.ofSeconds(10);
  private static final int CHUNK_ROWS = 256;

  /** How long a message that is stored waits for its line. */
  private static final long LINE_WAIT_MS = 1_000;

  private final Path file;
  private final Path mutexFile;
  private final MessageStore store;
  private final WorkerExecutor thread;
  private final AtomicBoolean following = new AtomicBoolean();
  private final AtomicLong stored = new AtomicLong();
  private volatile long written;
  private final AtomicBoolean behind = new AtomicBoolean();

  // Touched by that one thread alone.
  private @Nullable LogFile open;
  private long knownSize = -1;
  private boolean unforced;

  MessageLog(Vertx vertx, Path file, MessageStore store) {
    this.file = file;
    this.mutexFile = file.resolveSibling(file.getFileName() + ".lock");
    this.store = store;
    this.thread =
        vertx.createSharedWorkerExecutor("messages-log-" + System.identityHashCode(this), 1);
  }

  /**
   * Writes messages that were just committed, and before them any that are missing. Never fails:
   * completes early when the file cannot be written, or not soon.
   *
   * @param messages in order of their ids, which follow each other; may be none
   * @param upTo the file must hold all up to this one afterwards
   */
  Future<Void> append(List<Message> messages, long upTo) {
    stored.accumulateAndGet(upTo, Math::max);
    if (upTo == 0 || behind.get()) {
      return Future.succeededFuture();
    }
    // What waits is bounded by those who wait for it: with the first who does no more, none is
    // added.
    return thread
        .executeBlocking(() -> {
          inTurn(log -> {
            if (!messages.isEmpty()) {
              fill(log, messages.getFirst().id() - 1);
              log.append(messages);
            }
            fill(log, upTo);
          });
          return true;
        })
        .timeout(LINE_WAIT_MS, TimeUnit.MILLISECONDS)
        .onFailure(this::fallsBehind)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /** How many messages the database has and the file has not, as far as this replica knows. */
  long lag() {
    return Math.max(0, stored.get() - written);
  }

  private void fallsBehind(Throwable cause) {
    if (behind.compareAndSet(false, true)) {
      LOG.warn("messages.log falls behind the database: {}", cause.toString());
    }
  }

  private void caughtUp() {
    if (behind.compareAndSet(true, false)) {
      LOG.info("messages.log has caught up with the database");
    }
  }

  /** Writes what the database has and the file has not, and brings the file to the disk. */
  Future<Void> follow() {
    if (!following.compareAndSet(false, true)) {
      return Future.succeededFuture(); // the one before is still at it
    }
    return store
        .lastId()
        .compose(lastId -> {
          stored.accumulateAndGet(lastId, Math::max);
          return thread.executeBlocking(() -> {
            inTurn(log -> {
              fill(log, lastId);
              if (unforced) {
                log.force();
                unforced = false;
              }
            });
            return true;
          });
        })
        .<Void>mapEmpty()
        .onComplete(done -> following.set(false))
        .onSuccess(done -> caughtUp())
        .onFailure(this::fallsBehind);
  }

  /** Leaves the file whole and on the disk. */
  Future<Void> close() {
    return thread
        .executeBlocking(() -> {
          LogFile log = open;
          if (log != null) {
            log.force();
          }
          discard();
          return true;
        })
        .eventually(thread::close)
        .mapEmpty();
  }

  /** What to do with the file while no other process touches it. */
  @FunctionalInterface
  private interface Turn {
    void write(LogFile log) throws Exception;
  }

  private void inTurn(Turn turn) throws Exception {
    try (FileMutex _ = FileMutex.acquire(mutexFile, MUTEX_TIMEOUT)) {
      LogFile log = current();
      long before = log.lastId();
      try {
        turn.write(log);
      } finally {
        written = log.lastId();
      }
      unforced |= log.lastId() != before;
      knownSize = log.size();
    } catch (Exception e) {
      // Perhaps a line was half written: the next turn looks at the end again.
      discard();
      throw e;
    }
  }

  private LogFile current() throws Exception {
    LogFile log = open;
    if (log != null && !Files.exists(file)) {
      discard();
      log = null;
    }
    if (log == null) {
      log = LogFile.open(file);
      if (!belongs(log)) {
        log.close();
        setAside();
        log = LogFile.open(file);
      }
      open = log;
    } else if (log.size() != knownSize) {
      log.refresh();
      if (!belongs(log)) {
        discard();
        return current();
      }
    }
    return log;
  }

  /** Whether the file's last line is of this database; an empty file belongs to any. */
  private boolean belongs(LogFile log) throws Exception {
    if (log.lastId() == 0) {
      return true;
    }
    List<Message> last = await(store.after(log.lastId() - 1, 1));
    return !last.isEmpty()
        && last.getFirst().id() == log.lastId()
        && last.getFirst().hash().hex().equals(log.lastHash());
  }

  private void setAside() throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + "." + System.currentTimeMillis());
    Files.move(file, aside);
    LOG.warn("messages.log is of another database; kept as {}", aside.getFileName());
  }

  private void fill(LogFile log, long upTo) throws Exception {
    while (log.lastId() < upTo) {
      List<Message> missing = await(store.after(log.lastId(), CHUNK_ROWS));
      if (missing.isEmpty()) {
        throw new IOException("the database ends before message " + upTo);
      }
      log.append(missing);
    }
  }

  private static List<Message> await(Future<List<Message>> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the database cannot be read", e);
    }
  }

  private void discard() {
    LogFile log = open;
    open = null;
    knownSize = -1;
    if (log != null) {
      try {
        log.close();
      } catch (IOException e) {
        LOG.warn("messages.log did not close: {}", e.toString());
      }
    }
  }
}
