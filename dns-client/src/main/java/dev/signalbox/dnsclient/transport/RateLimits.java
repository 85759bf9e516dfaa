package dev.signalbox.dnsclient.transport;

/**
 * How much one resolver address is asked.
 *
 * @param perSecond queries a second, repetitions included; 0 for no limit
 * @param burst queries that may go out at once after a pause; at least 1
 * @param waiting queries that wait for their turn, for each address
 */
public record RateLimits(int perSecond, int burst, int waiting) {

  /** No limit. */
  public static final RateLimits NONE = new RateLimits(0, 1, 0);
}
