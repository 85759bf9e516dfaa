package dev.signalbox.serverfactory.body;

/** A comparison that came to no result. The message says why, most often which bound it met. */
public final class MatchBoundException extends Exception {

  private static final long serialVersionUID = 1L;

  MatchBoundException(String message) {
    super(message, null, false, false);
  }
}
