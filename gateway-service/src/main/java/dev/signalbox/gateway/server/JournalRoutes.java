package dev.signalbox.gateway.server;

import static dev.signalbox.gateway.routing.Response.respond;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.contracts.serverfactory.ClearServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.CountServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ResetScenariosRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.contracts.serverfactory.ServerStatsRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.Json;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 4: what servers on demand received and did, {@code /api/v1/servers/{id}/requests}. */
public final class JournalRoutes implements Section {

  private static final String SERVER = ServerRoutes.PATH + "/:id";
  private static final String REQUESTS = SERVER + "/requests";

  private static final int MAX_STATUS = 599;
  private static final double MICROS_PER_MS = 1_000;

  private final Backend backend;

  public JournalRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM).bodyless();
    router.get(REQUESTS, reads).handler(respond(this::list));
    router.delete(REQUESTS, changes).handler(respond(this::clear));
    router.get(REQUESTS + "/count", reads).handler(respond(this::count));
    router.get(SERVER + "/stats", reads).handler(respond(this::stats));
    router.post(SERVER + "/scenarios/reset", changes).handler(respond(this::reset));
  }

  private record RequestView(
      long number,
      String at,
      String peer,
      String method,
      String target,
      String version,
      List<ServerRequest.Header> headers,
      long bodyBytes,
      @Nullable String route,
      int status,
      @Nullable String fault,
      double durationMs,
      ServerRequest.@Nullable NearMiss nearest) {

    static RequestView of(ServerRequest request) {
      return new RequestView(
          request.number(),
          Response.time(request.atEpochMs()),
          request.peer(),
          request.method(),
          request.target(),
          request.version(),
          request.headers(),
          request.bodyBytes(),
          request.route(),
          request.status(),
          request.fault(),
          request.micros() / MICROS_PER_MS,
          request.nearest());
    }
  }

  private record RequestsView(List<ObjectNode> items, @Nullable String next, long forgotten) {}

  private record CountView(long count, long forgotten) {}

  private record LatencyMs(double p50, double p90, double p99, double max) {

    static LatencyMs of(ServerStatsReply.Latency latency) {
      return new LatencyMs(
          latency.p50Micros() / MICROS_PER_MS,
          latency.p90Micros() / MICROS_PER_MS,
          latency.p99Micros() / MICROS_PER_MS,
          latency.maxMicros() / MICROS_PER_MS);
    }
  }

  private record RouteView(String route, long requests, LatencyMs latencyMs) {}

  private record StatsView(
      String since,
      long requests,
      long matched,
      int inFlight,
      int connections,
      Map<Integer, Long> statuses,
      Map<String, Long> faults,
      long receivedBytes,
      long sentBytes,
      LatencyMs latencyMs,
      List<RouteView> routes,
      Map<String, String> scenarios) {

    static StatsView of(ServerStatsReply stats) {
      return new StatsView(
          Response.time(stats.sinceEpochMs()),
          stats.requests(),
          stats.matched(),
          stats.inFlight(),
          stats.connections(),
          stats.statuses(),
          stats.faults(),
          stats.receivedBytes(),
          stats.sentBytes(),
          LatencyMs.of(stats.latency()),
          stats.routes().stream()
              .map(route ->
                  new RouteView(route.route(), route.requests(), LatencyMs.of(route.latency())))
              .toList(),
          stats.scenarios());
    }
  }

  private Future<Response> list(RoutingContext ctx) {
    Query query = Query.of(ctx);
    long after = query.integer("after", 0, 0, Long.MAX_VALUE);
    int limit = query.limit();
    ServerRequestFilter filter = filter(query);
    query.end();
    return backend
        .call(
            ctx,
            ServerFactoryContract.LIST_REQUESTS,
            new ListServerRequestsRequest(server(ctx), after, limit, filter))
        .compose(reply -> {
          long bytes = reply.requests().stream().mapToLong(one -> one.body().length()).sum();
          return bytes > Requests.LARGE
              ? ctx.vertx()
                  .executeBlocking(() -> page(reply), false)
                  .map(page -> requireNonNull(page))
              : Future.succeededFuture(page(reply));
        });
  }

  private static Response page(ListServerRequestsReply reply) {
    Long next = reply.next();
    return Response.json(
        200,
        new RequestsView(
            reply.requests().stream().map(JournalRoutes::item).toList(),
            next == null ? null : Long.toString(next),
            reply.forgotten()));
  }

  /** A request with its body, as text when it is UTF-8. */
  private static ObjectNode item(ServerRequest request) {
    ObjectNode item = (ObjectNode) Json.tree(RequestView.of(request));
    byte[] body = request.body().bytes();
    try {
      item.put(
          "body", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      item.put("body_base64", Base64.getEncoder().encodeToString(body));
    }
    return item;
  }

  private Future<Response> count(RoutingContext ctx) {
    Query query = Query.of(ctx);
    ServerRequestFilter filter = filter(query);
    query.end();
    return backend
        .call(
            ctx,
            ServerFactoryContract.COUNT_REQUESTS,
            new CountServerRequestsRequest(server(ctx), filter))
        .map(JournalRoutes::counted);
  }

  private static Response counted(CountServerRequestsReply reply) {
    return Response.json(200, new CountView(reply.count(), reply.forgotten()));
  }

  private static ServerRequestFilter filter(Query query) {
    long status = query.integer("status", -1, 0, MAX_STATUS);
    return new ServerRequestFilter(
        query.text("method"),
        query.text("path"),
        query.text("path_prefix"),
        query.text("route"),
        status < 0 ? null : (int) status,
        flag(query, "unmatched"),
        query.text("body_contains"));
  }

  private static boolean flag(Query query, String name) {
    return switch (query.text(name)) {
      case null -> false;
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default -> {
        query.problem(name, "must be true or false");
        yield false;
      }
    };
  }

  private Future<Response> clear(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(
            ctx, ServerFactoryContract.CLEAR_REQUESTS, new ClearServerRequestsRequest(server(ctx)))
        .map(_ -> Response.empty(204));
  }

  private Future<Response> stats(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, ServerFactoryContract.STATS, new ServerStatsRequest(server(ctx)))
        .map(stats -> Response.json(200, StatsView.of(stats)));
  }

  private Future<Response> reset(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, ServerFactoryContract.RESET_SCENARIOS, new ResetScenariosRequest(server(ctx)))
        .map(_ -> Response.empty(204));
  }

  private static String server(RoutingContext ctx) {
    return Requests.pathParameter(ctx, "id");
  }
}
