package dev.signalbox.gateway.code;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.events.EventMemory;
import dev.signalbox.gateway.events.EventStreamWriter;
import dev.signalbox.gateway.events.ServerSentEvent;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The live tails of messages on one event loop. A tail reads storage from its place on, and reads
 * on whenever code-service says that there is more: what was stored between two reads is read too,
 * so that nothing is lost or comes twice. Tails at one place share a read. Belongs to its event
 * loop.
 */
public final class MessageTails {

  /** Messages of one read; their texts are what may wait for a reader. */
  private static final int READ_MESSAGES = 32;

  /** What a read may bring: texts of 64 KiB. */
  private static final int PAGE_BYTES = READ_MESSAGES * 65_536;

  private static final long RETRY_MS = 1_000;

  /** Delay of a read for which there is no memory, until another has ended. */
  private static final long MEMORY_RETRY_MS = 50;

  private record Events(Buffer bytes, long next, boolean more) {}

  /**
   * A read under way.
   *
   * @param knownId the last message that was known when it began; it may miss those after that
   */
  private record Read(Future<Events> events, long knownId) {}

  private final Vertx vertx;
  private final Context context;
  private final Backend backend;
  private final StoredMessages stored;
  private final EventMemory memory;
  private final Runnable wake = this::wake;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Set<Tail> tails = new LinkedHashSet<>();
  private final Map<ListMessagesRequest, Read> reads = new HashMap<>();
  private final long heartbeat;
  private boolean stopping;

  /** Call it on the event loop; {@code heartbeat} is the time between two comments on a stream. */
  public MessageTails(
      Vertx vertx, Backend backend, StoredMessages stored, Duration heartbeat, EventMemory memory) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.backend = backend;
    this.stored = stored;
    this.memory = memory;
    stored.onMore(wake);
    this.heartbeat =
        vertx.setPeriodic(heartbeat.toMillis(), _ -> List.copyOf(tails).forEach(Tail::heartbeat));
  }

  /**
   * Streams messages to a request until either side ends it.
   *
   * @param request the first page; its limit is not used
   */
  void join(RoutingContext ctx, ListMessagesRequest request) {
    // A tail writes only what its client takes: the bound of all readers is enough.
    EventStreamWriter writer = EventStreamWriter.open(ctx, memory, Integer.MAX_VALUE);
    if (stopping) {
      // Not an error: an EventSource does not come again after one.
      writer.end();
      return;
    }
    writer.write(ServerSentEvent.position(Long.toString(request.after())));
    Tail tail = new Tail(writer, request);
    tails.add(tail);
    RequestScope.of(ctx).onEnd(() -> tails.remove(tail));
    writer.onDrain(tail::read);
    tail.read();
  }

  /** Ends all responses; tails that come later are sent away. */
  public void stop() {
    stopping = true;
    stored.remove(wake);
    vertx.cancelTimer(heartbeat);
    List.copyOf(tails).forEach(tail -> tail.writer.end());
  }

  private void wake() {
    if (scheduled.compareAndSet(false, true)) {
      context.runOnContext(_ -> {
        scheduled.set(false);
        List.copyOf(tails).forEach(Tail::read);
      });
    }
  }

  /** A read of a page; null when there is no memory for one more. */
  private @Nullable Read read(ListMessagesRequest request) {
    Read underWay = reads.get(request);
    if (underWay != null) {
      return underWay;
    }
    if (!memory.pages().tryAcquire(PAGE_BYTES)) {
      return null;
    }
    long knownId = stored.lastId();
    Future<Events> events =
        backend
            .call(
                "code-service",
                CodeContract.LIST_MESSAGES,
                request,
                Call.within(CodeContract.LIST_MESSAGES.timeout()))
            .map(reply -> events(request, reply));
    Read read = new Read(events, knownId);
    reads.put(request, read);
    events.onComplete(_ -> {
      reads.remove(request);
      // After the tails that wait for it have written it.
      context.runOnContext(_ -> memory.pages().release(PAGE_BYTES));
    });
    return read;
  }

  private static Events events(ListMessagesRequest request, ListMessagesReply reply) {
    Buffer bytes = Buffer.buffer();
    long next = request.after();
    for (StoredMessage message : reply.messages()) {
      bytes.appendBuffer(
          ServerSentEvent.of(
              Long.toString(message.id()), "message", CodeRoutes.MessageView.of(message)));
      next = message.id();
    }
    Long seenTo = reply.seenTo();
    return new Events(bytes, seenTo == null ? next : Math.max(next, seenTo), reply.more());
  }

  private final class Tail {

    private final EventStreamWriter writer;
    private final ListMessagesRequest filter;
    private long place;
    private boolean reading;

    private Tail(EventStreamWriter writer, ListMessagesRequest filter) {
      this.writer = writer;
      this.filter = filter;
      this.place = filter.after();
    }

    /** Reads on unless the reader has not read what there is. */
    private void read() {
      if (reading || writer.full()) {
        return;
      }
      reading = true;
      Read next =
          MessageTails.this.read(
              new ListMessagesRequest(
                  place,
                  READ_MESSAGES,
                  filter.uuid(),
                  filter.sinceEpochMs(),
                  filter.untilEpochMs(),
                  filter.contains()));
      if (next == null) {
        readLater(MEMORY_RETRY_MS);
      } else {
        next.events.onComplete(events -> write(events, next.knownId), _ -> readLater(RETRY_MS));
      }
    }

    private void readLater(long delayMs) {
      vertx.setTimer(
          delayMs,
          _ -> {
            reading = false;
            read();
          });
    }

    private void write(Events events, long knownId) {
      reading = false;
      place = events.next;
      if (events.bytes.length() > 0) {
        writer.write(events.bytes);
      }
      if (events.more || stored.lastId() > knownId) {
        read();
      }
    }

    private void heartbeat() {
      if (writer.stillGranted() && !writer.full()) {
        // With its place: a filter may have passed over many messages since the last event.
        writer.write(ServerSentEvent.position(Long.toString(place)));
        // An event of the bus may have been missed.
        read();
      }
    }
  }
}
