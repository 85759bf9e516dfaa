package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.ListOptOutsRequest;
import dev.signalbox.contracts.ping.ListRoundsRequest;
import dev.signalbox.contracts.ping.LookUpReply;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.OptOut;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.RemoveOptOutRequest;
import dev.signalbox.contracts.ping.Round;
import dev.signalbox.contracts.ping.RttCode;
import dev.signalbox.contracts.ping.StartRoundReply;
import dev.signalbox.contracts.ping.StartRoundRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Section 7: rounds, what they found of an address, and who asked to be left out. */
public final class RoundRoutes implements Section {

  private static final String CENSUS = "/api/v1/census";
  private static final String ROUNDS = CENSUS + "/rounds";
  private static final String OPT_OUTS = CENSUS + "/opt-outs";
  private static final String ADDRESSES = CENSUS + "/addresses/:address";
  private static final int MAX_NAME = 128;
  private static final int MAX_REASON = 500;
  private static final int MAX_NETWORK = 18;

  private final Backend backend;

  public RoundRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.ADMIN, ErrorShapes.PROBLEM);
    router.get(ROUNDS, reads).handler(respond(this::rounds));
    router.post(ROUNDS, changes).handler(respond(this::startRound));
    router.get(OPT_OUTS, reads).handler(respond(this::optOuts));
    router.post(OPT_OUTS, changes).handler(respond(this::addOptOut));
    router.delete(OPT_OUTS + "/:id", changes.bodyless()).handler(respond(this::removeOptOut));
    router.get(ADDRESSES, reads).handler(respond(ctx -> lookUp(ctx, 32)));
    router
        .get(ADDRESSES + "/:length", reads)
        .handler(respond(ctx -> lookUp(ctx, number(ctx, "length", 8, 32))));
  }

  private record RoundView(
      int round,
      String startedAt,
      @Nullable String endedAt,
      int totalTasks,
      int doneTasks,
      long answeredAddresses) {

    static RoundView of(Round round) {
      Long ended = round.endedAtEpochMs();
      return new RoundView(
          round.number(),
          Response.time(round.startedAtEpochMs()),
          ended == null ? null : Response.time(ended),
          round.tasks(),
          round.done(),
          round.answered());
    }
  }

  private Future<Response> rounds(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, PingContract.LIST_ROUNDS, new ListRoundsRequest())
        .map(reply ->
            Response.page(reply.rounds().reversed().stream().map(RoundView::of).toList(), null));
  }

  private Future<Response> startRound(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    int current = (int) fields.integer("current", 0, 1, Integer.MAX_VALUE);
    if (current == 0) {
      fields.problem("current", "is required: the number of the round that is to end");
    }
    fields.end();
    return backend
        .call(ctx, PingContract.START_ROUND, new StartRoundRequest(current))
        .map(reply ->
            switch (reply) {
              case StartRoundReply.Started started ->
                  Response.json(201, RoundView.of(started.round()));
              case StartRoundReply.NotCurrent other ->
                  throw new ServiceException(
                      ErrorCode.CONFLICT, "The current round is " + other.current());
            });
  }

  private record OptOutView(
      long id,
      String network,
      String requester,
      @Nullable String reason,
      String source,
      String createdAt) {

    static OptOutView of(OptOut optOut) {
      return new OptOutView(
          optOut.id(),
          optOut.network(),
          optOut.requester(),
          optOut.reason(),
          optOut.source().name().toLowerCase(Locale.ROOT),
          Response.time(optOut.createdAtEpochMs()));
    }
  }

  private Future<Response> optOuts(RoutingContext ctx) {
    Query query = Query.of(ctx);
    var request =
        new ListOptOutsRequest(query.integer("after", 0, 0, Long.MAX_VALUE), query.limit());
    query.end();
    return backend
        .call(ctx, PingContract.LIST_OPT_OUTS, request)
        .map(reply -> {
          List<OptOut> optOuts = reply.optOuts();
          return Response.page(
              optOuts.stream().map(OptOutView::of).toList(),
              reply.more() && !optOuts.isEmpty() ? Long.toString(optOuts.getLast().id()) : null);
        });
  }

  private Future<Response> addOptOut(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    var request =
        new AddOptOutRequest(
            fields.line("network", MAX_NETWORK),
            fields.line("requester", MAX_NAME),
            fields.optionalLine("reason", MAX_REASON));
    fields.end();
    return backend
        .call(ctx, PingContract.ADD_OPT_OUT, request)
        .map(optOut ->
            Response.json(201, OptOutView.of(optOut))
                .with("Location", OPT_OUTS + "/" + optOut.id()));
  }

  private Future<Response> removeOptOut(RoutingContext ctx) {
    Query.of(ctx).end();
    OptionalLong id = WholeNumber.parse(Requests.pathParameter(ctx, "id"), 1, Long.MAX_VALUE);
    if (id.isEmpty()) {
      throw HttpException.notFound("There is no such opt-out");
    }
    return backend
        .call(ctx, PingContract.REMOVE_OPT_OUT, new RemoveOptOutRequest(id.getAsLong()))
        .map(_ -> Response.empty(204));
  }

  private record FindingView(
      int round,
      String pingedAt,
      long pinged,
      long answered,
      @Nullable Double rttMs,
      int contributors) {

    static FindingView of(LookUpReply.Finding finding) {
      return new FindingView(
          finding.round(),
          Response.time(finding.pingedAtEpochMs()),
          finding.pinged(),
          finding.answered(),
          finding.rtt() == RttCode.NONE
              ? null
              : Math.round(RttCode.millis(finding.rtt()) * 100) / 100.0,
          finding.contributors());
    }
  }

  private record TaskStateView(
      String status, @Nullable Double share, @Nullable String contributor, String updatedAt) {

    static TaskStateView of(LookUpReply.TaskState task) {
      return new TaskStateView(
          CensusView.name(task.status()),
          task.share(),
          task.contributor(),
          Response.time(task.updatedAtEpochMs()));
    }
  }

  private record LookUpView(
      String network,
      String name,
      int tasks,
      int doneTasks,
      @Nullable TaskStateView task,
      @Nullable String exclusion,
      List<FindingView> rounds) {}

  private Future<Response> lookUp(RoutingContext ctx, int length) {
    Query.of(ctx).end();
    InetAddress address =
        Optional.of(Requests.pathParameter(ctx, "address"))
            .filter(text -> text.indexOf(':') < 0) // Not an IPv4 address within an IPv6 one.
            .flatMap(IpLiteral::parse)
            .orElseThrow(() ->
                ServiceException.invalid("/address", "must be an IPv4 address such as 192.0.2.1"));
    long number = 0;
    for (byte part : address.getAddress()) {
      number = (number << 8) | (part & 0xff);
    }
    return backend
        .call(ctx, PingContract.LOOK_UP, new LookUpRequest(number, length))
        .map(reply -> {
          LookUpReply.TaskState task = reply.task();
          return Response.json(
              200,
              new LookUpView(
                  reply.network(),
                  reply.name(),
                  reply.tasks(),
                  reply.done(),
                  task == null ? null : TaskStateView.of(task),
                  reply.exclusion(),
                  reply.rounds().stream().map(FindingView::of).toList()));
        });
  }

  private static int number(RoutingContext ctx, String name, int min, int max) {
    OptionalLong number = WholeNumber.parse(Requests.pathParameter(ctx, name), min, max);
    if (number.isEmpty()) {
      throw ServiceException.invalid(
          "/" + name, "must be a whole number from " + min + " to " + max);
    }
    return (int) number.getAsLong();
  }
}
