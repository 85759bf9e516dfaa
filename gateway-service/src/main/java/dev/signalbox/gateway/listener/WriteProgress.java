package dev.signalbox.gateway.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Detects a client that stopped reading. A periodic check compares the pending bytes with those of
 * the last check: if they are the same, the client has read nothing. Netty's {@code
 * WriteTimeoutHandler} times single writes only, and a file of any size is a single write.
 */
public final class WriteProgress {

  private @Nullable Pending last;
  private long since;

  /** Pending bytes, the message being written, and how much of it was written. */
  private record Pending(long bytes, int message, long sent) {}

  /** Whether a connection made no progress for longer than allowed. */
  boolean stalled(HttpConnection connection, long now, long allowedNanos) {
    return stalled(pending(connection), now, allowedNanos);
  }

  /**
   * The same for one response of a multiplexed connection, which has its own flow-control window.
   */
  public boolean stalled(boolean pending, long sent, long now, long allowedNanos) {
    return stalled(pending ? new Pending(0, 0, sent) : null, now, allowedNanos);
  }

  /** Whether the client has taken something of what is pending since the last call. */
  public boolean moved(HttpConnection connection) {
    Pending now = pending(connection);
    boolean moved = !Objects.equals(now, last);
    last = now;
    return moved;
  }

  private boolean stalled(@Nullable Pending pending, long now, long allowedNanos) {
    if (pending == null || !pending.equals(last)) {
      last = pending;
      since = now;
      return false;
    }
    return now - since > allowedNanos;
  }

  /** Null when nothing is pending. */
  private static @Nullable Pending pending(HttpConnection connection) {
    if (!(connection instanceof ConnectionBase base)) {
      return null;
    }
    ChannelOutboundBuffer buffer = base.channel().unsafe().outboundBuffer();
    return buffer == null || buffer.isEmpty()
        ? null
        : new Pending(
            buffer.totalPendingWriteBytes(),
            System.identityHashCode(buffer.current()),
            buffer.currentProgress());
  }

  /**
   * Closes a connection at once. A normal close goes through Vert.x's handler, which waits for the
   * flush; a client that reads nothing would delay it forever.
   */
  public static void forceClose(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      Channel channel = base.channel();
      channel.unsafe().close(channel.voidPromise());
    }
  }
}
