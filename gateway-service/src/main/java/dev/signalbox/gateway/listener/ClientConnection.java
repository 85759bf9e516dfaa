package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.limit.ClientQuotas;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.HashSet;
import java.util.Set;

/** What is known of one client connection. Belongs to one event loop. */
public final class ClientConnection {

  /** A request on a connection. */
  public interface InFlight {

    /** The connection is closed, by whichever side. */
    void connectionClosed();

    /**
     * Looked at now and then: ends the request when its client is too slow.
     *
     * @param stallNanos how long nothing of the response may be taken
     */
    void checkProgress(long now, long stallNanos);
  }

  private final HttpConnection http;
  private final ConnectionRegistry registry;
  private final ClientQuotas.Client client;
  private final boolean reserve;
  private final Set<InFlight> requests = new HashSet<>(2);
  private final WriteProgress progress = new WriteProgress();
  private boolean multiplexed;
  private int served;
  private boolean closing;
  private long idleSince;

  ClientConnection(
      HttpConnection http,
      ConnectionRegistry registry,
      ClientQuotas.Client client,
      boolean reserve,
      long now) {
    this.http = http;
    this.registry = registry;
    this.client = client;
    this.reserve = reserve;
    this.idleSince = now;
  }

  /** Vert.x's connection. */
  public HttpConnection http() {
    return http;
  }

  /** Whose it is. */
  public ClientQuotas.Client client() {
    return client;
  }

  /** Whether it is one more than allowed, open only for what must answer under overload. */
  public boolean reserve() {
    return reserve;
  }

  /** Whether it carries many requests at once (HTTP/2), so that none of them may end it. */
  public boolean multiplexed() {
    return multiplexed;
  }

  /** Whether the response under way is its last. */
  public boolean closing() {
    return closing;
  }

  /** Makes the response under way its last; nothing where it carries many. */
  public void closeAfterThis() {
    closing |= !multiplexed;
  }

  /** A request has come; false when the connection is on its way out and must not serve it. */
  boolean accepts(HttpVersion version, int limit, boolean stopping) {
    // Only a request tells.
    multiplexed = version == HttpVersion.HTTP_2;
    if (closing) {
      return false;
    }
    served++;
    if (!multiplexed && (served >= limit || stopping)) {
      closing = true;
    }
    return true;
  }

  /** A request begins. */
  public void begin(InFlight request) {
    if (requests.isEmpty()) {
      registry.busy(this);
    }
    requests.add(request);
  }

  /** A request is over, answered or not. */
  public void end(InFlight request) {
    if (requests.remove(request) && requests.isEmpty()) {
      // Only now: bytes of an unfinished header do not make a connection busy.
      idleSince = System.nanoTime();
      registry.idle(this);
    }
  }

  /** The connection is closed, by whichever side. */
  void closed() {
    // A response does not tell when what ends with the connection is a file it was sending.
    Set.copyOf(requests).forEach(InFlight::connectionClosed);
  }

  /** Gives way to another connection, at once: what it has not taken yet it will not take. */
  void evict() {
    closing = true;
    WriteProgress.cutOff(http);
  }

  void closeIfIdle() {
    closing = true;
    if (requests.isEmpty()) {
      http.close();
    }
  }

  /** Closes what has been idle too long, and ends what its client is too slow for. */
  void sweep(long now, long idleNanos, long stallNanos) {
    // First: closing waits until all is sent, which a client that takes nothing never lets happen.
    if (progress.stalled(http, now, stallNanos)) {
      WriteProgress.cutOff(http);
    } else if (requests.isEmpty() && now - idleSince > idleNanos) {
      closing = true;
      http.close();
    } else {
      Set.copyOf(requests).forEach(request -> request.checkProgress(now, stallNanos));
    }
  }
}
