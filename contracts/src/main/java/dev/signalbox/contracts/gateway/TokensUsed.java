package dev.signalbox.contracts.gateway;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.EventType;
import java.util.List;

/**
 * What tokens with limits have used at one gateway, as totals that only grow: to hear one twice,
 * late or out of order changes nothing. Sent by that gateway a few times a second while there is
 * something new, and of the tasks now and then as they are; by others for one that asks.
 *
 * @param gateway id of the gateway instance, new at every start
 * @param tasks totals of tasks; at most {@value #MOST}
 * @param requests totals of requests; at most {@value #MOST}
 */
public record TokensUsed(String gateway, List<TasksBegun> tasks, List<RequestsSent> requests) {

  /** The most totals of one kind in a message. */
  public static final int MOST = 1_000;

  /** Every gateway listens here. */
  public static final EventType<TokensUsed> EVENT =
      new EventType<>("gateway.tokens.used", TokensUsed.class);

  /** Asks every gateway for the tasks that it knows of; for gateways that have just started. */
  public static final EventType<Empty> WANTED =
      new EventType<>("gateway.usage.wanted", Empty.class);

  public TokensUsed {
    tasks = List.copyOf(tasks);
    requests = List.copyOf(requests);
  }

  /**
   * Tasks of a day.
   *
   * @param day days since 1970-01-01, UTC
   * @param token name of the token
   * @param total tasks that began at the gateway on that day
   */
  public record TasksBegun(long day, String token, long total) {}

  /**
   * Requests since the gateway started.
   *
   * @param token name of the token
   * @param total requests that the gateway granted
   * @param before the total in the message before, for those that have not heard it
   */
  public record RequestsSent(String token, long total, long before) {}
}
