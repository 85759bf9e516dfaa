package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.routing.BodyPlan;
import dev.signalbox.gateway.routing.ByteRanges.Piece;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Sends files that this process holds open. Belongs to one event loop. */
final class HeldFiles {

  private static final int PIECES_AHEAD = 2;

  /**
   * The option of the native transport by name, so that this class does not depend on its classes.
   * Other transports ignore it.
   */
  private static final ChannelOption<Boolean> TCP_CORK =
      ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_CORK");

  private final Vertx vertx;

  HeldFiles(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Sends a body after status and headers are set, by the operating system where it can; fails with
   * {@link StaleFileException} before it sends anything when the file is closed or shorter by now.
   *
   * @param size length of the file when it was found
   */
  Future<Response> send(RoutingContext ctx, HeldFile file, long size, BodyPlan plan) {
    if (!file.retain()) {
      return Future.failedFuture(new StaleFileException());
    }
    if (isShorter(file.channel(), size)) {
      file.release();
      return Future.failedFuture(new StaleFileException());
    }
    if (ctx.response().closed()) {
      file.release();
      return Future.succeededFuture(Response.SENT);
    }
    Piece only = plan.onlyPiece();
    // Over TLS, Vert.x's sendFile would read the file on the event loop.
    return only == null || ctx.request().isSSL() ? pull(ctx, file, plan) : send(ctx, file, only);
  }

  private static Future<Response> send(RoutingContext ctx, HeldFile file, Piece piece) {
    HttpServerResponse response = ctx.response();
    HttpConnection connection = ctx.request().connection();
    cork(connection, true);
    Future<Void> sending = response.sendFile(file.channel(), piece.first(), piece.length());
    if (response.bytesWritten() < piece.length()) {
      // Vert.x looks at the length again and sends what is there, without an error. On a connection
      // that is kept the client would wait for the rest, or take the next response for it.
      RequestScope.of(ctx).closeAfterResponse();
    }
    sending.onComplete(sent -> {
      file.release();
      cork(connection, false);
      if (sent.failed()) {
        // Content-Length is sent already: only a premature end shows that bytes are missing.
        RequestScope.of(ctx).abort();
      }
    });
    return Future.succeededFuture(Response.SENT);
  }

  /** Another process may shorten a file at any time, so this finds most cases, not all. */
  private static boolean isShorter(FileChannel channel, long size) {
    try {
      return channel.size() < size;
    } catch (IOException _) {
      return true;
    }
  }

  /** A file that shrinks meanwhile ends the response early. */
  private Future<Response> pull(RoutingContext ctx, HeldFile file, BodyPlan plan) {
    RequestScope.of(ctx).onEnd(file::release);
    return PulledFile.send(ctx, plan, PIECES_AHEAD, piece -> read(file.channel(), piece));
  }

  @SuppressWarnings("NullAway") // Vert.x allows null results; this one is never null
  private Future<Buffer> read(FileChannel channel, Piece piece) {
    return vertx.executeBlocking(
        () -> {
          ByteBuffer bytes = ByteBuffer.allocate((int) piece.length());
          while (bytes.hasRemaining()) {
            if (channel.read(bytes, piece.first() + bytes.position()) < 0) {
              throw new StaleFileException();
            }
          }
          return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.array()));
        },
        false);
  }

  /**
   * Delays segments that are not full, or stops doing so. With TCP_NODELAY alone the head would
   * fill a separate segment and every later write would end inside one: the receiver then reads and
   * acknowledges about twice as often. Has no effect on TLS, which makes its own records.
   */
  private static void cork(HttpConnection connection, boolean corked) {
    if (connection.isSsl() || !(connection instanceof ConnectionBase base)) {
      return;
    }
    Channel channel = base.channel();
    if (channel.isOpen()) {
      channel.config().setOption(TCP_CORK, corked);
    }
  }
}
