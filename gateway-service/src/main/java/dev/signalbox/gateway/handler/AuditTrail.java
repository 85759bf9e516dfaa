package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.audit.AuditLog;
import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.platform.token.TokenEntry.Credential;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records calls that change something, successful or not: by method, or by the rules of the route,
 * since some classic calls change something by GET.
 */
final class AuditTrail {

  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static final int MAX_PATH = 2_000;
  private static final int MAX_METHOD = 32;

  private final @Nullable AuditLog log;

  /** Without a log it records nothing. */
  AuditTrail(@Nullable AuditLog log) {
    this.log = log;
  }

  void record(HttpServerRequest request, RequestScope scope, int status) {
    AuditLog audit = log;
    MountedRoute route = scope.route();
    if (audit == null || !changes(request.method(), route)) {
      return;
    }
    Caller caller = scope.findCaller();
    Token token = caller == null ? null : caller.token();
    audit.record(
        new AuditLog.Entry(
            Response.time(System.currentTimeMillis()),
            token == null ? null : token.name(),
            token == null ? null : token.role().label(),
            token == null || token.credential() == Credential.TOKEN
                ? null
                : token.credential().label(),
            scope.client().text(),
            scope.client().proxy(),
            shortened(request.method().name(), MAX_METHOD),
            shortened(request.path(), MAX_PATH),
            route == null ? null : route.template(),
            status,
            scope.requestId()));
  }

  private static boolean changes(HttpMethod method, @Nullable MountedRoute route) {
    return !READS.contains(method)
        || (route != null
            && route.rules().effect() == RouteRules.Effect.CHANGES
            && !method.equals(HttpMethod.OPTIONS));
  }

  private static String shortened(@Nullable String text, int limit) {
    if (text == null) {
      return "";
    }
    return text.length() <= limit ? text : text.substring(0, limit) + "...";
  }
}
