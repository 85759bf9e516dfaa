package dev.signalbox.gateway.code;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.GetCheckpointRequest;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.backend.IdempotencyKey;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.events.ServerSentEvent;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Section 6, {@code /api/v1/codes} and {@code /api/v1/messages}. */
public final class CodeRoutes implements Section {

  private static final String MESSAGES = "/api/v1/messages";
  private static final String NDJSON = "application/x-ndjson";
  private static final int MAX_UUID = 256;
  private static final int MAX_CONTAINS = 256;
  private static final int MAX_UNIQUE = 4_096;

  private final Backend backend;
  private final MessageTails tails;

  public CodeRoutes(Backend backend, MessageTails tails) {
    this.backend = backend;
    this.tails = tails;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
    router.post("/api/v1/codes", changes).handler(respond(this::issue));
    router.post(MESSAGES, changes).handler(respond(this::store));
    router.get(MESSAGES, reads.maybeEventStream()).handler(respond(this::list));
    router.get(MESSAGES + "/checkpoint", reads).handler(respond(this::checkpoint));
    router.get(MESSAGES + "/verify", reads).handler(respond(this::verify));
  }

  private record CodeView(String uuid, String unique, boolean created) {}

  private Future<Response> issue(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    String uuid = fields.line("uuid", MAX_UUID);
    fields.end();
    return backend
        .call(ctx, CodeContract.ISSUE, new IssueCodeRequest(uuid))
        .map(reply ->
            Response.json(
                reply.created() ? 201 : 200, new CodeView(uuid, reply.code(), reply.created())));
  }

  private record StoredView(long id, String storedAt) {}

  private Future<Response> store(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    var request =
        new StoreMessageRequest(
            fields.line("uuid", MAX_UUID),
            fields.line("unique", MAX_UNIQUE),
            fields.text("text", Integer.MAX_VALUE),
            IdempotencyKey.of(ctx));
    fields.end();
    return backend
        .call(ctx, CodeContract.STORE_MESSAGE, request)
        .map(reply ->
            switch (reply) {
              case StoreMessageReply.Stored stored ->
                  Response.json(
                          201, new StoredView(stored.id(), Response.time(stored.storedAtEpochMs())))
                      .with("Location", MESSAGES + "?after=" + (stored.id() - 1) + "&limit=1")
                      .with(IdempotencyKey.headers(stored.replayed()));
              case StoreMessageReply.UnknownUuid _ ->
                  throw new ServiceException(
                      ErrorCode.NOT_FOUND,
                      "No code was issued for this uuid",
                      List.of(new FieldProblem("/uuid", "is not known")));
              case StoreMessageReply.WrongCode _ ->
                  throw HttpException.of(
                      403, "WRONG_CODE", "The code is not the one issued for this uuid");
            });
  }

  record MessageView(long id, String uuid, String text, String storedAt, String hash) {

    static MessageView of(StoredMessage message) {
      return new MessageView(
          message.id(),
          message.uuid(),
          message.text(),
          Response.time(message.storedAtEpochMs()),
          message.hash());
    }
  }

  private Future<Response> list(RoutingContext ctx) {
    Query query = Query.of(ctx);
    var request =
        new ListMessagesRequest(
            query.integer("after", 0, 0, Long.MAX_VALUE),
            query.limit(),
            query.text("uuid"),
            instant(query, "since"),
            instant(query, "until"),
            contains(query));
    if (MediaTypes.prefersToJson(ctx, ServerSentEvent.MEDIA_TYPE)) {
      return tail(ctx, query, request);
    }
    query.end();
    boolean lines = MediaTypes.prefersToJson(ctx, NDJSON);
    return backend
        .call(ctx, CodeContract.LIST_MESSAGES, request)
        .map(reply -> lines ? lines(ctx, reply) : page(reply));
  }

