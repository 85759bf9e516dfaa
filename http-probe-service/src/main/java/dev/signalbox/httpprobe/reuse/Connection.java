package dev.signalbox.httpprobe.reuse;

import dev.signalbox.httpprobe.tls.TlsFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An open connection, secured where that was asked for; carries one exchange at a time.
 *
 * @param channel to the target
 * @param tls what its handshake showed; null in the clear
 * @param two whether HTTP/2 is spoken
 * @param reused whether it has carried an earlier exchange
 */
public record Connection(Channel channel, @Nullable TlsFacts tls, boolean two, boolean reused) {

  /** Whom it leads to. */
  public InetAddress peer() {
    return peer(channel);
  }

  /** Whom an open channel leads to. */
  public static InetAddress peer(Channel channel) {
    return ((InetSocketAddress) channel.remoteAddress()).getAddress();
  }

  Connection again() {
    return new Connection(channel, tls, two, true);
  }

  /** Closes at once, past handlers that would take leave of the target first, and wait. */
  public static void cut(Channel channel) {
    ChannelHandlerContext outermost = channel.pipeline().firstContext();
    if (outermost != null) {
      outermost.close();
    }
    channel.close();
  }
}
