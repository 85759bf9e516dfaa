package dev.signalbox.gateway.listener;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/**
 * Handles HTTP versions that Vert.x does not know: serves a minor version above 1 as HTTP/1.1 (RFC
 * 9110 section 2.5), rejects another major version with 505 (section 15.6.6).
 */
@Sharable
final class VersionHandler extends ChannelInboundHandlerAdapter {

  static final VersionHandler INSTANCE = new VersionHandler();

  /** Another major version. It has no stack trace. */
  static final class UnsupportedVersionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private UnsupportedVersionException(HttpVersion version) {
      super(version.text(), null, false, false);
    }
  }

  private VersionHandler() {}

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof DefaultHttpRequest request) {
      HttpVersion version = request.protocolVersion();
      if (version.majorVersion() != 1) {
        if (request.decoderResult().isSuccess()) {
          request.setDecoderResult(DecoderResult.failure(new UnsupportedVersionException(version)));
        }
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
      } else if (version.minorVersion() > 1) {
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
      }
    }
    ctx.fireChannelRead(message);
  }
}
