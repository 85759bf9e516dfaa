package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShape;

/**
 * What guards a route. {@link GuardedRouter} mounts none without.
 *
 * @param role what the caller must be allowed to do
 * @param body what becomes of the request's body
 * @param errors how errors are worded
 * @param effect what a call does
 * @param limited whether the request counts against the bounds of requests in flight; false only
 *     for what must answer under overload
 */
public record RouteRules(
    Role role, BodyRule body, ErrorShape errors, Effect effect, boolean limited) {

  /** What a call does. */
  public enum Effect {
    /** It reads: any page may have a browser send it. */
    READS,
    /** It changes something: pages of other sites, prefetches and HEAD are kept from it. */
    CHANGES
  }

  private static final BodyRule IGNORED = new BodyRule.Ignored();
  private static final BodyRule WHOLE = new BodyRule.Whole(0);

  /** A call that reads and has no body. */
  public static RouteRules reads(Role role, ErrorShape errors) {
    return new RouteRules(role, IGNORED, errors, Effect.READS, true);
  }

  /** A call that changes something; its body is read whole, up to the configured limit. */
  public static RouteRules changes(Role role, ErrorShape errors) {
    return new RouteRules(role, WHOLE, errors, Effect.CHANGES, true);
  }

  /** The same with another rule for the body. */
  public RouteRules body(BodyRule rule) {
    return new RouteRules(role, rule, errors, effect, limited);
  }

  /** The same without a body. */
  public RouteRules bodyless() {
    return body(IGNORED);
  }

  /** The same, answered under overload too. */
  public RouteRules always() {
    return new RouteRules(role, body, errors, effect, false);
  }
}
