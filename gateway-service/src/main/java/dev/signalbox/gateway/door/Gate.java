package dev.signalbox.gateway.door;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.FaultShape;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteMatch;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which route a request comes to and whether it may: all that its head alone tells. */
final class Gate {

  private static final CharSequence SITE = HttpHeaders.createOptimized("Sec-Fetch-Site");

  /** What becomes of a request. */
  sealed interface Verdict {

    /** It may go on. */
    record Pass(Route route, List<String> values) implements Verdict {}

    /** It ends here, in the words of whatever face its path belongs to. */
    record Refused(@Nullable Route route, FaultShape faults, HttpFault fault) implements Verdict {}
  }

  private final Door door;
  private final Access access;
  private final HostRule hosts;
  private final int bodyBytes;

  /**
   * The gate of a door.
   *
   * @param bodyBytes limit of a body read whole, where the route has none of its own
   */
  Gate(Door door, Access access, HostRule hosts, int bodyBytes) {
    this.door = door;
    this.access = access;
    this.hosts = hosts;
    this.bodyBytes = bodyBytes;
  }

  /**
   * Judges a request by its head.
   *
   * @param path as in the request line, not decoded
   * @param declared length of the body; 0 without one, -1 when not told
   */
  Verdict check(HttpServerRequest request, String path, long declared) {
    return switch (door.find(request.method(), path)) {
      case RouteMatch.Found(Route route, List<String> values) -> {
        HttpFault fault = fault(request, route, declared);
        yield fault == null
            ? new Verdict.Pass(route, values)
            : new Verdict.Refused(route, route.faults(), fault);
      }
      case RouteMatch.WrongMethod(String allow, FaultShape faults) ->
          refused(request, faults, HttpFault.methodNotAllowed(allow));
      case RouteMatch.Reserved(FaultShape faults) -> refused(request, faults, nothingHere());
      case RouteMatch.Nothing _ -> refused(request, ClassicFaults.TEXT, nothingHere());
    };
  }

  private static HttpFault nothingHere() {
    return HttpFault.notFound("There is nothing at this path");
  }

  private Verdict refused(HttpServerRequest request, FaultShape faults, HttpFault fault) {
    HttpFault first = client(request);
    return new Verdict.Refused(null, faults, first == null ? fault : first);
  }

  private @Nullable HttpFault fault(HttpServerRequest request, Route route, long declared) {
    HttpFault client = client(request);
    if (client != null) {
      return client;
    }
    HttpFault site = site(request, route.role());
    if (site != null) {
      return site;
    }
    HttpFault role = role(request, route.role());
    return role != null ? role : size(route.body(), declared);
  }

  /** What is wrong with the client itself, whatever it asks for. */
  private @Nullable HttpFault client(HttpServerRequest request) {
    return request.version() == null
        ? HttpFault.of(505, "HTTP_VERSION", "Only HTTP/1.0, HTTP/1.1 and HTTP/2 are spoken here")
        : hosts.check(request);
  }

  /**
   * Some classic calls change state by GET, which any page of the web can have a browser send.
   * Browsers say so (Fetch Metadata, W3C); other clients do not send the header.
   */
  private static @Nullable HttpFault site(HttpServerRequest request, Role role) {
    boolean harmless = role == Role.PUBLIC || role == Role.READER;
    return !harmless && "cross-site".equals(request.headers().get(SITE))
        ? HttpFault.of(403, "CROSS_SITE", "A page of another site may not do this")
        : null;
  }

  private @Nullable HttpFault role(HttpServerRequest request, Role role) {
    return switch (access.check(request.headers().get(HttpHeaders.AUTHORIZATION), role)) {
      case GRANTED -> null;
      case UNKNOWN ->
          HttpFault.of(
                  401,
                  "UNAUTHENTICATED",
                  "A bearer token of the role " + role.label() + " is needed")
              .with("WWW-Authenticate", "Bearer realm=\"signalbox\"");
      case FORBIDDEN -> HttpFault.of(403, "FORBIDDEN", "The token lacks the role " + role.label());
    };
  }

  private @Nullable HttpFault size(BodyRule rule, long declared) {
    long limit = limit(rule);
    return declared > limit
        ? HttpFault.tooLarge("The body is larger than " + limit + " bytes")
        : null;
  }

  /** The largest body of a route, bytes. */
  long limit(BodyRule rule) {
    return switch (rule) {
      case BodyRule.Ignored _ -> Long.MAX_VALUE;
      case BodyRule.Whole(int limit) -> limit == 0 ? bodyBytes : limit;
      case BodyRule.Streamed(long limit) -> limit;
      case BodyRule.Endless _ -> Long.MAX_VALUE;
    };
  }
}
