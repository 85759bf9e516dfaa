package dev.signalbox.gateway.files;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts off clients that ask for a file and then take nothing of it. Looks at what waits in each
 * channel now and then: if the same bytes wait as the last time, the client has not taken one.
 * Belongs to one event loop.
 */
final class StallGuard {

  private final Set<Watch> watches = new HashSet<>();

  /** Looks twice within the timeout. */
  StallGuard(Vertx vertx, Duration timeout) {
    vertx.setPeriodic(Math.max(1, timeout.toMillis() / 2), _ -> look());
  }

  /** Watches over an answer until it is ended. */
  Watch watch(HttpConnection connection) {
    Watch watch = new Watch(connection);
    watches.add(watch);
    return watch;
  }

  private void look() {
    // A copy, because closing a channel ends its watch.
    for (Watch watch : new ArrayList<>(watches)) {
      watch.look();
    }
  }

  /** What waited at a moment. */
  private record Waiting(long bytes, @Nullable Object message, long sent) {

    @SuppressWarnings("ReferenceEquality") // the very message, not one like it
    boolean same(Waiting other) {
      return bytes == other.bytes && message == other.message && sent == other.sent;
    }
  }

  /** One answer under watch. */
  final class Watch {

    private final HttpConnection connection;
    private @Nullable Waiting last;

    private Watch(HttpConnection connection) {
      this.connection = connection;
    }

    /** The answer is over. */
    void end() {
      watches.remove(this);
    }

    private void look() {
      if (!(connection instanceof ConnectionBase base)) {
        return;
      }
      Waiting now = waiting(base.channel());
      Waiting before = last;
      last = now;
      if (now != null && before != null && now.same(before)) {
        // Not the gentle close of Vert.x, which would wait until all is sent.
        base.channel().close();
      }
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
