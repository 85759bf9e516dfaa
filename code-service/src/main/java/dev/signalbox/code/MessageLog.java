package dev.signalbox.code;

import dev.signalbox.contracts.disk.FileMutex;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
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
 *
 * <p>A file that would become longer than its limit is rotated: brought to the disk, renamed, and
 * gone on with in a new one. Whatever a crash leaves of that, the next turn finds either the old
 * file, or none, or one without a whole header, and begins the new one after the newest rotated.
 */
final class MessageLog {

  static final String FILE_NAME = "messages.log";

  /**
   * When files are rotated.
   *
   * @param maxBytes how long messages.log may become; a single line may be longer
   * @param kept how many rotated files are kept
   */
  record Rotation(long maxBytes, int kept) {

    static final Rotation NEVER = new Rotation(Long.MAX_VALUE, Integer.MAX_VALUE);

    /** Whether old files are deleted. */
    boolean deletes() {
      return kept < Integer.MAX_VALUE;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(MessageLog.class);
  private static final Duration MUTEX_TIMEOUT = Duration.ofSeconds(10);
  private static final int CHUNK_ROWS = 256;

  /** How long a message that is stored waits for its line. */
  private static final long LINE_WAIT_MS = 1_000;

  private final Path file;
  private final Rotation rotation;
  private final RotatedFiles rotated;
  private final Path mutexFile;
  private final MessageStore store;
  private final WorkerExecutor thread;
  private final AtomicBoolean following = new AtomicBoolean();
  private final AtomicLong stored = new AtomicLong();
  private volatile long written;
  private final AtomicBoolean behind = new AtomicBoolean();

  // Touched by that one thread alone.
  private @Nullable LogFile open;
  private @Nullable Object knownKey;
  private long knownSize = -1;
  private boolean unforced;
  private boolean cannotRotate;

  /** A log in one file. */
  MessageLog(Vertx vertx, Path file, MessageStore store) {
    this(vertx, file, store, Rotation.NEVER);
  }

  MessageLog(Vertx vertx, Path file, MessageStore store, Rotation rotation) {
    this.file = file;
    this.rotation = rotation;
    this.rotated = new RotatedFiles(file);
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
    // Callers bound this queue: the first one whose wait times out marks the file as behind, and
    // none is added after that.
    return thread
        .executeBlocking(() -> {
          inTurn(() -> {
            if (!messages.isEmpty()) {
              fill(messages.getFirst().id() - 1);
              write(messages);
            }
            fill(upTo);
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
            inTurn(() -> {
              fill(lastId);
              if (unforced) {
                current().force();
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
    void write() throws Exception;
  }

  private void inTurn(Turn turn) throws Exception {
    try (FileMutex _ = FileMutex.acquire(mutexFile, MUTEX_TIMEOUT)) {
      look();
      long before = current().lastId();
      try {
        turn.write();
      } finally {
        LogFile log = open;
        if (log != null) {
          written = log.lastId();
        }
      }
      unforced |= current().lastId() != before;
      knownSize = current().size();
    } catch (Exception e) {
      // Perhaps a line was half written: the next turn looks at the end again.
      discard();
      throw e;
    }
  }

  private LogFile current() {
    return Objects.requireNonNull(open, "the file is open during a turn");
  }

  /** Opens the file, unless it is open and no other process has changed it. */
  private void look() throws Exception {
    LogFile log = open;
    if (log != null && log.size() == knownSize && knownKey != null && knownKey.equals(key())) {
      return;
    }
    if (log != null && log.size() < knownSize) {
      LOG.warn("messages.log was truncated; writing the missing messages from the database");
    }
    discard();
    log = LogFile.open(file);
    open = log;
    NavigableSet<RotatedFiles.Rotated> others = rotated.list();
    boolean before = !others.isEmpty() && others.last().last() > log.header().id();
    if (log.lastId() == 0 || before || !holds(log.lastId(), log.lastHash())) {
      if (log.hasMessages()) {
        discard();
        setAside(file, before ? "overlaps a rotated file" : "is of another database");
        log = LogFile.open(file);
        open = log;
      } else {
        log.clear();
      }
      begin(log, others);
    }
    knownKey = key();
  }

  /** Which file has the name: another process may have rotated it or put another in its place. */
  private @Nullable Object key() throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = attributes.fileKey();
      return key == null ? attributes.creationTime() : key;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Begins a file after the newest rotated one that is of this database. */
  private void begin(LogFile log, NavigableSet<RotatedFiles.Rotated> others) throws Exception {
    while (!others.isEmpty()) {
      RotatedFiles.Rotated newest = others.removeLast();
      List<Message> last = await(store.after(newest.last() - 1, 1));
      if (!last.isEmpty() && last.getFirst().id() == newest.last()) {
        String hash = last.getFirst().hash().hex();
        LogLine.Of line = lastLine(newest.path());
        // One that ends otherwise is damaged, which verifying says; with another hash it is
        // foreign.
        if (line == null || line.id() != newest.last() || line.hash().equals(hash)) {
          log.begin(new LogHeader(newest.last(), hash));
          return;
        }
      }
      setAside(newest.path(), "is of another database");
    }
  }

  private static LogLine.@Nullable Of lastLine(Path path) {
    try {
      return LogFile.lastLine(path);
    } catch (IOException e) {
      return null; // a rotated file that cannot be read keeps no new one from being written
    }
  }

  /** Whether a message is in this database. */
  private boolean holds(long id, String hash) throws Exception {
    List<Message> found = await(store.after(id - 1, 1));
    return !found.isEmpty()
        && found.getFirst().id() == id
        && found.getFirst().hash().hex().equals(hash);
  }

  private void setAside(Path path, String why) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + "." + System.currentTimeMillis());
    Files.move(path, aside);
    LOG.warn("{} {}; kept as {}", path.getFileName(), why, aside.getFileName());
  }

  private void fill(long upTo) throws Exception {
    while (current().lastId() < upTo) {
      List<Message> missing = await(store.after(current().lastId(), CHUNK_ROWS));
      if (missing.isEmpty()) {
        throw new IOException("the database ends before message " + upTo);
      }
      write(missing);
    }
  }

  private void write(List<Message> messages) throws IOException {
    List<Message> rest = messages;
    while (true) {
      rest = rest.subList(current().append(rest, rotation.maxBytes()), rest.size());
      if (rest.isEmpty()) {
        return;
      }
      if (!rotate()) {
        current().append(rest, Long.MAX_VALUE);
        return;
      }
    }
  }

  /** Goes on in a new file; false when the old one cannot be renamed and goes on itself. */
  private boolean rotate() throws IOException {
    LogFile log = current();
    log.force();
    try {
      rotated.add(log.header().id() + 1, log.lastId());
    } catch (IOException e) {
      if (!Files.exists(file)) {
        throw e; // it has its new name, which may not be on the disk yet
      }
      if (!cannotRotate) {
        LOG.warn("cannot rotate messages.log; appending to it beyond its limit: {}", e.toString());
        cannotRotate = true;
      }
      return false;
    }
    cannotRotate = false;
    LogHeader header = new LogHeader(log.lastId(), log.lastHash());
    discard();
    LogFile next = LogFile.open(file);
    open = next;
    next.begin(header);
    next.force();
    rotated.force();
    knownKey = key();
    if (rotation.deletes()) {
      try {
        rotated.keep(rotation.kept());
      } catch (IOException e) {
        LOG.warn("cannot delete an old rotated log file: {}", e.toString());
      }
    }
    return true;
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
    knownKey = null;
    knownSize = -1;
    if (log != null) {
      try {
        log.close();
      } catch (IOException e) {
        LOG.warn("cannot close messages.log: {}", e.toString());
      }
    }
  }
}
