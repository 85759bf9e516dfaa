package dev.signalbox.contracts;

/**
 * The answers to some calls are no longer wanted, as when the client that caused them has left.
 * Every process hears it; those with work for these calls end it.
 *
 * @param cancellationId what the calls carry; never empty
 */
public record Cancelled(String cancellationId) {

  /** Every process of a cluster listens here. */
  public static final EventType<Cancelled> EVENT =
      new EventType<>("platform.call.cancelled", Cancelled.class);
}
