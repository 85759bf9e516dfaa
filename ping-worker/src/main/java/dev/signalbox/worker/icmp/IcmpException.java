package dev.signalbox.worker.icmp;

/** This machine does not let us ping. The message says what its user can do. */
public final class IcmpException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** The user lacks the permission. */
    NOT_PERMITTED,
    /** The worker does not know this system. */
    UNSUPPORTED
  }

  private final Reason reason;

  IcmpException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
