package dev.signalbox.serverfactory.serving;

import java.time.Duration;

/**
 * What one server takes from its clients.
 *
 * @param connections open at once; one more is closed at once
 * @param inFlight requests at once, those that wait for a delay among them; one more is refused
 * @param requestBytes of the body of one request
 * @param bodyTimeout in which the body of a request must be there
 * @param idleTimeout silence after which a connection is closed, unless a response is being delayed
 */
public record ServingLimits(
    int connections, int inFlight, int requestBytes, Duration bodyTimeout, Duration idleTimeout) {

  /** Of the service, where its settings say nothing. */
  public static final ServingLimits USUAL =
      new ServingLimits(
          1_000, 10_000, 4 * 1_024 * 1_024, Duration.ofSeconds(30), Duration.ofSeconds(30));
}
