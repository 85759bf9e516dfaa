package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.json.MediaTypes;
import io.vertx.ext.web.RoutingContext;

/**
 * The rules of a route. {@link GuardedRouter} mounts no route without them.
 *
 * @param role required of the caller
 * @param body how the request's body is read
 * @param errors shape of its errors
 * @param effect whether a call changes something
 * @param bound the bound that its requests count against
 * @param described whether the OpenAPI description lists it
 */
public record RouteRules(
    Role role, BodyRule body, ErrorShape errors, Effect effect, Bound bound, boolean described) {

  /** The bound of requests that are open at once. */
  public enum Bound {
    /** That of requests in flight. */
    REQUESTS,
    /** That of streams of events, which last for hours and do nothing most of the time. */
    EVENT_STREAMS,
    /** That of streams of events when Accept names them, else that of requests in flight. */
    BY_ACCEPT,
    /**
     * That of requests passed on to servers on demand, which may take minutes and do nothing most
     * of the time.
     */
    PROXIED,
    /** None: for routes that must answer under overload. */
    NONE
  }

  /** Whether a call changes something. */
  public enum Effect {
    /** It reads: a page of any site may call it. */
    READS,
    /** It changes something: pages of other sites, prefetches and HEAD may not call it. */
    CHANGES
  }

  /** How the request's body is read. */
  public sealed interface BodyRule {

    /** Not at all; a body is discarded. */
    record Ignored() implements BodyRule {}

    /**
     * Whole, before the handler runs: {@link RequestScope#body()}.
     *
     * @param limitBytes more is 413; 0 for the configured limit
     * @param keepsZstd whether bytes ({@code application/octet-stream}) packed with zstd stay
     *     packed
     */
    record Whole(int limitBytes, boolean keepsZstd) implements BodyRule {

      /** Unpacked, whatever it is. */
      public Whole(int limitBytes) {
        this(limitBytes, false);
      }
    }

    /**
     * The handler pulls it from {@link RequestScope#stream()}.
     *
     * @param limitBytes more is 413; {@link Long#MAX_VALUE} when the service enforces the limit
     */
    record Streamed(long limitBytes) implements BodyRule {}

    /**
     * The handler pulls it from {@link RequestScope#stream()} without a minimum rate, for a client
     * that produces its body while sending; its pauses are bounded.
     */
    record Endless() implements BodyRule {}

    /**
     * The handler pulls it from {@link RequestScope#stream()} and passes it on as it is, in
     * whatever content coding.
     */
    record PassedOn() implements BodyRule {}
  }

  private static final BodyRule IGNORED = new BodyRule.Ignored();
  private static final BodyRule WHOLE = new BodyRule.Whole(0);

  /** A call that reads and has no body. */
  public static RouteRules reads(Role role, ErrorShape errors) {
    return new RouteRules(role, IGNORED, errors, Effect.READS, Bound.REQUESTS, true);
  }

  /** A call that changes something; its body is read whole, up to the configured limit. */
  public static RouteRules changes(Role role, ErrorShape errors) {
    return new RouteRules(role, WHOLE, errors, Effect.CHANGES, Bound.REQUESTS, true);
  }

  /** The same with another rule for the body. */
  public RouteRules body(BodyRule rule) {
    return new RouteRules(role, rule, errors, effect, bound, described);
  }

  /** The same without a body. */
  public RouteRules bodyless() {
    return body(IGNORED);
  }

  /** The same, answered under overload too. */
  public RouteRules always() {
    return new RouteRules(role, body, errors, effect, Bound.NONE, described);
  }

  /**
   * The same for a part of a page, such as a style sheet: the OpenAPI description leaves it out,
   * since no client calls it.
   */
  public RouteRules undescribed() {
    return new RouteRules(role, body, errors, effect, bound, false);
  }

  /** The same, as a stream of events for those who ask for one. */
  public RouteRules maybeEventStream() {
    return new RouteRules(role, body, errors, effect, Bound.BY_ACCEPT, described);
  }

  /** The bound that a request counts against; never {@code BY_ACCEPT}. */
  public Bound bound(RoutingContext ctx) {
    return bound != Bound.BY_ACCEPT
        ? bound
        : MediaTypes.prefersToJson(ctx, "text/event-stream") ? Bound.EVENT_STREAMS : Bound.REQUESTS;
  }

  /** The same, passed on to a server on demand with its body. */
  public RouteRules proxied() {
    return new RouteRules(role, new BodyRule.PassedOn(), errors, effect, Bound.PROXIED, described);
  }

  /** The same, as a stream of events. */
  public RouteRules eventStream() {
    return new RouteRules(role, body, errors, effect, Bound.EVENT_STREAMS, described);
  }
}
