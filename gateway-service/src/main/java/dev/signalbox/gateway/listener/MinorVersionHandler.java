package dev.signalbox.gateway.listener;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * A minor version of HTTP/1 above 1 is answered as the highest that is spoken here (RFC 9110
 * section 2.5). Vert.x knows two minor versions, so it is decided between the decoder and Vert.x.
 */
@Sharable
final class MinorVersionHandler extends ChannelInboundHandlerAdapter {

  private static final String DECODER = "httpDecoder";
  private static final MinorVersionHandler INSTANCE = new MinorVersionHandler();

  private MinorVersionHandler() {}

  /** Adds it to a connection that has just come. */
  static void install(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.get(DECODER) != null) {
        pipeline.addAfter(DECODER, "minorVersions", INSTANCE);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof DefaultHttpRequest request
        && request.protocolVersion().majorVersion() == 1
        && request.protocolVersion().minorVersion() > 1) {
      request.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
    ctx.fireChannelRead(message);
  }
}
