package dev.signalbox.contracts;

/** The message of an operation that needs to say nothing. */
public record Empty() {

  /** The one value. */
  public static final Empty EMPTY = new Empty();
}
