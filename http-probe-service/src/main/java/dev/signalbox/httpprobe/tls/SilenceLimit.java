package dev.signalbox.httpprobe.tls;

import dev.signalbox.httpprobe.phase.ProbeException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Gives up a handshake to whose greeting the target has not said a byte; then steps aside. */
final class SilenceLimit extends ChannelInboundHandlerAdapter {

  private final Duration patience;
  private final Promise<?> handshake;
  private @Nullable ScheduledFuture<?> timer;

  SilenceLimit(Duration patience, Promise<?> handshake) {
    this.patience = patience;
    this.handshake = handshake;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    timer =
        context
            .executor()
            .schedule(
                () ->
                    handshake.tryFail(
                        ProbeException.silentOnTls(
                            "the target said nothing to a TLS greeting for "
                                + patience.toMillis()
                                + " ms")),
                patience.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    // Removal may let go of this context before the message is passed on: pass it on first.
    context.fireChannelRead(message);
    context.pipeline().remove(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    // Netty removes all handlers of a channel that closes, so this gives the timer back always.
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
