package dev.signalbox.contracts;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * One thing a service does for others: a request in, a reply or a {@link ServiceException} out.
 *
 * @param address where it is served, {@code <prefix>.<verb>} in lower case with hyphens
 * @param service name of the service that serves it, such as {@code dns-service}, for errors while
 *     no instance has announced itself; the prefix of the address where the contract does not say
 * @param requestType the message that asks
 * @param replyType the message that answers; sealed when there are several expected answers
 * @param timeout how long a caller waits in all, retries included, unless it says otherwise
 * @param repeatable whether doing it twice does no harm, so that a lost attempt may be repeated
 * @param <Q> request type
 * @param <R> reply type
 */
public record Operation<Q, R>(
    String address,
    String service,
    Class<Q> requestType,
    Class<R> replyType,
    Duration timeout,
    boolean repeatable) {

  private static final Pattern ADDRESS =
      Pattern.compile("[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*(@[A-Za-z0-9-]+)?");

  public Operation {
    if (!ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException("address must be <service>.<verb>: " + address);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
  }

  /**
   * An operation whose loss may be repaired by asking again: reads, and writes that are idempotent.
   */
  public static <Q, R> Operation<Q, R> repeatable(
      String address, Class<Q> requestType, Class<R> replyType, Duration timeout) {
    return new Operation<>(address, prefix(address), requestType, replyType, timeout, true);
  }

  /** An operation that must not run twice for one call. */
  public static <Q, R> Operation<Q, R> once(
      String address, Class<Q> requestType, Class<R> replyType, Duration timeout) {
    return new Operation<>(address, prefix(address), requestType, replyType, timeout, false);
  }

  /**
   * The same operation at one instance alone, for what only the owner of a resource can do.
   *
   * @param node the instance's node id, as in its {@link Announcement}
   */
  public Operation<Q, R> at(String node) {
    return new Operation<>(
        address + "@" + node, service, requestType, replyType, timeout, repeatable);
  }

  /** The same operation of a service whose name the address does not say. */
  public Operation<Q, R> servedBy(String name) {
    return new Operation<>(address, name, requestType, replyType, timeout, repeatable);
  }

  private static String prefix(String address) {
    return address.substring(0, Math.max(0, address.indexOf('.')));
  }
}
