package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the errors of a driver into those for callers: STORAGE_UNAVAILABLE when the database cannot
 * be reached or has no room, STORAGE for anything else, which is a defect. Callers see the
 * service's name and nothing of the database.
 *
 * <p>Knows whether reads fail and whether writes fail, apart from each other: a database whose disk
 * is full can be read, and a read that succeeds says nothing about writes. Logs the beginning and
 * the end of an outage, not every request that fails in it.
 */
final class StorageErrors {

  private static final Logger LOG = LoggerFactory.getLogger(StorageErrors.class);

  /** What is done with a database. */
  enum Use {
    READ,
    WRITE
  }

  private final Connector connector;
  private final String service;
  private volatile boolean readsFail;
  private volatile boolean writesFail;

  StorageErrors(Connector connector, String service) {
    this.connector = connector;
    this.service = service;
  }

  /** Whose storage it is. */
  String service() {
    return service;
  }

  /** Whether neither the last read nor the last write found it unreachable or without room. */
  boolean available() {
    return !readsFail && !writesFail;
  }

  /** Whether the last such use found it unreachable or without room. */
  boolean fails(Use use) {
    return use == Use.READ ? readsFail : writesFail;
  }

  /** The database has read, or has committed a change. */
  void succeeded(Use use) {
    if (fails(use) && become(use, false)) {
      LOG.info("{} can use its storage again", service);
    }
  }

  /** The error of a read or write of which nothing was done. */
  ServiceException of(Use use, Throwable cause, String defect) {
    SQLException refusal = refusal(cause);
    if (refusal != null && connector.unavailable(refusal)) {
      failed(use, refusal);
      return new ServiceException(
          ErrorCode.STORAGE_UNAVAILABLE, service + " cannot reach its storage", cause);
    }
    if (refusal != null && connector.timedOut(refusal)) {
      LOG.warn("{}: {}", service, defect, cause); // no defect if another held a lock
    } else {
      LOG.error("{}: {}", service, defect, cause);
    }
    return new ServiceException(ErrorCode.STORAGE, service + ": " + defect, cause);
  }

  /** Whether an error of a read or write is that a statement took longer than one may. */
  boolean timedOut(Throwable error) {
    SQLException refusal = refusal(error.getCause());
    return refusal != null && connector.timedOut(refusal);
  }

  /** The error of a write whose connection broke during the commit. */
  ServiceException unknownOutcome(SQLException cause) {
    failed(Use.WRITE, cause);
    return new ServiceException(
        ErrorCode.STORAGE_UNAVAILABLE,
        service + " lost its storage during the commit; the request may have been carried out",
        cause);
  }

  private static @Nullable SQLException refusal(@Nullable Throwable cause) {
    return switch (cause) {
      case SQLException refusal -> refusal;
      case StorageException refused -> refused.refusal();
      case null, default -> null;
    };
  }

  private void failed(Use use, SQLException refusal) {
    if (!fails(use) && become(use, true)) {
      LOG.error("{} cannot use its storage: {}", service, refusal.toString());
    }
  }

  /** Whether an outage begins or ends with it. */
  private synchronized boolean become(Use use, boolean fails) {
    boolean before = available();
    if (use == Use.READ) {
      readsFail = fails;
    } else {
      writesFail = fails;
    }
    return available() != before;
  }
}
