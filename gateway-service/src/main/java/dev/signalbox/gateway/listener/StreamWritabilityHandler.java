package dev.signalbox.gateway.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;

/**
 * Tells the streams of an HTTP/2 connection that they may be written to again. Netty 4.2.20 does so
 * only when it has seen the channel full before. A channel that was full and is not any more within
 * one turn of the event loop is seen as it is then, and streams opened in between wait for ever:
 * `h2load -m 50` against a bare Vert.x 5.0.12 hangs with every window above 64 KiB.
 */
final class StreamWritabilityHandler extends ChannelInboundHandlerAdapter {

  private final Http2ConnectionHandler http2;

  StreamWritabilityHandler(Http2ConnectionHandler http2) {
    this.http2 = http2;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.fireChannelWritabilityChanged();
    if (ctx.channel().isWritable()) {
      ctx.executor().execute(this::checkStreams);
    }
  }

  /** The same initial window again changes nothing, but has every stream looked at. */
  private void checkStreams() {
    Http2RemoteFlowController windows = http2.encoder().flowController();
    try {
      windows.initialWindowSize(windows.initialWindowSize());
    } catch (Http2Exception e) {
      throw new IllegalStateException("the initial window was valid before", e);
    }
  }
}
