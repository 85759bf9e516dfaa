package dev.signalbox.gateway.events;

import dev.signalbox.gateway.events.EventFeed.Event;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The readers of the feed on one event loop. Events that come while the loop is busy are written in
 * one piece, which readers of the same topics share. Belongs to its event loop.
 */
public final class EventReaders {

  private record Reader(EventStreamWriter writer, int topics) {}

  /** Why a reader does not continue where it was. */
  private record Reset(String from) {}

  private final Vertx vertx;
  private final Context context;
  private final EventFeed feed;
  private final EventMemory memory;
  private final int readerBytes;
  private final Set<Reader> readers = new LinkedHashSet<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable listener = this::schedule;
  private final long timer;
  private long delivered;
  private boolean stopping;

  /** Call it on the event loop. */
  public EventReaders(
      Vertx vertx, EventFeed feed, Duration heartbeat, EventMemory memory, int readerBytes) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.feed = feed;
    this.memory = memory;
    this.readerBytes = readerBytes;
    this.delivered = feed.newest();
    this.timer = vertx.setPeriodic(heartbeat.toMillis(), _ -> heartbeat());
    feed.onEvent(listener);
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      context.runOnContext(_ -> deliver());
    }
  }

  private void deliver() {
    // Before the read: an event published after it schedules the next delivery.
    scheduled.set(false);
    List<Event> events = feed.after(delivered);
    if (events == null) {
      // More events came at once, or the loop was blocked for longer, than the history lasts.
      delivered = feed.newest();
      Buffer reset = reset();
      snapshot().forEach(reader -> reader.writer().write(reset));
      return;
    }
    if (events.isEmpty()) {
      return;
    }
    delivered = events.getLast().number();
    @Nullable Buffer[] byTopics = new @Nullable Buffer[Topic.ALL + 1];
    for (Reader reader : snapshot()) {
      Buffer piece = byTopics[reader.topics()];
      if (piece == null) {
        piece = piece(events, reader.topics());
        byTopics[reader.topics()] = piece;
      }
      if (piece.length() > 0) {
        reader.writer().write(piece);
      }
    }
  }

  private static Buffer piece(List<Event> events, int topics) {
    Buffer piece = Buffer.buffer();
    for (Event event : events) {
      if ((event.topic().bit() & topics) != 0) {
        piece.appendBuffer(event.bytes());
      }
    }
    return piece;
  }

  /** A copy, since a cut removes a reader while all are written to. */
  private List<Reader> snapshot() {
    return new ArrayList<>(readers);
  }

  private void heartbeat() {
    snapshot().forEach(reader -> reader.writer().heartbeat());
  }

  /**
   * Begins the response of a reader.
   *
   * @param topics bits of its topics
   * @param lastId id of the last event it has; null for a new reader
   */
  void add(RoutingContext ctx, int topics, @Nullable String lastId) {
    EventStreamWriter writer = EventStreamWriter.open(ctx, memory, readerBytes);
    if (stopping) {
      // Not an error: an EventSource does not reconnect after one.
      writer.end();
      return;
    }
    // From here on the loop has everything up to the newest, which the reader joins.
    deliver();
    writer.write(beginning(topics, lastId));
    Reader reader = new Reader(writer, topics);
    readers.add(reader);
    RequestScope.of(ctx).onEnd(() -> readers.remove(reader));
  }

  private Buffer beginning(int topics, @Nullable String lastId) {
    // An id without data is no event; it lets a reader resume that has seen no event yet.
    Buffer position = ServerSentEvent.position(feed.id(delivered));
    if (lastId == null) {
      return position;
    }
    OptionalLong number = feed.number(lastId);
    List<Event> missed = number.isPresent() ? missed(number.getAsLong()) : null;
    Buffer replay = missed == null ? null : piece(missed, topics);
    // More would be cut at once.
    if (replay == null || replay.length() > readerBytes) {
      return reset();
    }
    return replay.appendBuffer(position);
  }

  /** Tells readers that events are gone: a page reads the state again. */
  private Buffer reset() {
    String id = feed.id(delivered);
    return ServerSentEvent.of(id, "reset", new Reset(id));
  }

  /** The events after a number up to those delivered; null when some are gone. */
  private @Nullable List<Event> missed(long number) {
    List<Event> events = feed.after(number);
    return events == null
        ? null
        : events.stream().filter(event -> event.number() <= delivered).toList();
  }

  /** Ends all responses; readers that come later are sent away. */
  public void stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    feed.removeListener(listener);
    snapshot().forEach(reader -> reader.writer().end());
  }
}
