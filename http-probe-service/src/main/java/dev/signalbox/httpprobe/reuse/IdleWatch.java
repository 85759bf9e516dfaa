package dev.signalbox.httpprobe.reuse;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sits on a connection that nobody uses. Nothing may arrive there: bytes that nobody asked for
 * would be taken for the next task's answer.
 */
final class IdleWatch extends ChannelInboundHandlerAdapter {

  private final KeptConnections kept;
  private final ConnectionKey key;
  private final Connection connection;
  private @Nullable ScheduledFuture<?> timer;

  IdleWatch(KeptConnections kept, ConnectionKey key, Connection connection) {
    this.kept = kept;
    this.key = key;
    this.connection = connection;
  }

  ConnectionKey key() {
    return key;
  }

  Connection connection() {
    return connection;
  }

  void closeAfter(Duration idle) {
    timer =
        connection
            .channel()
            .eventLoop()
            .schedule(this::discard, idle.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Steps aside. */
  void end() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (connection.channel().pipeline().context(this) != null) {
      connection.channel().pipeline().remove(this);
    }
  }

  void discard() {
    kept.forget(this);
    end();
    connection.channel().close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    boolean unasked = message instanceof ByteBuf || message instanceof Http2GoAwayFrame;
    ReferenceCountUtil.release(message);
    if (unasked) {
      discard();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // A half-closed connection, or a TLS session that was taken leave of.
    if (event instanceof SslCloseCompletionEvent || event instanceof ChannelInputShutdownEvent) {
      discard();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    discard();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    discard();
  }
}
