package dev.signalbox.gateway.system;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.ClientCertificate;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.limit.DailyTasks;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.token.TokenLimits;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 8: who the caller is, and the limits that apply. */
public final class WhoamiRoutes implements Section {

  /**
   * Limits of this gateway for one request and for all of a caller. Of the requests in flight a
   * caller has a share, as {@link dev.signalbox.gateway.limit.RequestPermits} says.
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
   * @param role of the token or certificate; null without one that the gateway knows, or when none
   *     is asked for
   * @param token or certificate that the gateway knows, expired or not; null without one
   * @param credential by which the caller proved itself, {@code token} or {@code certificate}; null
   *     without one that the gateway knows
   * @param certificateSha256 digest of the certificate that the client showed in the handshake,
   *     known or not; null without one
   * @param may roles whose calls the caller may make
   * @param address of the caller, as limits and logs take it; null when it is not known
   * @param secure whether the caller speaks TLS
   */
  private record Whoami(
      String authentication,
      @Nullable String role,
      @Nullable KnownToken token,
      @Nullable String credential,
      @Nullable String certificateSha256,
      List<String> may,
      @Nullable String address,
      boolean secure,
      Limits limits) {}

  /**
   * A token or certificate.
   *
   * @param name null for one that is configured without a name
   * @param expiresAt RFC 3339; null for never
   * @param requestsPerMinute how many requests are answered; null for any number
   * @param tasksPerDay how many tasks may begin on a day of UTC; null for any number
   * @param tasksLeft how many of them may begin today; null for any number
   * @param serversAtOnce how many servers on demand that it made may exist; null for any number
   */
  private record KnownToken(
      @Nullable String name,
      @Nullable String expiresAt,
      boolean expired,
      @Nullable Integer requestsPerMinute,
      @Nullable Integer tasksPerDay,
      @Nullable Long tasksLeft,
      @Nullable Integer serversAtOnce) {

    static KnownToken of(Token token, boolean expired, DailyTasks tasks) {
      Instant end = token.expires();
      String name = token.name();
      TokenLimits limits = token.limits();
      return new KnownToken(
          token.name(),
          end == null ? null : Response.time(end.toEpochMilli()),
          expired,
          limit(limits.requestsPerMinute()),
          limit(limits.tasksPerDay()),
          name == null || limits.tasksPerDay() == 0
              ? null
              : tasks.look(name, limits.tasksPerDay()).remaining(),
          limit(limits.serversAtOnce()));
    }

    private static @Nullable Integer limit(int number) {
      return number == 0 ? null : number;
    }
  }

  private final Limits limits;
  private final DailyTasks tasks;

  /**
   * Routes.
   *
   * @param tasks that tokens have begun
   */
  public WhoamiRoutes(Limits limits, DailyTasks tasks) {
    this.limits = limits;
    this.tasks = tasks;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .get("/api/v1/whoami", RouteRules.reads(Role.PUBLIC, ErrorShapes.PROBLEM))
        .handler(respond(this::whoami));
  }

  private Future<Response> whoami(RoutingContext ctx) {
    Query.of(ctx).end();
    RequestScope scope = RequestScope.of(ctx);
    Caller caller = scope.caller();
    List<Role> may =
        Arrays.stream(Role.values())
            .filter(role -> role != Role.PUBLIC)
            .filter(role -> caller.check(role) == Caller.Verdict.GRANTED)
            .toList();
    Token token = caller.token();
    ClientCertificate certificate = scope.connection().certificate();
    Whoami whoami =
        new Whoami(
            caller.open() ? "off" : "token",
            token == null || caller.expired() ? null : token.role().label(),
            token == null ? null : KnownToken.of(token, caller.expired(), tasks),
            token == null ? null : token.credential().label(),
            certificate == null ? null : certificate.sha256(),
            may.stream().map(Role::label).toList(),
            scope.client().host(),
            scope.client().secure(),
            limits);
    return Future.succeededFuture(Response.json(200, whoami).with("Cache-Control", "no-store"));
  }
}
