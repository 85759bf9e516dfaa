package dev.signalbox.gateway.census;

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
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Section 7, {@code /api/v1/census}: what a worker needs. */
public final class LeaseRoutes implements Routes {

  private static final String LEASES = "/api/v1/census/leases";
  private static final int MAX_NAME = 128;

  private final Backend backend;

  /** Routes onto ping-coordinator. */
  public LeaseRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.post(LEASES, Role.WORKER, ProblemFaults.PROBLEM, this::lease))
        .add(
            Route.post(LEASES + "/{id}/heartbeat", Role.WORKER, ProblemFaults.PROBLEM, this::renew))
        .add(Route.delete(LEASES + "/{id}", Role.WORKER, ProblemFaults.PROBLEM, this::release))
        .add(
            Route.with(
                HttpMethod.PUT,
                "/api/v1/census/tasks/{index}/result",
                Role.WORKER,
                ProblemFaults.PROBLEM,
                this::submit));
  }

  private record LeaseView(
      String leaseId,
      String token,
      String expiresAt,
      List<LeaseTasksReply.LeasedTask> tasks,
      int maxRatePps) {}

  private Future<Answer> lease(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Query.of(exchange).end();
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
    var request =
        new LeaseTasksRequest(
            fields.line("worker", MAX_NAME),
            fields.optionalLine("contributor", MAX_NAME),
            fields.optionalLine("team", MAX_NAME),
            (int) fields.integer("count", 1, 1, 64),
            LeaseTasksRequest.Order.SPREAD);
    fields.end();
    return backend
        .call(exchange, PingContract.LEASE_TASKS, request)
        .map(reply ->
            switch (reply) {
              case LeaseTasksReply.Leased leased ->
                  Answers.json(
                          201,
                          new LeaseView(
                              leased.leaseId(),
                              leased.token(),
                              Answers.time(leased.expiresAtEpochMs()),
                              leased.tasks(),
                              leased.maxRatePps()))
                      .with("Location", LEASES + "/" + leased.leaseId());
              case LeaseTasksReply.NoneAvailable _ ->
                  throw HttpFault.of(
                          404, "NO_TASKS_AVAILABLE", "Every task is done, in error or leased")
                      .with("Retry-After", "60");
            });
  }

  private record RenewedView(String leaseId, String expiresAt) {}

  private Future<Answer> renew(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Query.of(exchange).end();
    String leaseId = exchange.parameter(0);
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
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
        .call(exchange, PingContract.RENEW_LEASE, new RenewLeaseRequest(leaseId, done))
        .map(reply ->
            switch (reply) {
              case RenewLeaseReply.Renewed renewed ->
                  Answers.json(
                      200, new RenewedView(leaseId, Answers.time(renewed.expiresAtEpochMs())));
              case RenewLeaseReply.Lost _ ->
                  throw HttpFault.of(409, "LEASE_LOST", "The lease has ended or never was");
            });
  }

  private record ReleasedView(int released) {}

  private Future<Answer> release(Exchange exchange) {
    Query.of(exchange).end();
    return backend
        .call(exchange, PingContract.RELEASE_LEASE, new ReleaseLeaseRequest(exchange.parameter(0)))
        .map(reply -> Answers.json(200, new ReleasedView(reply.released())));
  }

  private record AcceptedView(int taskIndex, boolean repeated, int answered) {}

  private Future<Answer> submit(Exchange exchange) {
    Query.of(exchange).end();
    int index = TaskIndex.of(exchange);
    String token = exchange.header("Lease-Token");
    if (token == null || token.isBlank()) {
      throw HttpFault.of(409, "NO_LEASE", "The header Lease-Token is missing");
    }
    ResultBody result = ResultBody.of(exchange);
    return backend
        .call(
            exchange,
            PingContract.SUBMIT_RESULT,
            new SubmitResultRequest(index, token.strip(), result.format(), result.data()))
        .map(reply ->
            switch (reply) {
              case SubmitResultReply.Accepted accepted ->
                  Answers.json(
                      200, new AcceptedView(index, accepted.repeated(), accepted.answered()));
              case SubmitResultReply.Invalid invalid ->
                  throw new ServiceException(
                      ErrorCode.INVALID_REQUEST, "Not a result: " + invalid.error());
              case SubmitResultReply.UnknownTask _ -> throw TaskIndex.unknown(index);
              case SubmitResultReply.AlreadyDone _ ->
                  throw HttpFault.of(409, "ALREADY_DONE", "Another result is stored");
              case SubmitResultReply.NoLease _ ->
                  throw HttpFault.of(
                      409, "NO_LEASE", "The token is not that of a live lease on the task");
            });
  }
}
