package dev.signalbox.dnsclient.transport;

/** A query that brought no answer; without a stack trace, for it is a value. */
public final class TransportException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Fault fault;
  private final int attempts;

  /**
   * @param reason follows the resolver's name in a sentence, such as {@code cannot be reached}
   * @param attempts messages sent or connections tried
   */
  public TransportException(Fault fault, String reason, int attempts) {
    super(reason, null, false, false);
    this.fault = fault;
    this.attempts = attempts;
  }

  /** What kind of failure. */
  public Fault fault() {
    return fault;
  }

  /** Messages sent or connections tried. */
  public int attempts() {
    return attempts;
  }
}
