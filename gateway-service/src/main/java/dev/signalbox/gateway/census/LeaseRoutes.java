package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Responses.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReleaseLeaseRequest;
import dev.signalbox.contracts.ping.RenewLeaseReply;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.backend.IdempotencyKey;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.error.ProblemErrors;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Paths;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Responses;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Section 7, {@code /api/v1/census}: what a worker needs. */
public final class LeaseRoutes implements Section {

  private static final String LEASES = "/api/v1/census/leases";
  private static final int MAX_NAME = 128;

  private final Backend backend;

  /** Routes onto ping-coordinator. */
  public LeaseRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules changes = RouteRules.changes(Role.WORKER, ProblemErrors.PROBLEM);
    router.post(LEASES, changes).handler(respond(this::lease));
    router.post(LEASES + "/:id/heartbeat", changes).handler(respond(this::renew));
    router.delete(LEASES + "/:id", changes.bodyless()).handler(respond(this::release));
    router
        .put(
            "/api/v1/census/tasks/:index/result",
            changes.body(new BodyRule.Whole(ResultBody.MAX_BYTES)))
        .handler(respond(this::submit));
  }

  private record LeaseView(
      String leaseId,
      String token,
      String expiresAt,
      List<LeaseTasksReply.LeasedTask> tasks,
      int maxRatePps) {}

  private Future<Response> lease(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    var request =
        new LeaseTasksRequest(
            fields.line("worker", MAX_NAME),
            fields.optionalLine("contributor", MAX_NAME),
            fields.optionalLine("team", MAX_NAME),
            (int) fields.integer("count", 1, 1, 64),
            LeaseTasksRequest.Order.SPREAD,
            IdempotencyKey.of(ctx));
    fields.end();
    return backend
        .call(ctx, PingContract.LEASE_TASKS, request)
        .map(reply ->
            switch (reply) {
              case LeaseTasksReply.Leased leased ->
                  Responses.json(
                          201,
                          new LeaseView(
                              leased.leaseId(),
                              leased.token(),
                              Responses.time(leased.expiresAtEpochMs()),
                              leased.tasks(),
                              leased.maxRatePps()))
                      .with("Location", LEASES + "/" + leased.leaseId())
                      .with(IdempotencyKey.headers(leased.replayed()));
              case LeaseTasksReply.NoneAvailable _ ->
                  throw HttpException.of(
                          404, "NO_TASKS_AVAILABLE", "Every task is done, in error or leased")
                      .with("Retry-After", "60");
            });
  }

  private record RenewedView(String leaseId, String expiresAt) {}

  private Future<Response> renew(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String leaseId = Paths.parameter(ctx, "id");
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    Map<Integer, Double> done = new HashMap<>();
    fields
        .map("done")
        .forEach((index, share) -> {
          OptionalLong task = WholeNumber.parse(index, 0, Integer.MAX_VALUE);
          if (task.isEmpty()
              || !(share instanceof Number number)
              || !(number.doubleValue() >= 0 && number.doubleValue() <= 1)) {
            fields.problem("done", "must map task indices to numbers from 0 to 1");
          } else {
            done.put((int) task.getAsLong(), number.doubleValue());
          }
        });
    fields.end();
    return backend
        .call(ctx, PingContract.RENEW_LEASE, new RenewLeaseRequest(leaseId, done))
        .map(reply ->
            switch (reply) {
              case RenewLeaseReply.Renewed renewed ->
                  Responses.json(
                      200, new RenewedView(leaseId, Responses.time(renewed.expiresAtEpochMs())));
              case RenewLeaseReply.Lost _ ->
                  throw HttpException.of(409, "LEASE_LOST", "The lease has ended or never was");
            });
  }

  private record ReleasedView(int released) {}

  private Future<Response> release(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, PingContract.RELEASE_LEASE, new ReleaseLeaseRequest(Paths.parameter(ctx, "id")))
        .map(reply -> Responses.json(200, new ReleasedView(reply.released())));
  }

  private record AcceptedView(int taskIndex, boolean repeated, int answered) {}

  private Future<Response> submit(RoutingContext ctx) {
    Query.of(ctx).end();
    int index = TaskIndex.of(ctx);
    String token = ctx.request().headers().get("Lease-Token");
    if (token == null || token.isBlank()) {
      throw HttpException.of(409, "NO_LEASE", "The header Lease-Token is missing");
    }
    ResultBody result = ResultBody.of(ctx);
    return backend
        .call(
            ctx,
            PingContract.SUBMIT_RESULT,
            new SubmitResultRequest(index, token.strip(), result.format(), result.data()))
        .map(reply ->
            switch (reply) {
              case SubmitResultReply.Accepted accepted ->
                  Responses.json(
                      200, new AcceptedView(index, accepted.repeated(), accepted.answered()));
              case SubmitResultReply.Invalid invalid ->
                  throw new ServiceException(
                      ErrorCode.INVALID_REQUEST, "Not a result: " + invalid.error());
              case SubmitResultReply.UnknownTask _ -> throw TaskIndex.unknown(index);
              case SubmitResultReply.AlreadyDone _ ->
                  throw HttpException.of(409, "ALREADY_DONE", "Another result is stored");
              case SubmitResultReply.NoLease _ ->
                  throw HttpException.of(
                      409, "NO_LEASE", "The token is not that of a live lease on the task");
            });
  }
}
