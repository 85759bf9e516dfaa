package dev.signalbox.gateway.server;

import static dev.signalbox.gateway.routing.Response.respond;
import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.backend.IdempotencyKey;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.ErrorStatus;
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
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Section 4, {@code /api/v1/servers}. */
public final class ServerRoutes implements Section {

  private static final String PATH = "/api/v1/servers";
  private static final int MAX_PAGE_URI = 2_000;
  private static final int MAX_DATA = 1 << 20;

  private final Backend backend;

  public ServerRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
    router.post(PATH, changes).handler(respond(this::start));
    router.get(PATH, reads).handler(respond(this::list));
    router.get(PATH + "/:id", reads).handler(respond(this::get));
    router.delete(PATH + "/:id", changes.bodyless()).handler(respond(this::stop));
  }

  private record ServerView(
      String serverId,
      int port,
      String pageUri,
      String url,
      String host,
      String node,
      String createdAt) {

    static ServerView of(ServerInfo server) {
      return new ServerView(
          server.serverId(),
          server.port(),
          server.pageUri(),
          "http://" + authority(server) + server.pageUri(),
          server.host(),
          server.node(),
          Response.time(server.createdAtEpochMs()));
    }
  }

  private static String authority(ServerInfo server) {
    String host = server.host();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port();
  }

  private Future<Response> start(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    var request =
        new StartServerRequest(
            (int) fields.integer("port", 0, 0, 65_535),
            fields.line("page_uri", MAX_PAGE_URI),
            content(fields),
            IdempotencyKey.of(ctx),
            null);
    if (!request.pageUri().isEmpty() && !request.pageUri().startsWith("/")) {
      fields.problem("page_uri", "must begin with a slash");
    }
    fields.end();
    return backend
        .call(ctx, ServerFactoryContract.START, request)
        .map(reply ->
            switch (reply) {
              case StartServerReply.Started started ->
                  Response.json(201, ServerView.of(started.server()))
                      .with("Location", PATH + "/" + started.server().serverId())
                      .with(IdempotencyKey.headers(started.replayed()));
              case StartServerReply.Refused refused ->
                  throw ErrorStatus.of(fault(refused))
                      .with(IdempotencyKey.headers(refused.replayed()));
            });
  }

  private static String content(RequestObject fields) {
    String data = fields.optionalText("response_data", MAX_DATA);
    return data == null ? "" : data;
  }

  private static ServiceException fault(StartServerReply.Refused refused) {
    return switch (refused.reason()) {
      case LIMIT -> new ServiceException(ErrorCode.LIMIT_REACHED, refused.message());
      case PORT_RANGE -> ServiceException.invalid("/port", refused.message());
      case PORT_TAKEN, PAGE_URI_TAKEN, PORT_NOT_AVAILABLE ->
          new ServiceException(ErrorCode.CONFLICT, refused.message());
    };
  }

  private Future<Response> list(RoutingContext ctx) {
    Query query = Query.of(ctx);
    int limit = query.limit();
    Position after = Position.parse(query.text("after"));
    if (after == null) {
      query.problem("after", "must be the next of an earlier page");
    }
    query.end();
    return servers(ctx).map(servers -> page(servers, requireNonNull(after), limit));
  }

  /** Pages are cut here, since there are few servers. */
  private static Response page(List<ServerInfo> servers, Position after, int limit) {
    List<ServerInfo> left =
        servers.stream()
            .filter(server -> Position.of(server).compareTo(after) > 0)
            .sorted(comparing(Position::of))
            .toList();
    List<ServerInfo> page = left.subList(0, Math.min(left.size(), limit));
    return Response.page(
        page.stream().map(ServerView::of).toList(),
        page.size() < left.size() ? Position.of(page.getLast()).cursor() : null);
  }

  /** A place in the list of servers, which stays when the server there is gone. */
  private record Position(long createdAtMs, String serverId) implements Comparable<Position> {

    private static final Position START = new Position(-1, "");

    static Position of(ServerInfo server) {
      return new Position(server.createdAtEpochMs(), server.serverId());
    }

    /** The position of a cursor, the start without one; null when it is not a cursor. */
    static @Nullable Position parse(@Nullable String cursor) {
      if (cursor == null) {
        return START;
      }
      int dot = cursor.indexOf('.');
      OptionalLong time =
          dot < 0
              ? OptionalLong.empty()
              : WholeNumber.parse(cursor.substring(0, dot), 0, Long.MAX_VALUE);
      return time.isEmpty() ? null : new Position(time.getAsLong(), cursor.substring(dot + 1));
    }

    String cursor() {
      return createdAtMs + "." + serverId;
    }

    @Override
    public int compareTo(Position other) {
      int byTime = Long.compare(createdAtMs, other.createdAtMs);
      return byTime != 0 ? byTime : serverId.compareTo(other.serverId);
    }
  }

  private Future<List<ServerInfo>> servers(RoutingContext ctx) {
    return backend
        .call(ctx, ServerFactoryContract.LIST, new ListServersRequest())
        .map(reply -> reply.servers());
  }

  private Future<Response> get(RoutingContext ctx) {
    Query.of(ctx).end();
    String id = Requests.pathParameter(ctx, "id");
    return servers(ctx)
        .map(servers ->
            servers.stream()
                .filter(server -> server.serverId().equals(id))
                .findFirst()
                .map(server -> Response.json(200, ServerView.of(server)))
                .orElseThrow(() ->
                    new ServiceException(ErrorCode.NOT_FOUND, "There is no server with this id")));
  }

  private Future<Response> stop(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(
            ctx,
            ServerFactoryContract.STOP,
            new StopServerRequest(Requests.pathParameter(ctx, "id")))
        .map(_ -> Response.empty(204));
  }
}
