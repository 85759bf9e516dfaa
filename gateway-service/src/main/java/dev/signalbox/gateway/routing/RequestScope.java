package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.limit.MemoryBudget;
import dev.signalbox.gateway.listener.ClientConnection;
import dev.signalbox.gateway.listener.ConnectionPersistence;
import dev.signalbox.gateway.listener.WriteProgress;
import dev.signalbox.platform.bus.Cancellation;
import io.netty.channel.ChannelFutureListener;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of one request besides vertx-web's {@link RoutingContext}: its id, its
 * connection, its rules, its body, and what has to be given back when it is over. Belongs to one
 * event loop.
 */
public final class RequestScope implements ClientConnection.InFlight {

  private static final String KEY = "signalbox.request";
  private static final Buffer NO_BODY = Buffer.buffer();

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final ClientConnection connection;
  private final String requestId;
  private final @Nullable String traceParent;
  private final Supplier<Cancellation> cancellations;
  private final ConnectionPersistence persistence;
  private final Promise<Void> delivered = Promise.promise();
  private final ResponseWriter writer;
  private final WriteProgress progress = new WriteProgress();
  private final long declaredBytes;
  private final List<Runnable> endHandlers = new ArrayList<>(4);
  private @Nullable RouteRules rules;
  private @Nullable MountedRoute route;
  private @Nullable RequestBody reader;
  private Buffer body = NO_BODY;
  private @Nullable Cancellation cancellation;
  private boolean awaitingDelivery;
  private boolean failed;
  private int bareStatus;
  private boolean over;

  /**
   * The scope of a request that has just come.
   *
   * @param keepAlive what Keep-Alive says
   * @param traceParent W3C trace parent for what is done for the request; null when not traced
   * @param cancellations makes the cancellation of the calls of one request
   */
  public RequestScope(
      Vertx vertx,
      HttpServerRequest request,
      ClientConnection connection,
      CharSequence keepAlive,
      String requestId,
      @Nullable String traceParent,
      Supplier<Cancellation> cancellations) {
    this.request = request;
    this.response = request.response();
    this.connection = connection;
    this.requestId = requestId;
    this.traceParent = traceParent;
    this.cancellations = cancellations;
    this.declaredBytes = RequestBody.declaredBytes(request);
    this.persistence = new ConnectionPersistence(vertx, request, connection, declaredBytes);
    this.writer = new ResponseWriter(vertx, request, connection.multiplexed(), delivered);
    connection.begin(this);
    response.headersEndHandler(_ -> persistence.announce(keepAlive));
    response.endHandler(_ -> ended());
    response.closeHandler(_ -> finish());
    delivered.future().onComplete(_ -> ended());
  }

  /** The scope of a request. */
  public static RequestScope of(RoutingContext ctx) {
    RequestScope scope = ctx.get(KEY);
    if (scope == null) {
      throw new IllegalStateException("the request has no scope yet");
    }
    return scope;
  }

