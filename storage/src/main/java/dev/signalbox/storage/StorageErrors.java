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
 * <p>Logs the beginning and the end of an outage, not every request that fails in it.
 */
final class StorageErrors {

  private static final Logger LOG = LoggerFactory.getLogger(StorageErrors.class);

  private final Connector connector;
  private final String service;
  private volatile boolean available = true;

  StorageErrors(Connector connector, String service) {
    this.connector = connector;
    this.service = service;
  }

  /** Whether the last use of the database found it reachable and with room. */
  boolean available() {
    return available;
  }

  /** The database has done what it was asked. */
  void succeeded() {
    if (!available) {
      available = true;
      LOG.info("{} can use its storage again", service);
    }
  }

  /** The error of a read or write of which nothing was done. */
  ServiceException of(Throwable cause, String defect) {
    SQLException refusal = refusal(cause);
    if (refusal != null && connector.unavailable(refusal)) {
      failed(refusal);
      return new ServiceException(
          ErrorCode.STORAGE_UNAVAILABLE, service + " cannot reach its storage", cause);
    }
    LOG.error("{}: {}", service, defect, cause);
    return new ServiceException(ErrorCode.STORAGE, service + ": " + defect, cause);
  }

  /** The error of a write whose connection broke during the commit. */
  ServiceException unknownOutcome(SQLException cause) {
    failed(cause);
    return new ServiceException(
        ErrorCode.STORAGE_UNAVAILABLE,
        service + " lost its storage during the commit; the request may have been carried out",
        cause);
  }

  private static @Nullable SQLException refusal(Throwable cause) {
    return switch (cause) {
      case SQLException refusal -> refusal;
      case StorageException refused -> refused.refusal();
      default -> null;
    };
  }

  private void failed(SQLException refusal) {
    if (available) {
      available = false;
      LOG.error("{} cannot use its storage: {}", service, refusal.toString());
    }
  }
}
