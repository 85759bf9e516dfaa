package dev.signalbox.platform.node;

/** Why a process cannot start, in words for the person who started it. */
public final class StartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A reason of its own. */
  public StartException(String message) {
    super(message, null, false, false);
  }

  /** A reason that something else caused. */
  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