  /** The scope of a request; null when it failed before it had one. */
  public static @Nullable RequestScope find(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  /** Makes this the scope of a request. */
  public void enter(RoutingContext ctx) {
    ctx.put(KEY, this);
  }

  /** The request's id: the client's if well-formed, else ours. */
  public String requestId() {
    return requestId;
  }

  /** W3C trace parent for what is done for the request; null when it is not traced. */
  public @Nullable String traceParent() {
    return traceParent;
  }

  /** Its connection. */
  public ClientConnection connection() {
    return connection;
  }

  /** Length of the body; 0 without one, -1 when not told. */
  public long declaredBytes() {
    return declaredBytes;
  }

  /** The route that was found; null when none was. */
  public @Nullable MountedRoute route() {
    return route;
  }

  /** What guards the route that was found, for those guards. */
  public RouteRules rules() {
    RouteRules found = rules;
    if (found == null) {
      throw new IllegalStateException("no route was found");
    }
    return found;
  }

  /** How errors of the request are worded; null when neither route nor path was found. */
  public @Nullable ErrorShape errors() {
    return rules == null ? null : rules.errors();
  }

  void matched(MountedRoute found) {
    route = found;
    rules = found.rules();
  }

  /** The path was found, its method was not. */
  void found(RouteRules ofPath) {
    rules = ofPath;
  }

  /** The body to pull, for routes with {@link BodyRule.Streamed} or {@link BodyRule.Endless}. */
  public BodyStream stream() {
    RequestBody stream = reader;
    if (stream == null) {
      throw new IllegalStateException("the route does not stream its body");
    }
    return stream;
  }

  /**
   * Opens the body for reading; the request must be paused or be read from at once.
   *
   * @param limitBytes more is 413
   * @param budget what the process may hold of bodies
   */
  public RequestBody open(
      RoutingContext ctx, long limitBytes, BodyTimeout timeout, MemoryBudget budget) {
    var opened = new RequestBody(request, declaredBytes, limitBytes, timeout, budget);
    reader = opened;
    // At once, whatever the handler waits for: a connection with a broken body is closed next.
    opened.onBroken(() -> ctx.fail(RequestBody.brokenOff()));
    onEnd(opened::close);
    return opened;
  }

  /** The whole body, for routes with {@link BodyRule.Whole}; otherwise empty. */
  public Buffer body() {
    return body;
  }

  /** The body has been read, and decoded if it was compressed. */
  public void body(Buffer whole) {
    body = whole;
  }

  /** Requested when the client leaves before its response: for calls that are to end with it. */
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

  /** Runs when the request is over, answered or not; at once if it is. */
  public void onEnd(Runnable handler) {
    if (over) {
      handler.run();
    } else {
      endHandlers.add(handler);
    }
  }

  /** The response is that of an error: what still runs for the request is work for nobody. */
  public void failed() {
    failed = true;
  }

  /** All of the response has been given away, and it ends when the client has taken it. */
  public void awaitDelivery() {
    awaitingDelivery = true;
  }

  /** Writes a response unless there is one or nobody to take it. */
  public void send(Response answer) {
    if (!answer.equals(Response.SENT) && !over && !response.ended() && !response.closed()) {
      writer.write(answer);
    }
  }

  /**
   * Sends the body of a response without HTTP around it, and closes the connection. Where that
   * cannot be, over TLS or HTTP/2, the response is sent like any other.
   */
  public void sendBare(Response answer) {
    HttpConnection http = connection.http();
    if (over
        || http.isSsl()
        || connection.multiplexed()
        || !(http instanceof ConnectionBase base)) {
      send(answer);
      return;
    }
    bareStatus = answer.status();
    base.channel()
        .pipeline()
        .firstContext()
        .writeAndFlush(((BufferInternal) answer.body()).getByteBuf())
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** The status of a response that was sent without HTTP; 0 when there was none. */
  public int bareStatus() {
    return bareStatus;
  }

  /** Ends a response that has begun and cannot be finished, so that the client sees it. */
  public void breakOff() {
    persistence.breakOff();
    finish();
  }

  /** Closes the connection after this response; before its head is written. */
  public void closeAfter() {
    connection.closeAfterThis();
  }

  /** Ends the response with a body; its head is set. */
  public void end(Buffer content) {
    writer.end(content);
  }

  private void ended() {
    if (over || writer.pending() || !response.ended()) {
      return;
    }
    finish();
    RequestBody read = reader;
    persistence.settle(delivered.future(), read != null && read.broken());
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
    endHandlers.forEach(Runnable::run);
    endHandlers.clear();
  }

  @Override
  public void connectionClosed() {
    RequestBody read = reader;
    if (read != null) {
      read.breakOff();
    }
    finish();
  }

  @Override
  public void checkProgress(long now, long stallNanos) {
    RequestBody read = reader;
    if (read != null) {
      read.checkPace(now);
    }
    if (connection.multiplexed() && !over) {
      boolean waits =
          response.ended() ? writer.pending() : awaitingDelivery || response.writeQueueFull();
      if (progress.stalled(waits, response.bytesWritten(), now, stallNanos)) {
        breakOff();
      }
    }
  }
}
