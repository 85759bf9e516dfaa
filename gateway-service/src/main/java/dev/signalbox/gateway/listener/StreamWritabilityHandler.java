package dev.signalbox.gateway.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;

/**
 * Notifies the streams of an HTTP/2 connection when the channel becomes writable again. Netty
 * 4.2.20 does so only if it noticed that the channel was full. When the channel fills and drains
 * within one turn of the event loop, Netty does not notice, and streams opened in between wait
 * forever: `h2load -m 50` against a bare Vert.x 5.0.12 hangs with every window above 64 KiB.
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

  /** Setting the same initial window changes nothing but makes Netty check every stream. */
  private void checkStreams() {
    Http2RemoteFlowController windows = http2.encoder().flowController();
    try {
      windows.initialWindowSize(windows.initialWindowSize());
    } catch (Http2Exception e) {
      throw new IllegalStateException("the initial window was valid before", e);
    }
  }
}
