package dev.signalbox.gateway.system;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 8: who the caller is, and the limits that apply. */
public final class WhoamiRoutes implements Section {

  /**
   * The limits of this gateway that callers meet first.
   *
   * @param maxBodyBytes of a request whose body is read whole
   * @param maxHeaderBytes of all headers of a request
   * @param maxBatchTasks in one batch
   * @param maxBatchConcurrency that a request may set
   * @param maxTaskTimeoutMs that a request may set
   * @param maxRequestsInFlight of all callers at once
   * @param maxRequestsInFlightPerClient of one address at once
   * @param maxConnectionsPerClient of one address at once
   */
  public record Limits(
      long maxBodyBytes,
      long maxHeaderBytes,
      int maxBatchTasks,
      int maxBatchConcurrency,
      long maxTaskTimeoutMs,
      int maxRequestsInFlight,
      int maxRequestsInFlightPerClient,
      int maxConnectionsPerClient) {}

  /**
   * The caller.
   *
   * @param authentication {@code off} or {@code token}
   * @param role of the token; null without a token that the gateway knows, or when none is asked
   *     for
   * @param may roles whose calls the caller may make
   */
  private record Caller(
      String authentication, @Nullable String role, List<String> may, Limits limits) {}

  private final Access access;
  private final Limits limits;

  public WhoamiRoutes(Access access, Limits limits) {
    this.access = access;
    this.limits = limits;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .get("/api/v1/whoami", RouteRules.reads(Role.PUBLIC, ErrorShapes.PROBLEM))
        .handler(respond(this::whoami));
  }

  private Future<Response> whoami(RoutingContext ctx) {
    Query.of(ctx).end();
    String authorization = ctx.request().headers().get(HttpHeaders.AUTHORIZATION);
    List<Role> may =
        Arrays.stream(Role.values())
            .filter(role -> role != Role.PUBLIC)
            .filter(role -> access.check(authorization, role) == Access.Verdict.GRANTED)
            .toList();
    Role role = access.required() ? access.role(authorization) : null;
    Caller caller =
        new Caller(
            access.required() ? "token" : "off",
            role == null ? null : role.label(),
            may.stream().map(Role::label).toList(),
            limits);
    return Future.succeededFuture(Response.json(200, caller).with("Cache-Control", "no-store"));
  }
}
