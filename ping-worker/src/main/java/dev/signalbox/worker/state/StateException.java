package dev.signalbox.worker.state;

/** The state directory cannot be used. The message says why. */
public final class StateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StateException(String message, Throwable cause) {
    super(message, cause);
  }

  StateException(String message) {
    super(message);
  }
}
