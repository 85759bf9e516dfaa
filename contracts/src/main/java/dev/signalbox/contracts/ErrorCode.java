package dev.signalbox.contracts;

/**
 * The faults any operation may end in. Numbers and names are stable: clients and logs rely on them.
 */
public enum ErrorCode {
  /** A field is missing, of the wrong type or out of range; the problems name each. */
  INVALID_REQUEST(1000, ErrorKind.CALLER),
  /** The request or one of its parts is larger than allowed. */
  TOO_LARGE(1001, ErrorKind.CALLER),
  /** The same idempotency key came with another body. */
  IDEMPOTENCY_MISMATCH(1002, ErrorKind.CALLER),
  /** The caller cancelled the request; the service ended the work for it. */
  CANCELLED(1003, ErrorKind.CALLER),
  /** The thing named does not exist. */
  NOT_FOUND(2000, ErrorKind.NOT_FOUND),
  /** The present state does not allow it. */
  CONFLICT(3000, ErrorKind.CONFLICT),
  /** A limit of the system, such as the number of servers, is reached. */
  LIMIT_REACHED(3001, ErrorKind.CONFLICT),
  /** The disk or a quota has no room for what was sent; nothing of it is stored. */
  INSUFFICIENT_STORAGE(3002, ErrorKind.CONFLICT),
  /** Too much work in flight; nothing was done. */
  OVERLOADED(4000, ErrorKind.OVERLOADED),
  /** No live instance serves the operation. */
  UNAVAILABLE(5000, ErrorKind.UNAVAILABLE),
  /** The instance is stopping and takes no new work. */
  STOPPING(5001, ErrorKind.UNAVAILABLE),
  /** The service cannot reach its storage, or the disk is full. */
  STORAGE_UNAVAILABLE(5002, ErrorKind.UNAVAILABLE),
  /** No answer within the deadline. */
  TIMEOUT(6000, ErrorKind.TIMEOUT),
  /** A defect; the log of the service has the details under the request id. */
  INTERNAL(9000, ErrorKind.INTERNAL),
  /** Durable storage refused what it was asked, which is a defect; nothing was acknowledged. */
  STORAGE(9001, ErrorKind.INTERNAL);

  private final int number;
  private final ErrorKind kind;

  ErrorCode(int number, ErrorKind kind) {
    this.number = number;
    this.kind = kind;
  }

  /** The stable number. */
  public int number() {
    return number;
  }

  /** What it means for the caller. */
  public ErrorKind kind() {
    return kind;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return switch (kind) {
      case OVERLOADED, UNAVAILABLE, TIMEOUT -> true;
      case CALLER, NOT_FOUND, CONFLICT, INTERNAL -> false;
    };
  }
}
