package dev.signalbox.gateway.code;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.ErrorStatus;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Section 6, document 2: the routes of the codes door and of the messages door. */
public final class ClassicCodeRoutes {

  private static final String INVALID_UUID = "[!] Invalid uuid sent";
  private static final String INVALID_BODY = "[!] Invalid body parameters";
  private static final RouteRules RULES =
      RouteRules.changes(Role.OPERATOR, ErrorShapes.SUCCESS_ERROR);
  private static final int MAX_UUID = 256;
  private static final int MAX_UNIQUE = 4_096;

  private final Backend backend;
  private final boolean bareLiterals;

  /**
   * With {@code bareLiterals}, document 2's own client, which cannot parse HTTP, gets the bare
   * literal.
   */
  public ClassicCodeRoutes(Backend backend, boolean bareLiterals) {
    this.backend = backend;
    this.bareLiterals = bareLiterals;
  }

  /** The codes door: POST on any path issues a code. */
  public Section codesDoor() {
    return router -> router.post("/*", RULES).handler(respond(ctx -> answer(ctx, this::issue)));
  }

  /** The messages door: POST on the root stores a message. */
  public Section messagesDoor() {
    return router -> router.post("/", RULES).handler(respond(ctx -> answer(ctx, this::store)));
  }

  private interface Call {
    Future<Response> run(RoutingContext ctx, Dialect.Body body);
  }

  private Future<Response> answer(RoutingContext ctx, Call call) {
    return Requests.parse(
        ctx,
        Dialect::read,
        body -> {
          Future<Response> reply = call.run(ctx, body);
          return bareLiterals && body.dialect() == Dialect.PYTHON && isClassicClient(ctx)
              ? reply.map(response -> {
                RequestScope.of(ctx).sendBare(response);
                return Response.SENT;
              })
              : reply;
        });
  }

  /** Document 2's client uses Python's http.client, which alone sends neither header. */
  private static boolean isClassicClient(RoutingContext ctx) {
    MultiMap headers = ctx.request().headers();
    return !headers.contains(HttpHeaders.USER_AGENT) && !headers.contains(HttpHeaders.CONTENT_TYPE);
  }

  private Future<Response> issue(RoutingContext ctx, Dialect.Body body) {
    Dialect dialect = body.dialect();
    if (!(body.fields().get("uuid") instanceof String uuid)
        || uuid.isEmpty()
        || uuid.length() > MAX_UUID) {
      return Future.succeededFuture(dialect.failure(400, INVALID_UUID));
    }
    return backend
        .call(ctx, CodeContract.ISSUE, new IssueCodeRequest(uuid))
        .map(reply -> dialect.success(reply.code()))
        .otherwise(cause -> failure(dialect, cause, INVALID_UUID));
  }

  private Future<Response> store(RoutingContext ctx, Dialect.Body body) {
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
        .call(ctx, CodeContract.STORE_MESSAGE, new StoreMessageRequest(uuid, unique, text, null))
        .map(reply ->
            switch (reply) {
              case StoreMessageReply.Stored _ -> dialect.success(null);
              case StoreMessageReply.UnknownUuid _ -> dialect.failure(400, "[!] UUID unrecognized");
              case StoreMessageReply.WrongCode _ -> dialect.failure(400, "[!] Invalid unique");
            })
        .otherwise(cause -> failure(dialect, cause, INVALID_BODY));
  }

  /** An error in document 2's form: a fixed text for an invalid request, else the message. */
  private static Response failure(Dialect dialect, Throwable cause, String invalid) {
    HttpException error = ErrorStatus.of(cause);
    String text = error.status() == 400 ? invalid : error.message();
    return dialect.failure(error.status(), text).with(error.headers());
  }
}
