package dev.signalbox.gateway.server;

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
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 4, {@code /api/v1/servers}. */
public final class ServerRoutes implements Routes {

  private static final String PATH = "/api/v1/servers";
  private static final int MAX_PAGE_URI = 2_000;
  private static final int MAX_DATA = 1 << 20;

  private final Backend backend;

  /** Routes onto server-factory-service. */
  public ServerRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.post(PATH, Role.OPERATOR, ProblemFaults.PROBLEM, this::start))
        .add(Route.get(PATH, Role.READER, ProblemFaults.PROBLEM, this::list))
        .add(Route.get(PATH + "/{id}", Role.READER, ProblemFaults.PROBLEM, this::get))
        .add(Route.delete(PATH + "/{id}", Role.OPERATOR, ProblemFaults.PROBLEM, this::stop));
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
          "http://" + server.host() + ":" + server.port() + server.pageUri(),
          server.host(),
          server.node(),
          Answers.time(server.createdAtEpochMs()));
    }
  }

  private Future<Answer> start(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Query.of(exchange).end();
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
    var request =
        new StartServerRequest(
            (int) fields.integer("port", 0, 0, 65_535),
            fields.line("page_uri", MAX_PAGE_URI),
            fields.has("response_data") ? content(fields) : "",
            IdempotencyKey.of(exchange));
    if (!request.pageUri().isEmpty() && !request.pageUri().startsWith("/")) {
      fields.problem("page_uri", "must begin with a slash");
    }
    fields.end();
    return backend
        .call(exchange, ServerFactoryContract.START, request)
        .map(reply ->
            switch (reply) {
              case StartServerReply.Started started ->
                  Answers.json(201, ServerView.of(started.server()))
                      .with("Location", PATH + "/" + started.server().serverId());
              case StartServerReply.Refused refused -> throw fault(refused);
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

  private Future<Answer> list(Exchange exchange) {
    Query query = Query.of(exchange);
    int limit = query.limit();
    String after = query.text("after");
    query.end();
    return servers(exchange).map(servers -> page(servers, after, limit));
  }

  /** There are few servers, so pages are cut here; the cursor is the id of the last one seen. */
  private static Answer page(List<ServerInfo> servers, @Nullable String after, int limit) {
    int from = 0;
    if (after != null) {
      for (int i = 0; i < servers.size(); i++) {
        if (servers.get(i).serverId().equals(after)) {
          from = i + 1;
        }
      }
    }
    int to = Math.min(servers.size(), from + limit);
    List<ServerView> views = servers.subList(from, to).stream().map(ServerView::of).toList();
    return Answers.page(views, to < servers.size() ? servers.get(to - 1).serverId() : null);
  }

  private Future<List<ServerInfo>> servers(Exchange exchange) {
    return backend
        .call(exchange, ServerFactoryContract.LIST, new ListServersRequest())
        .map(reply -> reply.servers());
  }

  private Future<Answer> get(Exchange exchange) {
    Query.of(exchange).end();
    String id = exchange.parameter(0);
    return servers(exchange)
        .map(servers -> {
          for (ServerInfo server : servers) {
            if (server.serverId().equals(id)) {
              return Answers.json(200, ServerView.of(server));
            }
          }
          throw new ServiceException(ErrorCode.NOT_FOUND, "There is no server of this id");
        });
  }

  private Future<Answer> stop(Exchange exchange) {
    Query.of(exchange).end();
    return backend
        .call(exchange, ServerFactoryContract.STOP, new StopServerRequest(exchange.parameter(0)))
        .map(_ -> Answer.empty(204));
  }
}
