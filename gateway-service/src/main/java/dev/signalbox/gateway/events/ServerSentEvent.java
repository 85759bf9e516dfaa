package dev.signalbox.gateway.events;

import dev.signalbox.platform.json.Json;
import io.vertx.core.buffer.Buffer;

/** The encoding of an event in text/event-stream (WHATWG HTML section 9.2). */
public final class ServerSentEvent {

  /** The type of a stream of events. */
  public static final String MEDIA_TYPE = "text/event-stream";

  /** The header in which a reader that comes again names the last event it has. */
  public static final String LAST_EVENT_ID = "Last-Event-ID";

  private ServerSentEvent() {}

  /**
   * An event.
   *
   * @param id where a reader goes on that has this event; one line
   * @param type what a page listens to; one line
   * @param data a record, written as one line of JSON
   */
  public static Buffer of(String id, String type, Object data) {
    return Buffer.buffer("id: " + id + "\nevent: " + type + "\ndata: ")
        .appendBytes(Json.bytes(data))
        .appendString("\n\n");
  }

  /** An id without data: no event, but a reader goes on from there when it comes again. */
  public static Buffer position(String id) {
    return Buffer.buffer("id: " + id + "\n\n");
  }
}
