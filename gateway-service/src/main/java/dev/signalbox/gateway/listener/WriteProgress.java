package dev.signalbox.gateway.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client takes what is sent to it. It is looked at now and then: when the same bytes wait
 * as the last time, nothing was taken in between. Netty's {@code WriteTimeoutHandler} knows single
 * writes only, of which a file of any size is one.
 */
public final class WriteProgress {

  private @Nullable Pending last;
  private long since;

  /**
   * What waited at a moment.
   *
   * @param bytes that wait
   * @param message to which they belong
   * @param sent how much of that has gone
   */
  private record Pending(long bytes, int message, long sent) {}

  /** Whether what waits on a connection has stayed the same for longer than allowed. */
  boolean stalled(HttpConnection connection, long now, long allowedNanos) {
    return stalled(pending(connection), now, allowedNanos);
  }

  /**
   * The same for one response of a connection that carries many, whose bytes wait for a window of
   * their own.
   *
   * @param waits whether bytes of the response wait
   * @param sent bytes given away so far
   */
  public boolean stalled(boolean waits, long sent, long now, long allowedNanos) {
    return stalled(waits ? new Pending(0, 0, sent) : null, now, allowedNanos);
  }

  private boolean stalled(@Nullable Pending pending, long now, long allowedNanos) {
    if (pending == null || !pending.equals(last)) {
      last = pending;
      since = now;
      return false;
    }
    return now - since > allowedNanos;
  }

  /** Null when nothing waits, so that it is not the client who is slow. */
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
