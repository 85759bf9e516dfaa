package dev.signalbox.contracts;

/**
 * Something that happened, published to all listeners. It has no reply, and a listener that is not
 * connected misses it.
 *
 * @param address where it is published, {@code <service>.<noun>.<past tense>}
 * @param type the message
 * @param <E> message type
 */
public record EventType<E>(String address, Class<E> type) {

  public EventType {
    if (!address.matches("[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*\\.[a-z]+")) {
      throw new IllegalArgumentException(
          "address must be <service>.<noun>.<past tense>: " + address);
    }
  }
}
