package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.access.ClientCertificate;
import dev.signalbox.gateway.limit.ClientQuotas;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of one client connection. Belongs to one event loop. */
public final class ClientConnection {

  /** A request on a connection. */
  public interface InFlight {

    /** Runs when either side closes the connection. */
    void connectionClosed();

    /**
     * Runs periodically; ends the request when its client is too slow.
     *
     * @param stallNanos longest time without progress of the response
     */
    void checkProgress(long now, long stallNanos);
  }

  private final HttpConnection http;
  private final ClientQuotas.Client client;
  private final boolean reserve;
  private final boolean fieldsCount;
  private final @Nullable ClientCertificate certificate;
  // A list: HTTP/1.1 has one at a time, HTTP/2 at most 100.
  private final List<InFlight> requests = new ArrayList<>(2);
  private final WriteProgress progress = new WriteProgress();
  private boolean multiplexed;
  private int served;
  private boolean closing;
  private long idleSince;

  ClientConnection(
      HttpConnection http,
      ClientQuotas.Client client,
      boolean reserve,
      boolean fieldsCount,
      @Nullable ClientCertificate certificate,
      long now) {
    this.http = http;
    this.client = client;
    this.reserve = reserve;
    this.fieldsCount = fieldsCount;
    this.certificate = certificate;
    this.idleSince = now;
  }

  public HttpConnection http() {
    return http;
  }

  /** The client, by its address. */
  public ClientQuotas.Client client() {
    return client;
  }

  /** Whether it exceeds the connection limit and serves only routes that answer under overload. */
  public boolean reserve() {
    return reserve;
  }

  /** Whether what a trusted proxy says in fields of a request counts. */
  public boolean fieldsCount() {
    return fieldsCount;
  }

  /** The certificate that the client showed in the handshake; null without one. */
  public @Nullable ClientCertificate certificate() {
    return certificate;
  }

  /** Whether it carries many requests at once (HTTP/2), so that no single request may close it. */
  public boolean multiplexed() {
    return multiplexed;
  }

  /** Whether the response in flight is its last. */
  public boolean closing() {
    return closing;
  }

  /** Makes the response in flight the last; no effect on a multiplexed connection. */
  public void closeAfterResponse() {
    closing |= !multiplexed;
  }

  /** Counts a request; false when the connection is closing and must not serve it. */
  boolean accepts(HttpVersion version, int limit, boolean last) {
    // The connection itself does not know its version; a request does.
    multiplexed = version == HttpVersion.HTTP_2;
    if (closing) {
      return false;
    }
    served++;
    if (!multiplexed && (served >= limit || last)) {
      closing = true;
    }
    return true;
  }

  public void begin(InFlight request) {
    requests.add(request);
  }

  /** A request ends, answered or not. */
  public void end(InFlight request) {
    if (requests.remove(request) && requests.isEmpty()) {
      // Idle time counts from here: the bytes of an unfinished header do not make it busy.
      idleSince = System.nanoTime();
    }
  }

  void closed() {
    // Vert.x does not tell a response that is sending a file that its connection closed.
    List.copyOf(requests).forEach(InFlight::connectionClosed);
  }

  /** Whether it carries no request and may carry one. */
  boolean idle() {
    return requests.isEmpty() && !closing;
  }

  /** How long it has been idle. */
  long idleNanos(long now) {
    return now - idleSince;
  }

  /** Closes the connection at once, without flushing, to make room for another. */
  void evict() {
    closing = true;
    WriteProgress.forceClose(http);
  }

  void closeIfIdle() {
    closing = true;
    if (requests.isEmpty()) {
      http.close();
    }
  }

  /** Closes the connection when it is idle or stalled; else checks its requests. */
  void sweep(long now, long idleNanos, long stallNanos) {
    // The stall first: a close waits for the flush, which never ends when the client reads nothing.
    if (progress.stalled(http, now, stallNanos)) {
      WriteProgress.forceClose(http);
    } else if (requests.isEmpty() && idleNanos(now) > idleNanos) {
      closing = true;
      http.close();
    } else {
      List.copyOf(requests).forEach(request -> request.checkProgress(now, stallNanos));
    }
  }
}
