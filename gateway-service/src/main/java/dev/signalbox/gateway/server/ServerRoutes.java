package dev.signalbox.gateway.server;

import static dev.signalbox.gateway.routing.Response.respond;
import static java.util.Comparator.comparing;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.DescribeServerReply;
import dev.signalbox.contracts.serverfactory.DescribeServerRequest;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ReplaceRoutesRequest;
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
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Section 4, {@code /api/v1/servers}. */
public final class ServerRoutes implements Section {

  static final String PATH = "/api/v1/servers";

  private static final int MAX_PAGE_URI = 2_000;
  private static final int MAX_DATA = 1 << 20;

  /** A definition has at most 4 MiB, and what JSON escapes in its texts. */
  private static final int MAX_BODY = 5 << 20;

  /** Of a body that is parsed, made a message, and sent. */
  private static final long BYTES_OF_A_BYTE = 6;

  /** A thousand routes of a thousand values. */
  private static final JsonLimits LIMITS = JsonLimits.values(1_000_000);

  private static final Set<String> OWN_FIELDS = Set.of("port", "page_uri", "response_data");
  private static final List<String> IMPORTS = List.of("\"wiremock\"", "\"openapi\"");

  private final Backend backend;
  private final PublishedRange published;
  private final Function<ServerInfo, Future<Void>> publisher;
  private final MemoryBudget memory;

  /**
   * The routes of one event loop.
   *
   * @param published ports at which clients reach servers at the gateway
   * @param publisher binds the port of a new server if it is among them; never fails
   * @param memory in which definitions are read and passed on
   */
  public ServerRoutes(
      Backend backend,
      PublishedRange published,
      Function<ServerInfo, Future<Void>> publisher,
      MemoryBudget memory) {
    this.backend = backend;
    this.published = published;
    this.publisher = publisher;
    this.memory = memory;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
    RouteRules defines = changes.body(new BodyRule.Whole(MAX_BODY));
    router.post(PATH, defines).handler(respond(this::start));
    router.get(PATH, reads).handler(respond(this::list));
    router.get(PATH + "/:id", reads).handler(respond(this::get));
    router.put(PATH + "/:id/routes", defines).handler(respond(this::replaceRoutes));
    router.delete(PATH + "/:id", changes.bodyless()).handler(respond(this::stop));
  }

  private Future<Response> start(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String key = IdempotencyKey.of(ctx);
    return holding(
        ctx, () -> Requests.parse(ctx, body -> request(body, key), request -> start(ctx, request)));
  }

  /**
   * Holds memory for a definition while it is read and passed on. One beyond all of that memory is
   * worked at alone.
   */
  private Future<Response> holding(RoutingContext ctx, Supplier<Future<Response>> work) {
    long length = RequestScope.of(ctx).body().length();
    long bytes = Math.min(BYTES_OF_A_BYTE * length, memory.limit());
    return memory.tryAcquire(bytes)
        ? Future.<Void>succeededFuture()
            .compose(_ -> work.get())
            .onComplete(_ -> memory.release(bytes))
        : Future.failedFuture(
            HttpException.overloaded("Too many definitions of servers are being read"));
  }

  /**
   * The gateway reads what every server has; the service reads the rest, which it keeps as text,
   * and reports what is wrong with it.
   */
  private static StartServerRequest request(byte[] body, @Nullable String key) {
    Map<String, @Nullable Object> members = StrictJson.object(body, LIMITS);
    Map<String, @Nullable Object> definition = new LinkedHashMap<>(members);
    definition.keySet().removeAll(OWN_FIELDS);
    members.keySet().retainAll(OWN_FIELDS);
    RequestObject fields = RequestObject.of(members);
    String pageUri = fields.optionalLine("page_uri", MAX_PAGE_URI);
    String data = fields.optionalText("response_data", MAX_DATA);
    if (pageUri == null && definition.isEmpty()) {
      fields.line("page_uri", MAX_PAGE_URI); // It is required.
    }
    if (pageUri != null && !pageUri.startsWith("/")) {
      fields.problem("page_uri", "must begin with a slash");
    }
    int port = (int) fields.integer("port", 0, 0, 65_535);
    fields.end();
    return new StartServerRequest(
        port,
        pageUri == null ? "" : pageUri,
        data == null ? "" : data,
        key,
        definition.isEmpty() ? null : Json.text(definition));
  }

