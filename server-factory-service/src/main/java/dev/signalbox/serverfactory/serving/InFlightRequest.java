package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.ServerRequest.NearMiss;
import dev.signalbox.serverfactory.definition.Fault;
import dev.signalbox.serverfactory.journal.Journal;
import dev.signalbox.serverfactory.journal.JournalEntry;
import dev.signalbox.serverfactory.journal.ServerCounters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.function.BooleanSupplier;
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
  private AnswerMemory.@Nullable Share memory;

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

  /** What its response holds is given back at its end, or once what was written is sent. */
  void holds(AnswerMemory.Share share) {
    memory = share;
  }

  boolean holdsMemory() {
    return memory != null;
  }

  /** The request ends now, but what its response holds is held until that is sent. */
  void holdsUntil(Future<Void> sent) {
    AnswerMemory.Share share = memory;
    memory = null;
    if (share != null) {
      if (!sent.isComplete()) {
        share.stalled(
            vertx.getOrCreateContext(),
            () -> {
              if (!sent.isComplete()) {
                ClientChannel.endUnread(request);
              }
            });
      }
      sent.onComplete(_ -> share.end());
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
    stalls(stall, response::writeQueueFull);
    response.drainHandler(_ -> {
      response.drainHandler(null);
      goOn(work);
    });
  }

  /** Runs something when what was written is sent, like {@link #drained}; else the request ends. */
  void sent(Duration stall, Future<Void> written, Runnable work) {
    stalls(stall, () -> !written.isComplete());
    written.onSuccess(_ -> goOn(work)).onFailure(_ -> goOn(() -> end(0, null, 0)));
  }

  private void stalls(Duration stall, BooleanSupplier unread) {
    timer =
        vertx.setTimer(
            stall.toMillis(),
            _ -> {
              timer = -1;
              endUnread();
            });
    AnswerMemory.Share share = memory;
    if (share != null) {
      share.stalled(
          vertx.getOrCreateContext(),
          () -> {
            if (unread.getAsBoolean()) {
              endUnread();
            }
          });
    }
  }

  private void goOn(Runnable work) {
    vertx.cancelTimer(timer);
    timer = -1;
    AnswerMemory.Share share = memory;
    if (share != null) {
      share.progressed();
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
    AnswerMemory.Share share = memory;
    if (share != null) {
      share.end();
    }
  }
}
