package dev.signalbox.gateway.door;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.Set;

/** What we know of one client connection. Belongs to one event loop. */
final class Connection {

  private final HttpConnection http;
  private boolean multiplexed;
  private final Set<BodyReader> reading = new HashSet<>(2);
  private final Set<RequestFlow> flows = new HashSet<>(2);
  private final Intake intake = new Intake();
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

  /** Whether it carries many requests at once (HTTP/2), so that none of them may end it. */
  boolean multiplexed() {
    return multiplexed;
  }

  /** A request has come; false when the connection is on its way out and must not serve it. */
  boolean begin(HttpVersion version, int limit, boolean stopping) {
    // Only a request tells.
    multiplexed = version == HttpVersion.HTTP_2;
    if (closing) {
      return false;
    }
    served++;
    inFlight++;
    if (!multiplexed && (served >= limit || stopping)) {
      closing = true;
    }
    return true;
  }

  /** A request is dealt with: told if the connection ends before it does. */
  void carries(RequestFlow flow) {
    flows.add(flow);
  }

  /** The connection is closed, by whomever. */
  void closed() {
    // A response does not tell when what ends with the connection is a file it was sending.
    Set.copyOf(flows).forEach(RequestFlow::finish);
  }

  /** A request is over, answered or not. */
  void end(RequestFlow flow, long now) {
    flows.remove(flow);
    end(now);
  }

  /** A request is answered. */
  void end(long now) {
    inFlight--;
    // Only now: bytes of an unfinished header do not make a connection busy.
    idleSince = now;
  }

  void closeAfterThis() {
    closing |= !multiplexed;
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

  /**
   * Closes what has been idle too long; gives up on bodies that come too slowly, and on answers of
   * which nothing is taken.
   */
  void sweep(long now, long idleNanos, long stallNanos) {
    if (inFlight == 0 && now - idleSince > idleNanos) {
      closing = true;
      http.close();
      return;
    }
    if (intake.stalled(http, now, stallNanos)) {
      Intake.cutOff(http);
      return;
    }
    if (multiplexed) {
      Set.copyOf(flows).forEach(flow -> flow.checkIntake(now, stallNanos));
    }
    if (!reading.isEmpty()) {
      for (BodyReader reader : Set.copyOf(reading)) {
        reader.checkPace(now);
      }
    }
  }
}
