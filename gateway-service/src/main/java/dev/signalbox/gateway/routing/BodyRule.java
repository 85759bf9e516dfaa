package dev.signalbox.gateway.routing;

/** What a route does with the request's body. */
public sealed interface BodyRule {

  /** It has none; what comes is thrown away. */
  record Ignored() implements BodyRule {}

  /**
   * It is read whole before the handler runs, and is then {@code ctx.body()}.
   *
   * @param limitBytes more is 413; 0 for the configured limit
   */
  record Whole(int limitBytes) implements BodyRule {}

  /**
   * The handler pulls it from {@link RequestScope#stream()} piece by piece.
   *
   * @param limitBytes more is 413; {@link Long#MAX_VALUE} when somebody else counts
   */
  record Streamed(long limitBytes) implements BodyRule {}

  /**
   * The handler pulls it from {@link RequestScope#stream()} for as long as the client goes on.
   * There is no slowest pace: a client that makes its body while it sends it may pause, within a
   * bound.
   */
  record Endless() implements BodyRule {}
}
