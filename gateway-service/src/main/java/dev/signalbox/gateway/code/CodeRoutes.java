package dev.signalbox.gateway.code;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.CodeContract;
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
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 6, {@code /api/v1/codes} and {@code /api/v1/messages}. */
public final class CodeRoutes implements Section {

  private static final String MESSAGES = "/api/v1/messages";
  private static final String NDJSON = "application/x-ndjson";
  private static final int MAX_UUID = 256;
  private static final int MAX_UNIQUE = 4_096;

  private final Backend backend;

  public CodeRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
    router.post("/api/v1/codes", changes).handler(respond(this::issue));
    router.post(MESSAGES, changes).handler(respond(this::store));
    router.get(MESSAGES, reads).handler(respond(this::list));
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

  private record MessageView(long id, String uuid, String text, String storedAt, String hash) {

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
            query.integer("after", 0, 0, Long.MAX_VALUE), query.limit(), query.text("uuid"));
    query.end();
    boolean lines = MediaTypes.accepts(ctx, NDJSON);
    return backend
        .call(ctx, CodeContract.LIST_MESSAGES, request)
        .map(reply -> lines ? lines(reply) : page(reply));
  }

  private static Response page(ListMessagesReply reply) {
    List<StoredMessage> messages = reply.messages();
    return Response.page(
        messages.stream().map(MessageView::of).toList(),
        reply.more() && !messages.isEmpty() ? Long.toString(messages.getLast().id()) : null);
  }

  private static Response lines(ListMessagesReply reply) {
    Buffer lines = Buffer.buffer();
    for (StoredMessage message : reply.messages()) {
      lines.appendBytes(Json.bytes(MessageView.of(message))).appendByte((byte) '\n');
    }
    return Response.of(200, NDJSON, lines);
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
