package dev.signalbox.httpprobe.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/**
 * Remembers how the target's answer to a TLS greeting begins, then steps aside. Engines say of what
 * is no TLS at all, at best, that it is not.
 */
final class FirstBytes extends ChannelInboundHandlerAdapter {

  private static final int LENGTH = 5;
  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 24;

  private final StringBuilder seen = new StringBuilder();

  boolean areHttp() {
    return seen.toString().equals("HTTP/");
  }

  /** Whether no record of TLS begins so (RFC 8446, 5.1). */
  boolean areNotTls() {
    return !seen.isEmpty() && (seen.charAt(0) < FIRST_TYPE || seen.charAt(0) > LAST_TYPE);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      int more = Math.min(LENGTH - seen.length(), bytes.readableBytes());
      seen.append(bytes.toString(bytes.readerIndex(), more, StandardCharsets.ISO_8859_1));
    }
    // Removal may let go of this context before the message is passed on: pass it on first.
    context.fireChannelRead(message);
    if (seen.length() >= LENGTH && !context.isRemoved()) {
      context.pipeline().remove(this);
    }
  }
}