  /** A reader that reconnects says in Last-Event-ID which message it has, whatever its query. */
  private Future<Response> tail(RoutingContext ctx, Query query, ListMessagesRequest first) {
    ListMessagesRequest from = first;
    String last = ctx.request().getHeader(ServerSentEvent.LAST_EVENT_ID);
    if (last != null) {
      OptionalLong id = WholeNumber.parse(last, 0, Long.MAX_VALUE);
      if (id.isEmpty()) {
        throw HttpException.malformed("Last-Event-ID must be the id of a message");
      }
      from =
          new ListMessagesRequest(
              id.getAsLong(),
              first.limit(),
              first.uuid(),
              first.sinceEpochMs(),
              first.untilEpochMs(),
              first.contains());
    }
    query.end();
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      return Future.succeededFuture(Response.of(200, ServerSentEvent.MEDIA_TYPE, Buffer.buffer()));
    }
    tails.join(ctx, from);
    return Future.succeededFuture(Response.SENT);
  }

  /** Milliseconds of an instant, rounded up: messages have no finer time. */
  private static @Nullable Long instant(Query query, String name) {
    String text = query.text(name);
    if (text == null) {
      return null;
    }
    try {
      // A plus that was not escaped arrives as a space, and no instant has one.
      Instant instant = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
      return instant.plusNanos(999_999).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      query.problem(name, "must be an instant with offset, such as 2026-01-01T00:00:00Z");
      return null;
    }
  }

  private static @Nullable String contains(Query query) {
    String text = query.text("contains");
    if (text != null && (text.isEmpty() || text.length() > MAX_CONTAINS)) {
      query.problem("contains", "must have 1 to " + MAX_CONTAINS + " characters");
    }
    return text;
  }

  private static @Nullable String next(ListMessagesReply reply) {
    List<StoredMessage> messages = reply.messages();
    if (!reply.more()) {
      return null;
    }
    Long seenTo = reply.seenTo();
    return seenTo != null
        ? seenTo.toString()
        : messages.isEmpty() ? null : Long.toString(messages.getLast().id());
  }

  private static Response page(ListMessagesReply reply) {
    List<StoredMessage> messages = reply.messages();
    return Response.page(messages.stream().map(MessageView::of).toList(), next(reply));
  }

  private static Response lines(RoutingContext ctx, ListMessagesReply reply) {
    Buffer lines = Buffer.buffer();
    for (StoredMessage message : reply.messages()) {
      lines.appendBytes(Json.bytes(MessageView.of(message))).appendByte((byte) '\n');
    }
    String next = next(reply);
    Response response = Response.of(200, NDJSON, lines);
    return next == null ? response : response.with("Link", nextLink(ctx, next));
  }

  /** Lines have no place for a cursor (RFC 8288). */
  private static String nextLink(RoutingContext ctx, String after) {
    String query = ctx.request().query();
    String same =
        Arrays.stream(query == null ? new String[0] : query.split("&"))
            .filter(parameter -> !parameter.startsWith("after="))
            .map(parameter -> parameter + "&")
            .collect(Collectors.joining());
    return "<?" + same + "after=" + after + ">; rel=\"next\"";
  }

  private record CheckpointView(
      long size,
      String headHash,
      String signedAt,
      String publicKey,
      String signature,
      String note) {}

  private Future<Response> checkpoint(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, CodeContract.GET_CHECKPOINT, new GetCheckpointRequest())
        .map(reply ->
            Response.json(
                200,
                new CheckpointView(
                    reply.size(),
                    reply.headHash(),
                    Response.time(reply.signedAtEpochMs()),
                    reply.publicKey(),
                    reply.signature(),
                    reply.note())));
  }

  private record VerifyView(
      boolean intact,
      long messages,
      String headHash,
      @Nullable Long firstBreak,
      @Nullable Boolean consistent,
      VerifyMessagesReply.@Nullable LogFile file) {}

  private Future<Response> verify(RoutingContext ctx) {
    Query query = Query.of(ctx);
    long size = query.integer("size", -1, 0, Long.MAX_VALUE);
    String headHash = query.text("head_hash");
    if (headHash != null && size < 0) {
      query.problem("size", "is required with head_hash");
    }
    if (size >= 0 && headHash == null) {
      query.problem("head_hash", "is required with size");
    }
    query.end();
    var request = new VerifyMessagesRequest(size < 0 ? null : size, headHash);
    // Stops a walk along millions of messages when the client disconnects.
    Call call =
        Call.of(RequestScope.of(ctx).requestId(), CodeContract.VERIFY_MESSAGES.timeout())
            .traced(RequestScope.of(ctx).trace())
            .with(RequestScope.of(ctx).cancellation());
    return backend
        .call("code-service", CodeContract.VERIFY_MESSAGES, request, call)
        .map(reply ->
            Response.json(
                200,
                new VerifyView(
                    reply.intact(),
                    reply.messages(),
                    reply.headHash(),
                    reply.firstBreak(),
                    reply.consistent(),
                    reply.file())));
  }
}
