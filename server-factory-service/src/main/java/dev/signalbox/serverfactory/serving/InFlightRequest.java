package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.ServerRequest.NearMiss;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.definition.Fault;
import dev.signalbox.serverfactory.journal.Journal;
import dev.signalbox.serverfactory.journal.JournalEntry;
import dev.signalbox.serverfactory.journal.ServerCounters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that is being answered: what waits for it, and what is recorded when it ends, which it
 * does once. Used from one event loop.
 */
final class InFlightRequest {

  private static final String PAGE = "page";
  private static final long LINGER_MS = 1_000;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final Journal journal;
  private final ServerCounters counters;
  private final long beganNanos = System.nanoTime();
  private final long beganEpochMs = System.currentTimeMillis();

  private ReceivedRequest received;
  private @Nullable BodyReader bodyReader;
  private @Nullable RouteState route;
  private @Nullable String label;
  private @Nullable NearMiss nearest;
  private @Nullable IdleConnectionHandler idle;
  private long timer = -1;
  private boolean ended;
  private UnreadBodies.@Nullable Share making;
  private UnreadBodies.@Nullable Share memory;
  private boolean bytesFollow;

  InFlightRequest(
      Vertx vertx, HttpServerRequest request, Journal journal, ServerCounters counters) {
    this.vertx = vertx;
    this.request = request;
    this.journal = journal;
    this.counters = counters;
    this.received = new ReceivedRequest(request, Buffer.buffer());
    counters.began();
  }

  HttpServerRequest request() {
    return request;
  }

  HttpServerResponse response() {
    return request.response();
  }

  ReceivedRequest received() {
    return received;
  }

  boolean isHead() {
    return received.method().equals("HEAD");
  }

  boolean ended() {
    return ended;
  }

  /** The share of its response; nothing is offered to the client yet. */
  UnreadBodies.Share share(UnreadBodies bodies) {
    Context context = vertx.getOrCreateContext();
    UnreadBodies.Share share =
        bodies.share(task -> context.runOnContext(_ -> task.run()), this::cut);
    share.caughtUp();
    return share;
  }

  /** The body of its response is being made: should the client leave, it need not be. */
  void makes(UnreadBodies.Share share) {
    making = share;
  }

  /** The body of its response is made, or could not be. It is held until it is sent. */
  void holds(UnreadBodies.Share share) {
    making = null;
    if (ended) {
      share.end();
    } else {
      memory = share;
    }
  }

  boolean holdsMemory() {
    return memory != null;
  }

  /**
   * The request ends now, but bytes follow: what its response holds is held until {@link #sent}.
   */
  void bytesFollow() {
    bytesFollow = true;
    progressed();
  }

  /** The client has taken some of the bytes that follow. */
  void progressed() {
    UnreadBodies.Share share = memory;
    if (share != null) {
      share.progress();
    }
  }

  /** All bytes are sent, or the connection is closed. */
  void bytesSent() {
    bytesFollow = false;
    release();
  }

  private void release() {
    UnreadBodies.Share share = memory;
    memory = null;
    if (share != null) {
      share.end();
    }
  }

  private void cut() {
    if (!ended) {
      endUnread();
    } else if (bytesFollow) {
      ClientChannel.endUnread(request);
    }
  }

  /** Its body is being read. */
  void reading(BodyReader reader) {
    bodyReader = reader;
  }

  /** Its body is there. */
  void received(Buffer body) {
    received = new ReceivedRequest(request, body);
  }

  /** A route answers it. */
  void matched(RouteState state) {
    route = state;
    label = state.route().label();
    state.counters().matched();
  }

  /** The page answers it. */
  void matchedPage() {
    label = PAGE;
  }

  /** No route answers it, or one cannot: why. */
  void missed(@Nullable NearMiss near) {
    nearest = near;
  }

  /** Runs something later, unless the client leaves before. */
  void later(long ms, Runnable work) {
    waiting();
    timer =
        vertx.setTimer(
            Math.max(1, ms),
            _ -> {
              timer = -1;
              awake();
              if (!ended) {
                work.run();
              }
            });
  }

  /**
   * Runs something when the client has read what was sent, which may be at once. A client that
   * reads nothing for so long gets no more: over HTTP/2 others of its streams may be busy, so that
   * its connection is never idle.
   */
  void drained(Duration stall, Runnable work) {
    HttpServerResponse response = response();
    if (!response.writeQueueFull()) {
      work.run();
      return;
    }
    stalls(stall);
    response.drainHandler(_ -> {
      response.drainHandler(null);
      goOn(work);
    });
  }

  /** Runs something when what was written is sent, like {@link #drained}; else the request ends. */
  void sent(Duration stall, Future<Void> written, Runnable work) {
    stalls(stall);
    written.onSuccess(_ -> goOn(work)).onFailure(_ -> goOn(() -> end(0, null, 0)));
  }

  private void stalls(Duration stall) {
    timer =
        vertx.setTimer(
            stall.toMillis(),
            _ -> {
              timer = -1;
              endUnread();
            });
    progressed();
  }

  private void goOn(Runnable work) {
    vertx.cancelTimer(timer);
    timer = -1;
    UnreadBodies.Share share = memory;
    if (share != null) {
      share.caughtUp();
    }
    if (!ended) {
      work.run();
    }
  }

  private void endUnread() {
    if (!ended) {
      ClientChannel.endUnread(request);
      end(0, null, 0);
    }
  }

  /** The server is silent for a while, which is no reason to close the connection. */
  void waiting() {
    if (idle == null) {
      watch();
      idle = IdleConnectionHandler.of(ClientChannel.of(request.connection()));
      if (idle != null) {
        idle.delayBegan();
      }
    }
  }

  /** The server goes on. */
  void awake() {
    IdleConnectionHandler handler = idle;
    if (handler != null) {
      handler.delayEnded();
      idle = null;
    }
  }

  /**
   * Closes the connection after the response. With a body that is not read yet it waits a moment:
   * bytes that arrive at a closed socket would take the response away from the client.
   */
  void closeConnection() {
    HttpConnection connection = request.connection();
    if (request.isEnded()) {
      connection.close();
      return;
    }
    long lingering = vertx.setTimer(LINGER_MS, _ -> connection.close());
    request.endHandler(_ -> {
      vertx.cancelTimer(lingering);
      connection.close();
    });
  }

  /** Ends with the connection, or the stream, if that ends before the response. */
  void watch() {
    response().exceptionHandler(_ -> {});
    response().closeHandler(_ -> end(0, null, 0));
  }

  /**
   * Records it.
   *
   * @param status 0 when there is none
   * @param fault null for none
   * @param sent bytes of the body of the response
   */
  void end(int status, @Nullable Fault fault, long sent) {
    if (ended) {
      return;
    }
    ended = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    awake();
    long micros = (System.nanoTime() - beganNanos) / 1_000;
    Buffer body = received.body();
    String faultLabel = fault == null ? null : fault.label();
    counters.ended(label != null, status, faultLabel, body.length(), sent, micros);
    RouteState answering = route;
    if (answering != null) {
      answering.counters().answered(micros);
    }
    journal.add(
        new JournalEntry(
            beganEpochMs,
            request.remoteAddress(),
            received.method(),
            received.target(),
            request.version(),
            request.headers(),
            journal.kept(body),
            body.length(),
            label,
            status,
            faultLabel,
            micros,
            nearest));
    BodyReader reader = bodyReader;
    if (reader != null) {
      reader.release();
    }
    UnreadBodies.Share share = making;
    if (share != null) {
      share.leave();
    }
    if (!bytesFollow) {
      release();
    }
  }
}
