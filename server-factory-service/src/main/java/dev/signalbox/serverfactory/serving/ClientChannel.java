package dev.signalbox.serverfactory.serving;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;

/** The channel beneath a connection, for what HTTP has no words for. */
final class ClientChannel {

  private static final int PIECE_BYTES = 64 * 1_024;

  private ClientChannel() {}

  static Channel of(HttpConnection connection) {
    // All of Vert.x's connections of servers are.
    return ((ConnectionBase) connection).channel();
  }

  /**
   * Closes at once. The usual close waits until everything is sent, which may be never with a
   * client that reads nothing.
   */
  static void close(HttpConnection connection) {
    close(of(connection));
  }

  static void close(Channel channel) {
    channel.unsafe().close(channel.voidPromise());
  }

  /** Ends a request whose response the client does not read: its stream, or its connection. */
  static void endUnread(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      close(request.connection());
    }
  }

  /**
   * Sends bytes as they are, or over TLS encrypted, after what was sent before; then closes.
   *
   * @param taken runs whenever the socket has taken some
   */
  static Future<Void> writeAndClose(HttpConnection connection, ByteBuf data, Runnable taken) {
    Channel channel = of(connection);
    Promise<Void> closed = Promise.promise();
    writePieces(
        aboveTheWire(channel.pipeline()),
        data,
        taken,
        () -> {
          close(channel);
          closed.complete();
        });
    return closed.future();
  }

  /** Netty copies what it cannot send at once to the socket's memory: one piece, not all. */
  private static void writePieces(
      ChannelHandlerContext wire, ByteBuf data, Runnable taken, Runnable end) {
    int piece = Math.min(data.readableBytes(), PIECE_BYTES);
    boolean last = piece == data.readableBytes();
    wire.writeAndFlush(data.readRetainedSlice(piece))
        .addListener(done -> {
          if (done.isSuccess() && !last) {
            taken.run();
            writePieces(wire, data, taken, end);
          } else {
            data.release();
            end.run();
          }
        });
  }

  /** Closes so that TCP sends a reset instead of an end. */
  static void reset(HttpConnection connection) {
    Channel channel = of(connection);
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    close(channel);
  }

  /** The handler whose writes go to TLS, or to the socket, past the codecs. */
  private static ChannelHandlerContext aboveTheWire(ChannelPipeline pipeline) {
    boolean found = pipeline.get(SslHandler.class) == null;
    for (Map.Entry<String, ChannelHandler> handler : pipeline) {
      if (found) {
        return pipeline.context(handler.getValue());
      }
      found = handler.getValue() instanceof SslHandler;
    }
    throw new IllegalStateException("a connection has handlers above TLS");
  }
}
