package dev.signalbox.gateway.door;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody takes what is sent: looked at now and then, and when the same waits as the last
 * time, nothing has been taken in between.
 */
final class Intake {

  private @Nullable Waiting last;
  private long since;

  /** What waited at a moment: bytes, the message they belong to, how much of it has gone. */
  private record Waiting(long bytes, int message, long sent) {}

  /** Whether what waits on a connection has stayed the same for longer than allowed. */
  boolean stalled(HttpConnection connection, long now, long allowedNanos) {
    return stalled(waiting(connection), now, allowedNanos);
  }

  /** The same for one answer of an HTTP/2 connection, whose bytes wait for its own window. */
  boolean stalled(HttpServerResponse response, long now, long allowedNanos) {
    return stalled(
        response.writeQueueFull() ? new Waiting(response.bytesWritten(), 0, 0) : null,
        now,
        allowedNanos);
  }

  private boolean stalled(@Nullable Waiting waiting, long now, long allowedNanos) {
    if (waiting == null || !waiting.equals(last)) {
      last = waiting;
      since = now;
      return false;
    }
    return now - since > allowedNanos;
  }

  /** Null when nothing waits, so that it is not the client who is slow. */
  private static @Nullable Waiting waiting(HttpConnection connection) {
    if (!(connection instanceof ConnectionBase base)) {
      return null;
    }
    ChannelOutboundBuffer buffer = base.channel().unsafe().outboundBuffer();
    return buffer == null || buffer.isEmpty()
        ? null
        : new Waiting(
            buffer.totalPendingWriteBytes(),
            System.identityHashCode(buffer.current()),
            buffer.currentProgress());
  }

  /**
   * Ends a connection at once. Closing it, or its channel, goes through Vert.x's handler, which
   * waits until all is sent: for ever, here.
   */
  static void cutOff(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      Channel channel = base.channel();
      channel.unsafe().close(channel.voidPromise());
    }
  }
}
