package dev.signalbox.gateway.files;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Cuts off clients that ask for a file and then take nothing of it. Looks at what waits in the
 * channel now and then: if the same bytes wait as the last time, the client has not taken one. On
 * the connection's event loop.
 */
final class StallGuard {

  private final Vertx vertx;
  private final long periodMs;

  StallGuard(Vertx vertx, Duration timeout) {
    this.vertx = vertx;
    // Two looks at the same bytes are at least one period and at most the timeout apart.
    this.periodMs = Math.max(1, timeout.toMillis() / 2);
  }

  /** Watches over an answer until it has ended. */
  void watch(HttpConnection connection, HttpServerResponse response) {
    if (connection instanceof ConnectionBase base) {
      new Watch(base, response).next();
    }
  }

  /** What waited at a moment. */
  private record Waiting(long bytes, @Nullable Object message, long sent) {

    @SuppressWarnings("ReferenceEquality") // the very message, not one like it
    boolean same(Waiting other) {
      return bytes == other.bytes && message == other.message && sent == other.sent;
    }
  }

  private final class Watch {

    private final ConnectionBase connection;
    private final HttpServerResponse response;
    private @Nullable Waiting last;

    Watch(ConnectionBase connection, HttpServerResponse response) {
      this.connection = connection;
      this.response = response;
    }

    void next() {
      vertx.setTimer(periodMs, _ -> look());
    }

    private void look() {
      if (response.closed()) {
        return;
      }
      Waiting now = waiting(connection.channel());
      if (response.ended() && now == null) {
        return;
      }
      Waiting before = last;
      if (now != null && before != null && now.same(before)) {
        connection.channel().close();
        return;
      }
      last = now;
      next();
    }
  }

  /** Null when nothing waits, so that it is not the client who is slow. */
  private static @Nullable Waiting waiting(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null || buffer.isEmpty()
        ? null
        : new Waiting(buffer.totalPendingWriteBytes(), buffer.current(), buffer.currentProgress());
  }
}
