package dev.signalbox.storage;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.storage.StorageErrors.Use;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: takes all that waits, runs it in one transaction, commits once, and
 * only then tells the callers. While one commit waits for the disk the next batch gathers by
 * itself, so batches grow with the load and a lone write is never held back.
 */
final class CommitWriter implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(CommitWriter.class);

  /** What may help a batch that cannot go on; nothing of it is committed unless it is NOTHING. */
  private enum Remedy {
    NOTHING,
    AGAIN,
    AGAIN_WITH_SAVEPOINTS,
    EACH_ALONE
  }

  private static final class BatchFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final Remedy remedy;

    BatchFailure(Throwable cause, Remedy remedy) {
      super(cause);
      this.remedy = remedy;
    }
  }

  /** So often a work that is alone in its transaction gives way to other replicas. */
  private static final int MAX_CONFLICTS = 5;

  /** After a transaction had to be run again with savepoints, so many take them from the start. */
  private static final int CAUTIOUS_BATCHES = 32;

  private final WorkQueue queue;
  private final Connector connector;
  private final StorageErrors errors;
  private final StorageMetrics metrics;
  private final Link link;
  private final int maxBatch;
  private int cautious;
  // Whether a write of this batch found no room, and so others of it that do fit prove nothing.
  private boolean failed;
  private final LongAdder commits = new LongAdder();
  private final LongAdder writes = new LongAdder();

  CommitWriter(
      WorkQueue queue,
      Connector connector,
      StorageErrors errors,
      StorageMetrics metrics,
      int maxBatch) {
    this.queue = queue;
    this.connector = connector;
    this.errors = errors;
    this.metrics = metrics;
    this.link = new Link(connector::connectForWrites, connector.engine());
    this.maxBatch = maxBatch;
  }

  long commits() {
    return commits.sum();
  }

  long writes() {
    return writes.sum();
  }

  @Override
  public void run() {
    try {
      for (List<Pending<?>> batch = queue.take(maxBatch);
          !batch.isEmpty();
          batch = queue.take(maxBatch)) {
        batch.sort(Comparator.comparing(Pending::lockKey)); // see Database.write
        write(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      queue.abandon();
      link.discard();
    }
  }

  private void write(List<Pending<?>> batch) {
    long start = System.nanoTime();
    failed = false;
    batch.forEach(pending -> pending.batch(batch.size()));
    try {
      commit(batch);
      metrics.committed(batch.size(), System.nanoTime() - start);
      commits.increment();
      writes.add(batch.size());
    } catch (BatchFailure | RuntimeException | Error e) {
      if (e instanceof BatchFailure failure
          && failure.remedy == Remedy.EACH_ALONE
          && batch.size() > 1) {
        // Together they may lock rows in an order in which none of them would alone.
        batch.forEach(pending -> write(List.of(pending)));
        return;
      }
      // Whatever it is, this thread must live and no caller may be left waiting.
      link.discard();
      metrics.failed();
      Throwable cause = e instanceof BatchFailure && e.getCause() != null ? e.getCause() : e;
      ServiceException failure = errors.of(Use.WRITE, cause, "the write could not be committed");
      batch.stream()
          .filter(pending -> !pending.excluded())
          .forEach(pending -> pending.failWith(failure));
    }
    batch.forEach(Pending::tell);
  }

  private void commit(List<Pending<?>> batch) throws BatchFailure {
    boolean savepoints = connector.engine() == Engine.SQLITE || cautious > 0;
    boolean again = false;
    int conflicts = 0;
    cautious = Math.max(0, cautious - 1);
    while (true) {
      try {
        attempt(batch, savepoints);
        return;
      } catch (BatchFailure failure) {
        switch (failure.remedy) {
          case NOTHING -> throw failure;
          case AGAIN_WITH_SAVEPOINTS -> {
            rollback();
            savepoints = true;
            cautious = CAUTIOUS_BATCHES;
          }
          case EACH_ALONE -> {
            rollback();
            LOG.warn("Running a transaction again: {}", failure.getMessage());
            conflicts++;
            if (batch.size() > 1 || conflicts == MAX_CONFLICTS) {
              throw failure;
            }
          }
          case AGAIN -> {
            link.discard();
            if (again) {
              throw failure;
            }
            again = true;
            if (batch.stream().allMatch(Pending::excluded)) {
              return;
            }
            LOG.warn("Running a transaction again: {}", failure.getMessage());
          }
        }
      }
    }
  }

  private void rollback() {
    try {
      link.session().rollback();
    } catch (SQLException e) {
      link.discard(); // which undoes it as well
    }
  }

  private void attempt(List<Pending<?>> batch, boolean takeSavepoints) throws BatchFailure {
    Session session;
    try {
      session = link.session();
    } catch (SQLException e) {
      throw new BatchFailure(e, Remedy.NOTHING);
    }
    try {
      session.begin();
    } catch (SQLException e) {
      throw new BatchFailure(e, connector.connectionLost(e) ? Remedy.AGAIN : Remedy.NOTHING);
    }
    Savepoints savepoints = new Savepoints(session, takeSavepoints);
    session.guardWith(savepoints);
    boolean changed = false;
    for (Pending<?> pending : batch) {
      if (pending.excluded()) {
        continue;
      }
      if (pending.expired(System.nanoTime())) {
        pending.expire();
      } else {
        savepoints.startWork();
        Throwable failure = run(session, pending);
        if (failure != null) {
          undo(savepoints, pending, failure);
        } else {
          changed |= session.changed();
        }
      }
    }
    try {
      session.commit();
      if (changed && !failed) {
        errors.succeeded(Use.WRITE);
      }
    } catch (SQLException e) {
      if (connector.connectionLost(e)) {
        // The outcome of the commit is unknown.
        ServiceException unknown = errors.unknownOutcome(e);
        batch.stream()
            .filter(pending -> !pending.repeatable() || pending.expired(System.nanoTime()))
            .filter(pending -> !pending.excluded())
            .forEach(pending -> pending.excludeWith(unknown));
        throw new BatchFailure(e, Remedy.AGAIN);
      }
      throw new BatchFailure(
          e, connector.undoneToResolveConflict(e) ? Remedy.EACH_ALONE : Remedy.NOTHING);
    }
  }

  private static @Nullable Throwable run(Session session, Pending<?> pending) {
    try {
      pending.run(session);
      return session.refusal(); // caught by the work, and yet it counts
    } catch (Throwable e) {
      // An Error of one caller's work must not take the thread from the others.
      return e;
    }
  }

  private void undo(Savepoints savepoints, Pending<?> pending, Throwable cause)
      throws BatchFailure {
    Throwable failure = cause;
    if (cause instanceof StorageException refused) {
      SQLException e = refused.refusal();
      if (connector.undoneToResolveConflict(e)) {
        throw new BatchFailure(e, Remedy.EACH_ALONE);
      }
      if (connector.connectionLost(e)) {
        throw new BatchFailure(e, Remedy.AGAIN);
      }
      failed |= connector.unavailable(e);
      failure = errors.of(Use.WRITE, refused, "the database refused the write");
      if (connector.timedOut(e)) {
        pending.excludeWith(failure); // or all would wait as long again
      }
    }
    pending.failWith(failure);
    try {
      if (!savepoints.undoWork()) {
        throw new BatchFailure(cause, Remedy.AGAIN_WITH_SAVEPOINTS);
      }
    } catch (SQLException e) {
      // SQLite, out of space, undoes the whole transaction itself: the others again, without this.
      pending.excludeWith(failure);
      throw new BatchFailure(e, Remedy.AGAIN);
    }
  }
}
