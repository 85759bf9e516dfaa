package dev.signalbox.gateway.door;

import io.vertx.core.http.HttpConnection;
import java.util.HashSet;
import java.util.Set;

/** What we know of one client connection. Belongs to one event loop. */
final class Connection {

  private final HttpConnection http;
  private final Set<BodyReader> reading = new HashSet<>(2);
  private int served;
  private int inFlight;
  private boolean closing;
  private long idleSince;

  Connection(HttpConnection http, long now) {
    this.http = http;
    this.idleSince = now;
  }

  HttpConnection http() {
    return http;
  }

  /** A request has come; false when the connection is on its way out and must not serve it. */
  boolean begin(int limit, boolean stopping) {
    if (closing) {
      return false;
    }
    served++;
    inFlight++;
    if (served >= limit || stopping) {
      closing = true;
    }
    return true;
  }

  /** A request is answered. */
  void end(long now) {
    inFlight--;
    // Only now: bytes of an unfinished header do not make a connection busy.
    idleSince = now;
  }

  void closeAfterThis() {
    closing = true;
  }

  boolean closing() {
    return closing;
  }

  void reads(BodyReader reader) {
    reading.add(reader);
  }

  void hasRead(BodyReader reader) {
    reading.remove(reader);
  }

  void closeIfIdle() {
    closing = true;
    if (inFlight == 0) {
      http.close();
    }
  }

  /** Closes what has been idle too long; gives up on bodies that come too slowly. */
  void sweep(long now, long idleNanos) {
    if (inFlight == 0 && now - idleSince > idleNanos) {
      closing = true;
      http.close();
      return;
    }
    if (!reading.isEmpty()) {
      for (BodyReader reader : Set.copyOf(reading)) {
        reader.checkPace(now);
      }
    }
  }
}
