package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.contracts.Binary;
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
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.backend.IdempotencyKey;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Section 7, {@code /api/v1/census}: leases and results of workers. */
public final class LeaseRoutes implements Section {

  private static final String LEASES = "/api/v1/census/leases";
  private static final int MAX_NAME = 128;
  private static final int BITMAP_BYTES = 8_192;

  /** A result in JSON: 65,536 characters and a few around them. */
  private static final int MAX_RESULT_BYTES = 128 * 1_024;

  private static final int MAX_RESULT_TEXT = 100_000;
  private static final String RESULT_TYPES =
      "The Content-Type must be application/octet-stream or application/json";

  private final Backend backend;

  public LeaseRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules changes = RouteRules.changes(Role.WORKER, ErrorShapes.PROBLEM);
    router.post(LEASES, changes).handler(respond(this::lease));
    router.post(LEASES + "/:id/heartbeat", changes).handler(respond(this::renew));
    router.delete(LEASES + "/:id", changes.bodyless()).handler(respond(this::release));
    router
        .put(
            "/api/v1/census/tasks/:index/result",
            changes.body(new BodyRule.Whole(MAX_RESULT_BYTES, true)))
        .handler(respond(this::submit));
  }

  private record LeaseView(
      String leaseId,
      String token,
      String expiresAt,
      List<LeaseTasksReply.LeasedTask> tasks,
      int maxRatePps,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String contributorKey) {}

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
            IdempotencyKey.of(ctx),
            ContributorRoutes.key(ctx),
            fields.has("listed") ? fields.bool("listed", false) : null,
            Requests.clientAddress(ctx));
    fields.end();
    return backend
        .call(ctx, PingContract.LEASE_TASKS, request)
        .map(reply ->
            switch (reply) {
              case LeaseTasksReply.Leased leased ->
                  Response.json(
                          201,
                          new LeaseView(
                              leased.leaseId(),
                              leased.token(),
                              Response.time(leased.expiresAtEpochMs()),
                              leased.tasks(),
                              leased.maxRatePps(),
                              leased.contributorKey()))
                      .with("Location", LEASES + "/" + leased.leaseId())
                      .with(IdempotencyKey.headers(leased.replayed()));
              case LeaseTasksReply.NoneAvailable _ ->
                  throw HttpException.of(
                          404, "NO_TASKS_AVAILABLE", "Every task is done, in error or leased")
                      .with("Retry-After", "60");
              case LeaseTasksReply.TooManyLeased many ->
                  throw HttpException.of(
                          429,
                          "TOO_MANY_LEASED",
                          "One may hold " + many.limit() + " tasks at once; submit some first")
                      .with("Retry-After", "30");
              case LeaseTasksReply.TooManyNames many ->
                  throw HttpException.of(
                          429,
                          "TOO_MANY_CONTRIBUTORS",
                          "One address may have " + many.limit() + " new contributors a day")
                      .with("Retry-After", "3600");
              case LeaseTasksReply.WrongKey _ ->
                  throw HttpException.of(
                      403,
                      "CONTRIBUTOR_KEY",
                      "The name has a contributor, whose key must come in the header"
                          + " Contributor-Key");
            });
  }

  private record RenewedView(
      String leaseId,
      String expiresAt,
      @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable List<LeaseTasksReply.LeasedTask> tasks) {}

  private Future<Response> renew(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String leaseId = Requests.pathParameter(ctx, "id");
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
                  Response.json(
                      200,
                      new RenewedView(
                          leaseId, Response.time(renewed.expiresAtEpochMs()), renewed.tasks()));
              case RenewLeaseReply.Lost _ ->
                  throw HttpException.of(409, "LEASE_LOST", "The lease has ended or is unknown");
            });
  }

  private record ReleasedView(int released) {}

  private Future<Response> release(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(
            ctx,
            PingContract.RELEASE_LEASE,
            new ReleaseLeaseRequest(Requests.pathParameter(ctx, "id")))
        .map(reply -> {
          if (reply.released() == 0) {
            throw HttpException.notFound("The lease has ended or is unknown");
          }
          return Response.json(200, new ReleasedView(reply.released()));
        });
  }

  private record AcceptedView(int taskIndex, boolean repeated, int answered) {}

  private Future<Response> submit(RoutingContext ctx) {
    Query.of(ctx).end();
    int index = TaskIndex.of(ctx);
    String token = ctx.request().headers().get("Lease-Token");
    if (token == null || token.isBlank()) {
      throw HttpException.of(409, "NO_LEASE", "The header Lease-Token is missing");
    }
    return backend
        .call(ctx, PingContract.SUBMIT_RESULT, result(ctx, index, token.strip()))
        .map(reply ->
            switch (reply) {
              case SubmitResultReply.Accepted accepted ->
                  Response.json(
                      200, new AcceptedView(index, accepted.repeated(), accepted.answered()));
              case SubmitResultReply.Invalid invalid ->
                  throw new ServiceException(
                      ErrorCode.INVALID_REQUEST, "Invalid result: " + invalid.error());
              case SubmitResultReply.UnknownTask _ -> throw TaskIndex.unknown(index);
              case SubmitResultReply.AlreadyDone _ ->
                  throw HttpException.of(409, "ALREADY_DONE", "Another result is stored");
              case SubmitResultReply.NoLease _ ->
                  throw HttpException.of(
                      409, "NO_LEASE", "The token is not that of the task's latest lease");
            });
  }

  /** Reads a result, as bytes or as JSON; 415 for another media type. */
  private static SubmitResultRequest result(RoutingContext ctx, int index, String token) {
    Buffer body = RequestScope.of(ctx).body();
    return switch (MediaTypes.essence(ctx)) {
      case "application/octet-stream" -> {
        boolean zstd =
            "zstd".equalsIgnoreCase(ctx.request().headers().get(HttpHeaders.CONTENT_ENCODING));
        yield new SubmitResultRequest(
            index,
            token,
            zstd ? Format.BYTES : body.length() == BITMAP_BYTES ? Format.BITMAP : Format.RTT,
            new Binary(body.getBytes()),
            zstd ? SubmitResultRequest.Coding.ZSTD : null,
            Requests.clientAddress(ctx));
      }
      case "application/json" -> {
        RequestObject fields = RequestObject.parse(body.getBytes());
        String text = fields.text("result_data", MAX_RESULT_TEXT);
        fields.end();
        yield new SubmitResultRequest(
            index,
            token,
            Format.TEXT,
            new Binary(text.getBytes(StandardCharsets.UTF_8)),
            null,
            Requests.clientAddress(ctx));
      }
      case null, default -> throw HttpException.unsupported(RESULT_TYPES);
    };
  }
}
