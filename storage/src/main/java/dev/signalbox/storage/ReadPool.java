package dev.signalbox.storage;

import dev.signalbox.storage.StorageErrors.Use;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that read, each with a connection of its own. */
final class ReadPool implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(ReadPool.class);

  private final WorkQueue queue;
  private final Connector connector;
  private final StorageErrors errors;
  private final AtomicInteger threads;

  ReadPool(WorkQueue queue, Connector connector, StorageErrors errors, int threads) {
    this.queue = queue;
    this.connector = connector;
    this.errors = errors;
    this.threads = new AtomicInteger(threads);
  }

  /** One thread's life. */
  @Override
  public void run() {
    Link link = new Link(connector::connectForReads, connector.engine());
    try {
      for (List<Pending<?>> taken = queue.take(1); !taken.isEmpty(); taken = queue.take(1)) {
        read(link, taken.getFirst());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      link.discard();
      if (threads.decrementAndGet() == 0) {
        queue.abandon();
      }
    }
  }

  private void read(Link link, Pending<?> pending) {
    if (pending.expired(System.nanoTime())) {
      pending.expire();
    } else {
      try {
        run(link, pending);
      } catch (Throwable e) {
        // An Error of one caller's work must not take the thread from the others.
        pending.failWith(e);
      }
    }
    pending.tell();
  }

  private void run(Link link, Pending<?> pending) throws Exception {
    try {
      attemptTwice(link, pending);
      errors.succeeded(Use.READ);
    } catch (SQLException e) {
      if (connector.unavailable(e)) {
        link.discard();
      }
      throw errors.of(Use.READ, e, "the database cannot be read");
    }
  }

  private void attemptTwice(Link link, Pending<?> pending) throws Exception {
    Session session = link.session();
    try {
      attempt(session, pending);
    } catch (SQLException e) {
      if (!connector.connectionLost(e)) {
        throw e;
      }
      LOG.debug("A connection for reads was lost: {}", e.getMessage());
      link.discard();
      attempt(link.session(), pending);
    }
  }

  private static void attempt(Session session, Pending<?> pending) throws Exception {
    session.startWork();
    try {
      pending.run(session);
    } catch (StorageException e) {
      throw e.refusal();
    }
  }
}
