package dev.signalbox.gateway.routing;

import dev.signalbox.contracts.Requester;
import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.listener.ClientConnection;
import dev.signalbox.gateway.listener.ConnectionPersistence;
import dev.signalbox.gateway.listener.WriteProgress;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's state of one request beside vertx-web's {@link RoutingContext}: id, connection,
 * rules, body, and what is released when the request ends. Belongs to one event loop.
 */
public final class RequestScope implements ClientConnection.InFlight {

  private static final String KEY = "signalbox.request";
  private static final Buffer NO_BODY = Buffer.buffer();

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final ClientConnection connection;
  private final ClientAddress client;
  private final String requestId;
  private final @Nullable TraceContext trace;
  private final Supplier<Cancellation> cancellations;
  private final ConnectionPersistence persistence;
  private final Promise<Void> delivered = Promise.promise();
  private final ResponseWriter writer;
  private final WriteProgress progress = new WriteProgress();
  private final long declaredBytes;
  private final List<Runnable> endHandlers = new ArrayList<>(4);
  private final ResponseMemory memory;
  private @Nullable RouteRules rules;
  private @Nullable MountedRoute route;
  private @Nullable Caller caller;
  private @Nullable Supplier<Caller> callerSource;
  private @Nullable RequestBody reader;
  private Buffer body = NO_BODY;
  private @Nullable Cancellation cancellation;
  private boolean awaitingDelivery;
  private boolean failed;
  private int bareStatus;
  private boolean over;

  /**
   * Creates the scope of a request and puts it into the routing context.
   *
   * @param client who sent it
   * @param keepAlive value of Keep-Alive
   * @param trace what the request's calls are part of; null when not traced
   * @param cancellations creates the cancellation of the request's calls
   * @param unreadBodies the memory of responses that clients have not read
   */
  public RequestScope(
      RoutingContext ctx,
      ClientConnection connection,
      ClientAddress client,
      CharSequence keepAlive,
      String requestId,
      @Nullable TraceContext trace,
      Supplier<Cancellation> cancellations,
      UnreadBodies unreadBodies) {
    this.request = ctx.request();
    this.response = ctx.response();
    this.connection = connection;
    this.client = client;
    this.requestId = requestId;
    this.trace = trace;
    this.cancellations = cancellations;
    this.declaredBytes = RequestBody.declaredBytes(request);
    this.persistence = new ConnectionPersistence(ctx.vertx(), request, connection, declaredBytes);
    this.writer = new ResponseWriter(ctx, connection.multiplexed(), delivered);
    this.memory =
        new ResponseMemory(
            ctx.vertx().getOrCreateContext(), unreadBodies, connection, response, this::cut);
    ctx.put(KEY, this);
    connection.begin(this);
    response.headersEndHandler(_ -> persistence.setHeaders(keepAlive));
    response.endHandler(_ -> onResponseEnd());
    response.closeHandler(_ -> breakOff());
    delivered.future().onComplete(_ -> onResponseEnd());
  }

  /** The scope of a request. */
  public static RequestScope of(RoutingContext ctx) {
    RequestScope scope = ctx.get(KEY);
    if (scope == null) {
      throw new IllegalStateException("the request has no scope yet");
    }
    return scope;
  }

