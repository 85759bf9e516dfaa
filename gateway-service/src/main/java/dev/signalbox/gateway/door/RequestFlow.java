package dev.signalbox.gateway.door;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.FaultShape;
import dev.signalbox.gateway.fault.FaultStatus;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.BodyStream;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteMatch;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request from its header to the last byte of its answer: route, host, access, size, admission,
 * body, handler, answer, log.
 */
final class RequestFlow implements Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(RequestFlow.class);
  private static final Buffer NO_BODY = Buffer.buffer();
  private static final long LINGER_MS = 2_000;
  private static final long SMALL_BODY = 65_536;
  private static final int LARGE_ANSWER = 65_536;

  private final Front front;
  private final String doorName;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Connection connection;
  private final String requestId;
  private final long startedNanos = System.nanoTime();
  private final long declared;
  private @Nullable Route route;
  private List<String> rawParameters = List.of();
  private FaultShape faults = ClassicFaults.TEXT;
  private Buffer body = NO_BODY;
  private @Nullable BodyReader reader;
  private Admission.@Nullable Ticket ticket;
  private boolean holdsSlot;
  private boolean flushing;
  private boolean finished;

  RequestFlow(Front front, String doorName, HttpServerRequest request, Connection connection) {
    this.front = front;
    this.doorName = doorName;
    this.request = request;
    this.response = request.response();
    this.connection = connection;
    this.requestId = front.ids.take(request.headers().get(ResponseHeaders.REQUEST_ID));
    this.declared = declaredBytes(request);
  }

  /** Content-Length; 0 without a body, -1 when chunked. */
  private static long declaredBytes(HttpServerRequest request) {
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      try {
        return Long.parseLong(length);
      } catch (NumberFormatException e) {
        // The decoder has let it pass; as if endless.
        return Long.MAX_VALUE;
      }
    }
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
  }

  void run(Door door, HostRule hosts) {
    front.headers.begin(response.headers(), requestId);
    response.headersEndHandler(_ -> decideConnection());
    response.endHandler(_ -> ended());
    response.closeHandler(_ -> finish());
    if (clientCloses()) {
      connection.closeAfterThis();
    }
    HttpFault fault = check(door, hosts);
    if (fault != null) {
      refuse(fault);
      return;
    }
    Route found = route;
    if (found == null) {
      throw new IllegalStateException("a request without fault has a route");
    }
    if (!found.admitted()) {
      proceed(found);
    } else if (front.admission.tryEnter()) {
      holdsSlot = true;
      proceed(found);
    } else {
      waitForSlot(found);
    }
  }

  private boolean clientCloses() {
    String wish = request.headers().get(HttpHeaders.CONNECTION);
    if (request.version() == HttpVersion.HTTP_1_0) {
      return wish == null || !wish.toLowerCase(Locale.ROOT).contains("keep-alive");
    }
    return wish != null && wish.toLowerCase(Locale.ROOT).contains("close");
  }

  private @Nullable HttpFault check(Door door, HostRule hosts) {
    String path = path();
    RouteMatch match = door.find(request.method(), path);
    HttpFault fault =
        switch (match) {
          case RouteMatch.Found found -> {
            route = found.route();
            faults = found.route().faults();
            rawParameters = found.values();
            yield null;
          }
          case RouteMatch.WrongMethod wrong -> {
            faults = wrong.faults();
            yield HttpFault.methodNotAllowed(wrong.allow());
          }
          case RouteMatch.Reserved reserved -> {
            faults = reserved.faults();
            yield HttpFault.notFound("There is nothing at this path");
          }
          case RouteMatch.Nothing _ -> HttpFault.notFound("There is nothing at this path");
        };
    if (request.version() == null) {
      return HttpFault.of(505, "HTTP_VERSION", "Only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    HttpFault host = hosts.check(request);
    if (host != null) {
      return host;
    }
    if (fault != null || route == null) {
      return fault;
    }
    HttpFault access = access(route.role());
    return access != null ? access : size(route.body());
  }

  private @Nullable HttpFault access(Role role) {
    return switch (front.access.check(request.headers().get(HttpHeaders.AUTHORIZATION), role)) {
      case GRANTED -> null;
      case UNKNOWN ->
          HttpFault.of(
                  401,
                  "UNAUTHENTICATED",
                  "A bearer token of the role " + role.label() + " is needed")
              .with("WWW-Authenticate", "Bearer realm=\"signalbox\"");
      case FORBIDDEN -> HttpFault.of(403, "FORBIDDEN", "The token lacks the role " + role.label());
    };
  }

  private @Nullable HttpFault size(BodyRule rule) {
    long limit = limit(rule);
    return declared > limit
        ? HttpFault.tooLarge("The body is larger than " + limit + " bytes")
        : null;
  }

  private long limit(BodyRule rule) {
    return switch (rule) {
      case BodyRule.Ignored _ -> Long.MAX_VALUE;
      case BodyRule.Whole whole ->
          whole.limitBytes() == 0 ? front.settings.bodyBytes() : whole.limitBytes();
      case BodyRule.Streamed streamed -> streamed.limitBytes();
    };
  }

  private void waitForSlot(Route found) {
    request.pause();
    Context context = front.vertx.getOrCreateContext();
    Admission.Ticket mine = front.admission.await(() -> context.runOnContext(_ -> admitted(found)));
    if (mine == null) {
      refuse(HttpFault.overloaded("Too many requests are in flight and waiting"));
      return;
    }
    ticket = mine;
    front.vertx.setTimer(
        front.settings.maxWait().toMillis(),
        _ -> {
          if (!finished && front.admission.cancel(mine)) {
            refuse(HttpFault.overloaded("Waited too long for other requests to end"));
          }
        });
  }

  private void admitted(Route found) {
    ticket = null;
    if (finished) {
      // The client went away while the slot was on its way here.
      front.admission.leave();
      return;
    }
    holdsSlot = true;
    request.resume();
    proceed(found);
  }

  private void proceed(Route found) {
    switch (found.body()) {
      case BodyRule.Ignored _ -> invoke(found);
      case BodyRule.Streamed streamed -> {
        // The handler may have to ask somebody before its first read; what comes until then would
        // be lost.
        request.pause();
        reader = newReader(streamed);
        invoke(found);
      }
      case BodyRule.Whole whole -> {
        if (declared == 0) {
          invoke(found);
          return;
        }
        BodyReader whole1 = newReader(whole);
        reader = whole1;
        whole1.whole().onComplete(read -> bodyRead(found, read));
      }
    }
  }

  private BodyReader newReader(BodyRule rule) {
    return new BodyReader(
        request,
        connection,
        declared,
        limit(rule),
        front.settings.bodyTimeout(),
        front.settings.bodyBytesPerSecond());
  }

  private void bodyRead(Route found, AsyncResult<Buffer> read) {
    if (read.succeeded()) {
      body = read.result();
      invoke(found);
    } else {
      refuse(read.cause());
    }
  }

  private void invoke(Route found) {
    Future<Answer> answer;
    try {
      answer = found.handler().handle(this);
    } catch (RuntimeException e) {
      refuse(e);
      return;
    }
    answer.onComplete(result -> {
      if (result.succeeded()) {
        send(result.result());
      } else {
        refuse(result.cause());
      }
    });
  }

  private void refuse(Throwable cause) {
    HttpFault fault = FaultStatus.of(cause);
    if (fault.status() == 500 && !(cause instanceof HttpFault) && !response.closed()) {
      LOG.error("{} {} [{}] failed", request.method(), path(), requestId, cause);
    }
    if (fault.status() == 408 || fault.status() == 413) {
      // The rest of the body is not waited for, however short it was said to be.
      connection.closeAfterThis();
    }
    if (response.headWritten()) {
      // Half an answer cannot be taken back: the client must see that it is not whole.
      request.connection().close();
      return;
    }
    send(faults.render(fault, requestId));
  }

  private void send(Answer answer) {
    if (answer.equals(Answer.SENT) || finished || response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status());
    if (answer.contentType() != null) {
      response.headers().set(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    for (var header : answer.headers()) {
      response.headers().add(header.getKey(), header.getValue());
    }
    if (!Compression.applies(answer)) {
      write(answer.body());
      return;
    }
    response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (!Compression.accepted(request.headers().get(HttpHeaders.ACCEPT_ENCODING))) {
      write(answer.body());
    } else if (answer.body().length() <= Compression.LARGE) {
      compressed(Compression.gzip(answer.body()));
    } else {
      front
          .vertx
          .executeBlocking(() -> Compression.gzip(answer.body()), false)
          .onComplete(zipped -> {
            if (finished || response.closed()) {
              return;
            }
            if (zipped.succeeded() && zipped.result() != null) {
              compressed(zipped.result());
            } else {
              write(answer.body());
            }
          });
    }
  }

  private void compressed(Buffer zipped) {
    response.headers().set(HttpHeaders.CONTENT_ENCODING, "gzip");
    write(zipped);
  }

  private void write(Buffer content) {
    if (request.method().equals(HttpMethod.HEAD)) {
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()));
      response.end();
    } else if (content.length() > LARGE_ANSWER) {
      // Until a slow reader has it all the request is not over, and the connection not idle.
      flushing = true;
      response
          .end(content)
          .onComplete(_ -> {
            flushing = false;
            ended();
          });
    } else {
      response.end(content);
    }
  }

  /** Says whether the connection goes on; called as the head is written, whoever writes it. */
  private void decideConnection() {
    if (!bodyIsHarmless() || lengthUnknown()) {
      connection.closeAfterThis();
    }
    front.headers.connection(response.headers(), connection.closing());
  }

  /** Whether what is left of the body can be read over while the next request waits behind it. */
  private boolean bodyIsHarmless() {
    if (declared == 0 || request.isEnded()) {
      return true;
    }
    boolean announced = request.headers().contains(HttpHeaders.EXPECT);
    return declared > 0 && declared <= SMALL_BODY && !announced && !connection.closing();
  }

  /** Whether only the end of the connection can tell an HTTP/1.0 client where the body ends. */
  private boolean lengthUnknown() {
    return request.version() == HttpVersion.HTTP_1_0
        && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)
        && !request.method().equals(HttpMethod.HEAD);
  }

  private void ended() {
    if (flushing) {
      return;
    }
    finish();
    if (!response.ended()) {
      // The client went away: whoever reads the body is about to hear of it, so its handlers stay.
      return;
    }
    if (connection.closing()) {
      if (declared == 0 || request.isEnded()) {
        connection.http().close();
      } else {
        linger();
      }
    } else if (reader != null && !request.isEnded()) {
      // Nobody reads on; the next request waits behind the rest, which is known to be short.
      request.handler(_ -> {});
      request.exceptionHandler(_ -> {});
      request.resume();
    }
  }

  /**
   * Reads over what the client still sends before closing: closing at once would reset the
   * connection and could destroy the answer on its way (RFC 9112 section 9.6).
   */
  private void linger() {
    request.handler(_ -> {});
    request.exceptionHandler(_ -> {});
    request.endHandler(_ -> connection.http().close());
    request.resume();
    front.vertx.setTimer(LINGER_MS, _ -> connection.http().close());
  }

  private void finish() {
    if (finished) {
      return;
    }
    finished = true;
    long nanos = System.nanoTime() - startedNanos;
    if (ticket != null && front.admission.cancel(ticket)) {
      ticket = null;
    }
    if (holdsSlot) {
      front.admission.leave();
    }
    connection.end(System.nanoTime());
    int status = response.getStatusCode();
    front.meters.record(route, status, nanos);
    if (front.log.on()) {
      front.log.write(request, status, response.bytesWritten(), nanos, requestId);
    }
  }

  @Override
  public HttpServerRequest request() {
    return request;
  }

  @Override
  public HttpServerResponse response() {
    return response;
  }

  @Override
  public Route route() {
    Route found = route;
    if (found == null) {
      throw new IllegalStateException("no route was found");
    }
    return found;
  }

  @Override
  public List<String> rawParameters() {
    return rawParameters;
  }

  @Override
  public Buffer body() {
    return body;
  }

  @Override
  public BodyStream stream() {
    BodyReader stream = reader;
    if (stream == null) {
      throw new IllegalStateException("the route does not stream its body");
    }
    return stream;
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public String door() {
    return doorName;
  }

  @Override
  public void closeAfter() {
    connection.closeAfterThis();
  }
}
