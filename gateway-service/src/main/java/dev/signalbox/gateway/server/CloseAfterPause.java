package dev.signalbox.gateway.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Holds the end of a connection back while its reader is paused. What was received by then waits in
 * Vert.x, which drops it when it hears of the end: of a response larger than the client takes at
 * once the rest would be lost. Belongs to one event loop.
 */
final class CloseAfterPause extends ChannelDuplexHandler {

  private boolean held;

  private CloseAfterPause() {}

  /** Adds it to a connection that does not have it. */
  static void on(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.get(CloseAfterPause.class) == null) {
        pipeline.addFirst(new CloseAfterPause());
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    held = true;
    passOn(ctx);
  }

  /** Called when the reader goes on, too. */
  @Override
  public void read(ChannelHandlerContext ctx) throws Exception {
    super.read(ctx);
    if (held) {
      // After what waits is handled; that may pause the reader again.
      ctx.executor().execute(() -> passOn(ctx));
    }
  }

  /** The reader gives up what waits. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
    super.close(ctx, promise);
    end(ctx);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end(ctx);
  }

  private void passOn(ChannelHandlerContext ctx) {
    if (ctx.channel().config().isAutoRead()) {
      end(ctx);
    }
  }

  private void end(ChannelHandlerContext ctx) {
    if (held) {
      held = false;
      ctx.fireChannelInactive();
    }
  }
}