  /** The scope of a request; null when the request failed before it had one. */
  public static @Nullable RequestScope find(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  /** The client's id if well-formed, else a generated one. */
  public String requestId() {
    return requestId;
  }

  /** What the request's calls are part of; null when not traced. */
  public @Nullable TraceContext trace() {
    return trace;
  }

  public ClientConnection connection() {
    return connection;
  }

  /** The address of who sent the request. */
  public ClientAddress client() {
    return client;
  }

  /** Length of the body; 0 without a body, -1 when not declared. */
  public long declaredBytes() {
    return declaredBytes;
  }

  /** The matched route; null when none matched. */
  public @Nullable MountedRoute route() {
    return route;
  }

  /** The rules of the matched route. */
  public RouteRules rules() {
    RouteRules found = rules;
    if (found == null) {
      throw new IllegalStateException("no route matched");
    }
    return found;
  }

  /**
   * The bound that the request counts against: that of its path, or of requests in flight when no
   * path matched.
   */
  public RouteRules.Bound bound(RoutingContext ctx) {
    return rules == null ? RouteRules.Bound.REQUESTS : rules.bound(ctx);
  }

  /** The error shape of the request; null when no path matched. */
  public @Nullable ErrorShape errors() {
    return rules == null ? null : rules.errors();
  }

  /** Who sent the request; known once its rules are checked. */
  public Caller caller() {
    Caller known = caller;
    if (known == null) {
      throw new IllegalStateException("the caller is not known yet");
    }
    return known;
  }

  /** Who sent the request; null when that was not asked. */
  public @Nullable Caller findCaller() {
    return caller;
  }

  /**
   * The names under which what its client holds is counted: the address as {@link ClientQuotas}
   * counts it, and the token if there is one. Known as {@link #caller} is.
   */
  public List<String> countedAs() {
    String address = client.proxied() ? ClientQuotas.key(client.host()) : connection.client().key();
    Caller known = caller();
    Token token = known.expired() ? null : known.token();
    return token == null ? List.of(address) : List.of(address, token.key());
  }

  /** The token of the request, for services; null without one that has a name. */
  public @Nullable Requester requester() {
    Token token = caller().token();
    return token == null ? null : token.requester();
  }

  /**
   * Sets who sent the request.
   *
   * @param source finds the caller by what the request showed, as it is known at that moment
   */
  public void setCaller(Supplier<Caller> source) {
    callerSource = source;
    caller = source.get();
  }

  /**
   * Who sent the request, as its token or certificate is known now: a request that lasts may see
   * its token revoked, expire or change. Null when the caller may not use the route any more.
   */
  public @Nullable Caller callerStillGranted() {
    Supplier<Caller> source = callerSource;
    Caller now = source == null ? caller() : source.get();
    return now.check(rules().role()) == Caller.Verdict.GRANTED ? now : null;
  }

  void setRoute(MountedRoute matched) {
    route = matched;
    rules = matched.rules();
  }

  /** Sets the rules of a path that has no route for the method. */
  void setPathRules(RouteRules ofPath) {
    rules = ofPath;
  }

  /** The body to pull, for routes whose rule is {@code Streamed} or {@code Endless}. */
  public RequestBody stream() {
    RequestBody stream = reader;
    if (stream == null) {
      throw new IllegalStateException("the route does not stream its body");
    }
    return stream;
  }

  /** Opens the body for reading; the request must be paused, or the caller reads at once. */
  public RequestBody open(
      RoutingContext ctx, long limitBytes, RequestBody.Timeout timeout, MemoryBudget budget) {
    var opened = new RequestBody(request, limitBytes, timeout, budget);
    reader = opened;
    // Without waiting for the handler, since the connection closes next.
    opened.onBroken(() -> ctx.fail(RequestBody.brokenBody()));
    onEnd(opened::close);
    return opened;
  }

  /** The whole body, decompressed, for routes whose rule is {@code Whole}; else empty. */
  public Buffer body() {
    return body;
  }

  /** Sets the whole body, decompressed. */
  public void body(Buffer whole) {
    body = whole;
  }

  /** The cancellation of the request's calls, for when the client disconnects early. */
  public Cancellation cancellation() {
    Cancellation made = cancellation;
    if (made == null) {
      made = cancellations.get();
      cancellation = made;
      if (over && !response.ended()) {
        made.request();
      }
    }
    return made;
  }

  /** Runs the handler when the request ends, answered or not; at once if it has ended. */
  public void onEnd(Runnable handler) {
    if (over) {
      handler.run();
    } else {
      endHandlers.add(handler);
    }
  }

  /** Marks the response as an error: the end of the request cancels its remaining calls. */
  public void markFailed() {
    failed = true;
  }

  /** Marks the response as written; it ends when the client has read it. */
  public void awaitDelivery() {
    awaitingDelivery = true;
  }

  /** Writes a response unless the response has ended or the client has disconnected. */
  public void send(Response answer) {
    if (answer.sent() || over || response.ended() || response.closed()) {
      return;
    }
    if (memory.reserve(answer.body())) {
      memory.free(answer.body(), writer.write(answer));
    } else {
      writer.fail(ResponseMemory.refused());
    }
  }

  /** The memory of what the client has not read of this response. */
  public ResponseMemory memory() {
    return memory;
  }

  /**
   * Sends the body of a response without status line and headers, then closes the connection. Over
   * TLS or HTTP/2 it sends a normal response.
   */
  public void sendBare(Response answer) {
    if (!over && writer.writeBare(answer, connection.http())) {
      bareStatus = answer.status();
    } else {
      send(answer);
    }
  }

  /** The status of a response sent by {@link #sendBare}; 0 without one. */
  public int bareStatus() {
    return bareStatus;
  }

  /** Aborts a response that has begun, so that the client sees that it is incomplete. */
  public void abort() {
    persistence.abort();
    breakOff();
  }

  /** Aborts a response whose client does not read, without waiting for what is queued. */
  public void cut() {
    if (connection.multiplexed()) {
      abort();
    } else {
      WriteProgress.forceClose(connection.http());
      breakOff();
    }
  }

  /** Nothing more goes to the client. */
  private void breakOff() {
    finish();
    memory.end();
  }

  /** Closes the connection after this response; call it before the head is written. */
  public void closeAfterResponse() {
    connection.closeAfterResponse();
  }

  /**
   * Ends the response with a body that is empty or whose memory is reserved; status and headers are
   * set.
   */
  public void end(Buffer content) {
    memory.free(content, writer.end(content));
  }

  private void onResponseEnd() {
    if (over || writer.pending() || !response.ended()) {
      return;
    }
    finish();
    RequestBody read = reader;
    persistence.onResponseEnd(delivered.future(), read != null && read.broken());
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    if (cancellation != null && (failed || !response.ended())) {
      cancellation.request();
    }
    connection.end(this);
    memory.leave();
    endHandlers.forEach(Runnable::run);
    endHandlers.clear();
  }

  @Override
  public void connectionClosed() {
    RequestBody read = reader;
    if (read != null) {
      read.abort();
    }
    breakOff();
  }

  @Override
  public void checkProgress(long now, long stallNanos) {
    RequestBody read = reader;
    if (read != null) {
      read.checkTimeout(now);
    }
    memory.look();
    if (connection.multiplexed() && !over) {
      boolean waits =
          response.ended()
              ? writer.pending()
              // A body that is fetched a piece at a time may wait before the queue is full.
              : awaitingDelivery || response.writeQueueFull() || memory.offers();
      if (progress.stalled(waits, response.bytesWritten(), now, stallNanos)) {
        abort();
      }
    }
  }
}
