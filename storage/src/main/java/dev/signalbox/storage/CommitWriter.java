package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: takes all that waits, runs it in one transaction, commits once, and
 * only then tells the callers. While one commit waits for the disk the next batch gathers by
 * itself, so batches grow with the load and a lone write is never held back.
 */
final class CommitWriter implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(CommitWriter.class);

  /** The whole batch cannot go on; nothing of it is committed unless said otherwise. */
  private static final class BatchFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean repeatable;

    BatchFailure(SQLException cause, boolean repeatable) {
      super(cause);
      this.repeatable = repeatable;
    }
  }

  private final WorkQueue queue;
  private final Connector connector;
  private final Link link;
  private final int maxBatch;
  private final LongAdder commits = new LongAdder();
  private final LongAdder writes = new LongAdder();

  CommitWriter(WorkQueue queue, Connector connector, int maxBatch) {
    this.queue = queue;
    this.connector = connector;
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
    try {
      try {
        attempt(batch);
      } catch (BatchFailure first) {
        link.discard();
        if (!first.repeatable) {
          throw first;
        }
        LOG.warn("Running a transaction again: {}", first.getMessage());
        attempt(batch);
      }
      commits.increment();
      writes.add(batch.size());
    } catch (BatchFailure | RuntimeException | Error e) {
      // Whatever it is, this thread must live and no caller may be left waiting.
      link.discard();
      Throwable cause = e instanceof BatchFailure && e.getCause() != null ? e.getCause() : e;
      LOG.error("A transaction of {} writes failed: {}", batch.size(), cause.toString());
      ServiceException failure =
          new ServiceException(ErrorCode.STORAGE, "the write could not be committed", cause);
      batch.forEach(pending -> pending.failWith(failure));
    }
    batch.forEach(Pending::tell);
  }

  private void attempt(List<Pending<?>> batch) throws BatchFailure {
    Session session;
    try {
      session = link.session();
      session.begin();
    } catch (SQLException e) {
      throw new BatchFailure(e, connector.connectionLost(e));
    }
    Savepoints savepoints = new Savepoints(session);
    session.guardWith(savepoints);
    for (Pending<?> pending : batch) {
      runOne(session, savepoints, pending);
    }
    try {
      session.commit();
    } catch (SQLException e) {
      // With the connection gone nobody knows whether the commit was done: not to be repeated.
      throw new BatchFailure(e, connector.undoneToResolveConflict(e));
    }
  }

  private void runOne(Session session, Savepoints savepoints, Pending<?> pending)
      throws BatchFailure {
    if (pending.excluded()) {
      return;
    }
    if (pending.expired(System.nanoTime())) {
      pending.expire();
      return;
    }
    savepoints.startWork();
    try {
      pending.run(session);
      StorageException swallowed = session.refusal();
      if (swallowed == null) {
        return;
      }
      undo(savepoints, pending, swallowed);
    } catch (Throwable e) {
      // An Error of one caller's work must not take the thread from the others.
      undo(savepoints, pending, e);
    }
  }

  private void undo(Savepoints savepoints, Pending<?> pending, Throwable cause)
      throws BatchFailure {
    Throwable failure = cause;
    if (cause instanceof StorageException refused) {
      SQLException e = refused.refusal();
      if (connector.connectionLost(e) || connector.undoneToResolveConflict(e)) {
        throw new BatchFailure(e, true);
      }
      failure = new ServiceException(ErrorCode.STORAGE, "the database refused the write", refused);
    }
    pending.failWith(failure);
    try {
      savepoints.undoWork();
    } catch (SQLException e) {
      // SQLite, out of space, undoes the whole transaction itself: the others again, without this.
      pending.excludeWith(failure);
      throw new BatchFailure(e, true);
    }
  }
}
