package dev.signalbox.platform.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;

/**
 * Notifies the streams of an HTTP/2 connection when the channel becomes writable again. Netty
 * 4.2.20 does so only if it noticed that the channel was full. When the channel fills and drains
 * within one turn of the event loop, Netty does not notice, and streams opened in between wait
 * forever: `h2load -m 50` against a bare Vert.x 5.0.12 hangs with every window above 64 KiB.
 */
public final class StreamWritabilityHandler extends ChannelInboundHandlerAdapter {

  private final Http2ConnectionHandler http2;

  private StreamWritabilityHandler(Http2ConnectionHandler http2) {
    this.http2 = http2;
  }

  /** Adds the handler to a connection; nothing when it does not speak HTTP/2. */
  public static void install(ChannelPipeline pipeline) {
    Http2ConnectionHandler http2 = pipeline.get(Http2ConnectionHandler.class);
    if (http2 != null) {
      pipeline.addBefore(
          pipeline.context(http2).name(), "writability", new StreamWritabilityHandler(http2));
    }
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
