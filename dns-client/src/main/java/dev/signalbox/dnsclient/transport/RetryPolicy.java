package dev.signalbox.dnsclient.transport;

/**
 * How long a query may take and how often it may be sent.
 *
 * @param timeoutNanos for everything, connecting and repeating included
 * @param retries how often a query may be sent again
 */
public record RetryPolicy(long timeoutNanos, int retries) {

  private static final int MAX_RETRIES = 16;

  public RetryPolicy {
    if (retries < 0 || retries > MAX_RETRIES) {
      throw new IllegalArgumentException("retries out of range: " + retries);
    }
  }

  /**
   * How long to wait after a sending, each time twice as long as before, so that all waits together
   * fill the time.
   *
   * @param sending from 0
   */
  public long waitNanos(int sending) {
    return timeoutNanos / ((1L << (retries + 1)) - 1) * (1L << sending);
  }
}
