package dev.signalbox.storage;

import org.jspecify.annotations.Nullable;

/**
 * What a caller does with the database, as one unit.
 *
 * <p>A write runs inside a transaction it shares with other callers' writes. It must have no
 * effects except through the session, for it may run again: when another work of its transaction
 * has to be undone, when a connection breaks before the commit, or when PostgreSQL undoes the
 * transaction to resolve a conflict. Nothing of the earlier run remains.
 *
 * @param <T> what it finds
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {

  /**
   * Does it. Runs on a thread that may block.
   *
   * @throws Exception undoes this work alone; a {@link dev.signalbox.contracts.ServiceException}
   *     reaches the caller as it is
   */
  T run(Session session) throws Exception;
}