  private Future<Response> start(RoutingContext ctx, StartServerRequest request) {
    return backend
        .call(ctx, ServerFactoryContract.START, request.by(RequestScope.of(ctx).requester()))
        .compose(reply ->
            switch (reply) {
              case StartServerReply.Started started ->
                  publisher
                      .apply(started.server())
                      .compose(_ -> notes(ctx, request, started.server()))
                      .map(notes -> {
                        ObjectNode view =
                            (ObjectNode) Json.tree(ServerView.of(ctx, started.server(), published));
                        addNotes(view, notes);
                        return Response.json(201, view)
                            .with("Location", PATH + "/" + started.server().serverId())
                            .with(IdempotencyKey.headers(started.replayed()));
                      });
              case StartServerReply.Refused refused ->
                  throw ErrorStatus.of(fault(refused))
                      .with(IdempotencyKey.headers(refused.replayed()));
            });
  }

  /** What an import did not understand, once the server is there. */
  private Future<List<String>> notes(
      RoutingContext ctx, StartServerRequest request, ServerInfo server) {
    String definition = request.definition();
    if (definition == null || IMPORTS.stream().noneMatch(definition::contains)) {
      return Future.succeededFuture(List.of());
    }
    return backend
        .call(ctx, ServerFactoryContract.DESCRIBE, new DescribeServerRequest(server.serverId()))
        .map(DescribeServerReply::notes)
        // The server is started, whatever else fails.
        .otherwise(List.of());
  }

  private static void addNotes(ObjectNode view, List<String> notes) {
    if (!notes.isEmpty()) {
      notes.forEach(view.putArray("import_notes")::add);
    }
  }

  private static ServiceException fault(StartServerReply.Refused refused) {
    return switch (refused.reason()) {
      case LIMIT -> new ServiceException(ErrorCode.LIMIT_REACHED, refused.message());
      case PORT_RANGE -> ServiceException.invalid("/port", refused.message());
      case PORT_TAKEN, PORT_NOT_AVAILABLE -> conflict("/port", refused.message());
      case PAGE_URI_TAKEN -> conflict("/page_uri", refused.message());
    };
  }

  private static ServiceException conflict(String pointer, String message) {
    return new ServiceException(
        ErrorCode.CONFLICT, message, List.of(new FieldProblem(pointer, message)));
  }

  private Future<Response> list(RoutingContext ctx) {
    Query query = Query.of(ctx);
    int limit = query.limit();
    Position after = Position.parse(query.text("after"));
    if (after == null) {
      query.problem("after", "must be the next of an earlier page");
    }
    query.end();
    return backend
        .call(ctx, ServerFactoryContract.LIST, new ListServersRequest())
        .map(reply -> page(ctx, reply.servers(), requireNonNull(after), limit));
  }

  /** Pages are cut here, since there are few servers. */
  private Response page(RoutingContext ctx, List<ServerInfo> servers, Position after, int limit) {
    List<ServerInfo> left =
        servers.stream()
            .filter(server -> Position.of(server).compareTo(after) > 0)
            .sorted(comparing(Position::of))
            .toList();
    List<ServerInfo> page = left.subList(0, Math.min(left.size(), limit));
    return Response.page(
        page.stream().map(server -> ServerView.of(ctx, server, published)).toList(),
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

  private Future<Response> get(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(
            ctx,
            ServerFactoryContract.DESCRIBE,
            new DescribeServerRequest(Requests.pathParameter(ctx, "id")))
        .map(reply -> described(ctx, reply));
  }

  private Future<Response> replaceRoutes(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String server = Requests.pathParameter(ctx, "id");
    return holding(
        ctx,
        () ->
            Requests.parse(
                ctx,
                body -> {
                  Object value = StrictJson.value(body, LIMITS);
                  if (!(value instanceof List<?> || value instanceof Map<?, ?>)) {
                    throw ServiceException.invalid(
                        "",
                        "must be an array of routes, or an object with routes, wiremock or openapi");
                  }
                  return new String(body, StandardCharsets.UTF_8);
                },
                routes ->
                    backend
                        .call(
                            ctx,
                            ServerFactoryContract.REPLACE_ROUTES,
                            new ReplaceRoutesRequest(server, routes))
                        .map(reply -> described(ctx, reply))));
  }

  /** A server with its definition, which is JSON already. */
  private Response described(RoutingContext ctx, DescribeServerReply reply) {
    ObjectNode view = (ObjectNode) Json.tree(ServerView.of(ctx, reply.server(), published));
    addNotes(view, reply.notes());
    String error = reply.definitionError();
    if (error != null) {
      view.put("definition_error", error);
    }
    byte[] shown = Json.bytes(view);
    return Response.json(
        200,
        Buffer.buffer(shown.length + reply.definition().length() + 16)
            .appendBytes(shown, 0, shown.length - 1)
            .appendString(",\"definition\":")
            .appendString(reply.definition())
            .appendString("}"));
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
