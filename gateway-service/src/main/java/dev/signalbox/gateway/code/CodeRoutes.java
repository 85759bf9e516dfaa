package dev.signalbox.gateway.code;

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
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.backend.IdempotencyKey;
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
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 6, {@code /api/v1/codes} and {@code /api/v1/messages}. */
public final class CodeRoutes implements Routes {

  private static final String MESSAGES = "/api/v1/messages";
  private static final String NDJSON = "application/x-ndjson";
  private static final int MAX_UUID = 256;
  private static final int MAX_UNIQUE = 4_096;

  private final Backend backend;

  /** Routes onto code-service. */
  public CodeRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.post("/api/v1/codes", Role.OPERATOR, ProblemFaults.PROBLEM, this::issue))
        .add(Route.post(MESSAGES, Role.OPERATOR, ProblemFaults.PROBLEM, this::store))
        .add(Route.get(MESSAGES, Role.READER, ProblemFaults.PROBLEM, this::list))
        .add(Route.get(MESSAGES + "/verify", Role.READER, ProblemFaults.PROBLEM, this::verify));
  }

  private record CodeView(String uuid, String unique, boolean created) {}

  private Future<Answer> issue(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Query.of(exchange).end();
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
    String uuid = fields.line("uuid", MAX_UUID);
    fields.end();
    return backend
        .call(exchange, CodeContract.ISSUE, new IssueCodeRequest(uuid))
        .map(reply ->
            Answers.json(
                reply.created() ? 201 : 200, new CodeView(uuid, reply.code(), reply.created())));
  }

  private record StoredView(long id, String storedAt) {}

  private Future<Answer> store(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Query.of(exchange).end();
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
    var request =
        new StoreMessageRequest(
            fields.line("uuid", MAX_UUID),
            fields.line("unique", MAX_UNIQUE),
            fields.text("text", Integer.MAX_VALUE),
            IdempotencyKey.of(exchange));
    fields.end();
    return backend
        .call(exchange, CodeContract.STORE_MESSAGE, request)
        .map(reply ->
            switch (reply) {
              case StoreMessageReply.Stored stored ->
                  Answers.json(
                          201, new StoredView(stored.id(), Answers.time(stored.storedAtEpochMs())))
                      .with("Location", MESSAGES + "?after=" + (stored.id() - 1) + "&limit=1");
              case StoreMessageReply.UnknownUuid _ ->
                  throw new ServiceException(
                      ErrorCode.NOT_FOUND,
                      "No code was issued for this uuid",
                      List.of(new FieldProblem("/uuid", "is not known")));
              case StoreMessageReply.WrongCode _ ->
                  throw HttpFault.of(
                      403, "WRONG_CODE", "The code is not the one issued for this uuid");
            });
  }

  private record MessageView(long id, String uuid, String text, String storedAt, String hash) {

    static MessageView of(StoredMessage message) {
      return new MessageView(
          message.id(),
          message.uuid(),
          message.text(),
          Answers.time(message.storedAtEpochMs()),
          message.hash());
    }
  }

  private Future<Answer> list(Exchange exchange) {
    Query query = Query.of(exchange);
    var request =
        new ListMessagesRequest(
            query.integer("after", 0, 0, Long.MAX_VALUE), query.limit(), query.text("uuid"));
    query.end();
    boolean lines = MediaTypes.accepts(exchange, NDJSON);
    return backend
        .call(exchange, CodeContract.LIST_MESSAGES, request)
        .map(reply -> lines ? lines(reply) : page(reply));
  }

  private static Answer page(ListMessagesReply reply) {
    List<StoredMessage> messages = reply.messages();
    return Answers.page(
        messages.stream().map(MessageView::of).toList(),
        reply.more() && !messages.isEmpty() ? Long.toString(messages.getLast().id()) : null);
  }

  private static Answer lines(ListMessagesReply reply) {
    Buffer lines = Buffer.buffer();
    for (StoredMessage message : reply.messages()) {
      lines.appendBytes(Json.bytes(MessageView.of(message))).appendByte((byte) '\n');
    }
    return Answer.of(200, NDJSON, lines);
  }

  private record VerifyView(
      boolean intact, long messages, String headHash, @Nullable Long firstBreak) {}

  private Future<Answer> verify(Exchange exchange) {
    Query.of(exchange).end();
    // A walk along millions of messages is not to go on for a client that has left.
    Call call =
        Call.of(exchange.requestId(), CodeContract.VERIFY_MESSAGES.timeout())
            .with(exchange.cancellation());
    return backend
        .call("code-service", CodeContract.VERIFY_MESSAGES, new VerifyMessagesRequest(), call)
        .map(reply ->
            Answers.json(
                200,
                new VerifyView(
                    reply.intact(), reply.messages(), reply.headHash(), reply.firstBreak())));
  }
}
