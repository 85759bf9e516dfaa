package dev.signalbox.gateway.files;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Holds segments that are not full back while a head and a file leave. With TCP_NODELAY the head
 * would go alone, and every later piece would end in the middle of a segment: the receiver then
 * reads, acknowledges and asks for more about twice as often.
 */
final class Cork {

  /**
   * The option of the native transport by its name, so that nothing here needs its classes. Other
   * transports do not know it and say so, which is no failure: the bytes are the same.
   */
  private static final ChannelOption<Boolean> TCP_CORK =
      ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_CORK");

  private Cork() {}

  /** From now on only full segments leave. Not where TLS makes records of its own. */
  static void in(HttpConnection connection) {
    set(connection, true);
  }

  /** What is left leaves, and from now on everything at once. */
  static void out(HttpConnection connection) {
    set(connection, false);
  }

  private static void set(HttpConnection connection, boolean corked) {
    if (connection.isSsl() || !(connection instanceof ConnectionBase base)) {
      return;
    }
    Channel channel = base.channel();
    if (channel.isOpen()) {
      channel.config().setOption(TCP_CORK, corked);
    }
  }
}
