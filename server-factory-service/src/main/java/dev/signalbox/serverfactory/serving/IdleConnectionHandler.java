package dev.signalbox.serverfactory.serving;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which nothing moves, be it a client that sends nothing or one that reads
 * nothing; but not while the server itself is silent because a response is being delayed. Takes the
 * place of Vert.x's handler, which knows no such exception.
 */
final class IdleConnectionHandler extends IdleStateHandler {

  private static final String OF_VERTX = "idle";

  private int delayed;

  private IdleConnectionHandler(Duration timeout) {
    super(true, 0, 0, timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  static void install(Channel channel, Duration timeout) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(OF_VERTX) != null) {
      pipeline.replace(OF_VERTX, OF_VERTX, new IdleConnectionHandler(timeout));
    }
  }

  static @Nullable IdleConnectionHandler of(Channel channel) {
    return channel.pipeline().get(IdleConnectionHandler.class);
  }

  void delayBegan() {
    delayed++;
  }

  void delayEnded() {
    delayed--;
  }

  @Override
  protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
    if (delayed == 0) {
      ClientChannel.close(ctx.channel());
    }
  }
}
