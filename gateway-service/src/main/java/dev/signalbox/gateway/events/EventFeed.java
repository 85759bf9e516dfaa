package dev.signalbox.gateway.events;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The events of one gateway process: numbers each, encodes it once, and keeps the latest. The
 * history is the only buffer: each event loop reads it from the number it has delivered, so a slow
 * event loop costs no memory. Any thread may use it.
 */
public final class EventFeed {

  /**
   * An event.
   *
   * @param number from 1, without gaps
   * @param bytes its encoding in text/event-stream; never changed
   */
  record Event(long number, Topic topic, Buffer bytes) {}

  private final int maxEvents;
  private final int maxBytes;

  /** Tells the ids of this process from those of any other. */
  private final String epoch;

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  // Guarded by this.
  private final Deque<Event> history = new ArrayDeque<>();
  private int bytes;
  private long newest;

  /** A feed that keeps at most so many events and bytes of them. */
  public EventFeed(int maxEvents, int maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.epoch = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /**
   * Publishes an event to all readers.
   *
   * @param what the second part of the event's type, such as {@code changed}
   * @param data a record, written as one line of JSON
   */
  public void publish(Topic topic, String what, Object data) {
    synchronized (this) {
      long number = newest + 1;
      Buffer encoded = ServerSentEvent.of(id(number), topic.label() + "." + what, data);
      newest = number;
      history.addLast(new Event(number, topic, encoded));
      bytes += encoded.length();
      // The last stays whatever its size: no reader has received it yet.
      while (history.size() > 1 && (history.size() > maxEvents || bytes > maxBytes)) {
        bytes -= history.removeFirst().bytes().length();
      }
    }
    listeners.forEach(Runnable::run);
  }

  /** Runs a listener after each event, on the publisher's thread. */
  void onEvent(Runnable listener) {
    listeners.add(listener);
  }

  void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /** The events after a number, oldest first; null when some are gone or the number is unknown. */
  synchronized @Nullable List<Event> after(long number) {
    if (number < 0 || number > newest || newest - number > history.size()) {
      return null;
    }
    List<Event> events = new ArrayList<>((int) (newest - number));
    Iterator<Event> backwards = history.descendingIterator();
    for (long at = newest; at > number; at--) {
      events.add(backwards.next());
    }
    Collections.reverse(events);
    return events;
  }

  /** The number of the newest event; 0 before the first. */
  synchronized long newest() {
    return newest;
  }

  /** The id of an event's number. */
  String id(long number) {
    return epoch + "-" + number;
  }

  /** The number of an id; empty when it is malformed or of another process. */
  OptionalLong number(String id) {
    int dash = id.indexOf('-');
    if (dash < 0 || !id.substring(0, dash).equals(epoch)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(id.substring(dash + 1)));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
