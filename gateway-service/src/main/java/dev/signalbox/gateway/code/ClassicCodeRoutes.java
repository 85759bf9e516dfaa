package dev.signalbox.gateway.code;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.FaultStatus;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.Routes;
import io.vertx.core.Future;

/** Section 6, document 2: what the codes door and the messages door serve besides the rest. */
public final class ClassicCodeRoutes {

  private static final String INVALID_UUID = "[!] Invalid uuid sent";
  private static final String INVALID_BODY = "[!] Invalid body parameters";
  private static final int MAX_UUID = 256;
  private static final int MAX_UNIQUE = 4_096;

  private final Backend backend;

  /** Routes onto code-service. */
  public ClassicCodeRoutes(Backend backend) {
    this.backend = backend;
  }

  /** Of the codes door: POST on any path issues a code. */
  public Routes codesDoor() {
    return table ->
        table.add(
            Route.post("/{path...}", Role.OPERATOR, ClassicFaults.SUCCESS_ERROR, this::issue));
  }

  /** Of the messages door: POST on the root stores a message. */
  public Routes messagesDoor() {
    return table ->
        table.add(Route.post("/", Role.OPERATOR, ClassicFaults.SUCCESS_ERROR, this::store));
  }

  private Future<Answer> issue(Exchange exchange) {
    Dialect.Body body = Dialect.read(exchange.body());
    Dialect dialect = body.dialect();
    if (!(body.fields().get("uuid") instanceof String uuid)
        || uuid.isEmpty()
        || uuid.length() > MAX_UUID) {
      return Future.succeededFuture(dialect.failure(400, INVALID_UUID));
    }
    return backend
        .call(exchange, CodeContract.ISSUE, new IssueCodeRequest(uuid))
        .map(reply -> dialect.success("unique", reply.code()))
        .otherwise(cause -> failure(dialect, cause, INVALID_UUID));
  }

  private Future<Answer> store(Exchange exchange) {
    Dialect.Body body = Dialect.read(exchange.body());
    Dialect dialect = body.dialect();
    if (!(body.fields().get("uuid") instanceof String uuid)
        || !(body.fields().get("unique") instanceof String unique)
        || !(body.fields().get("text") instanceof String text)
        || unique.length() > MAX_UNIQUE) {
      return Future.succeededFuture(dialect.failure(400, INVALID_BODY));
    }
    if (uuid.isEmpty() || uuid.length() > MAX_UUID) {
      return Future.succeededFuture(dialect.failure(400, "[!] UUID unrecognized"));
    }
    return backend
        .call(
            exchange, CodeContract.STORE_MESSAGE, new StoreMessageRequest(uuid, unique, text, null))
        .map(reply ->
            switch (reply) {
              case StoreMessageReply.Stored _ -> dialect.success(null, "");
              case StoreMessageReply.UnknownUuid _ -> dialect.failure(400, "[!] UUID unrecognized");
              case StoreMessageReply.WrongCode _ -> dialect.failure(400, "[!] Invalid unique");
            })
        .otherwise(cause -> failure(dialect, cause, INVALID_BODY));
  }

  /** What the service objects to has a fixed text in document 2; the rest speaks for itself. */
  private static Answer failure(Dialect dialect, Throwable cause, String invalid) {
    HttpFault fault = FaultStatus.of(cause);
    String text = fault.status() == 400 ? invalid : fault.message();
    return ClassicFaults.headers(fault, dialect.failure(fault.status(), text));
  }
}
