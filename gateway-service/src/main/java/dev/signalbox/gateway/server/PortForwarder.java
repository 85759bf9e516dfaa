package dev.signalbox.gateway.server;

import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.client.TrustedProxies;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.server.ServerLocator.OwnerLostException;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Forwards TCP connections to the owner of a server on demand, byte by byte: TLS, HTTP/2 and broken
 * responses pass as they are, the end of one direction ends that direction, and a reset resets.
 * Nothing is read that the other side does not take. Belongs to one event loop.
 */
final class PortForwarder {

  private static final int BACKLOG = 1_024;
  private static final int CONNECT_TIMEOUT_MS = 500;

  private final VertxInternal vertx;
  private final Transport transport;
  private final ContextInternal context;
  private final ServerLocator locator;
  private final ClientQuotas quotas;
  private final TrustedProxies proxies;
  private final int limit;
  private final long silenceMs;
  private final Set<Channel> clients = new HashSet<>();

  PortForwarder(
      Vertx vertx,
      ContextInternal context,
      ServerLocator locator,
      ClientQuotas quotas,
      TrustedProxies proxies,
      int limit,
      Duration silence) {
    this.vertx = (VertxInternal) vertx;
    this.transport = this.vertx.transport();
    this.context = context;
    this.locator = locator;
    this.quotas = quotas;
    this.proxies = proxies;
    this.limit = limit;
    this.silenceMs = silence.toMillis();
  }

  /** Listens on a port in place of a server; fails when the port cannot be bound. */
  Future<Channel> listen(String bind, int port, String serverId) {
    Promise<Channel> promise = context.promise();
    vertx
        .nameResolver()
        .resolve(bind)
        .onComplete(
            address ->
                new ServerBootstrap()
                    .group(context.nettyEventLoop())
                    .channelFactory(transport.serverChannelFactory(false))
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(
                        new ChannelInitializer<Channel>() {
                          @Override
                          protected void initChannel(Channel client) {
                            accept(client, serverId);
                          }
                        })
                    .bind(new InetSocketAddress(address, port))
                    .addListener((ChannelFuture bound) -> {
                      if (bound.isSuccess()) {
                        promise.complete(bound.channel());
                      } else {
                        promise.fail(bound.cause());
                      }
                    }),
            promise::fail);
    return promise.future();
  }

  /** Closes all connections. */
  void closeAll() {
    Set.copyOf(clients).forEach(Channel::close);
  }

  private void accept(Channel client, String serverId) {
    SocketAddress peer = ClientAddress.peer(client);
    ClientQuotas.Client quota = clients.size() >= limit || peer == null ? null : connect(peer);
    if (quota == null) {
      reset(client);
      return;
    }
    clients.add(client);
    client
        .closeFuture()
        .addListener(_ -> {
          clients.remove(client);
          quota.disconnect();
        });
    Side near = new Side();
    // Both directions pass here, so this side alone tells whether anything does.
    client
        .pipeline()
        .addLast(new IdleStateHandler(0, 0, silenceMs, TimeUnit.MILLISECONDS))
        .addLast(near);
    locator
        .atOwner(
            serverId,
            owner ->
                client.isOpen()
                    ? connect(owner.host(), owner.port(), near)
                    : Future.failedFuture(new IOException("the client is gone")))
        .onComplete(server -> near.join(client, server), _ -> reset(client));
  }

  private ClientQuotas.@Nullable Client connect(SocketAddress peer) {
    return proxies.trusts(peer) ? quotas.connectProxy(peer) : quotas.tryConnect(peer);
  }

  private Future<Channel> connect(String host, int port, Side near) {
    Promise<Channel> promise = context.promise();
    vertx
        .nameResolver()
        .resolve(host)
        .onComplete(
            address ->
                new Bootstrap()
                    .group(context.nettyEventLoop())
                    .channelFactory(transport.channelFactory(false))
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(near.far())
                    .connect(new InetSocketAddress(address, port))
                    .addListener((ChannelFuture connected) -> {
                      if (connected.isSuccess()) {
                        promise.complete(connected.channel());
                      } else {
                        promise.fail(new OwnerLostException(connected.cause()));
                      }
                    }),
            cause -> promise.fail(new OwnerLostException(cause)));
    return promise.future();
  }

  /** Closes a connection with RST, which is how its other side ended. */
  private static void reset(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }

  /** One side of a forwarded connection: what it receives goes to the other side. */
  private static final class Side extends ChannelInboundHandlerAdapter {

    private @Nullable Channel own;
    private @Nullable Side other;

    /** What the transport reads unasked when a client ends its side early: one turn's worth. */
    private final List<Object> early = new ArrayList<>(0);

    private boolean ended;

    /** The handler of the server's side. */
    private Side far() {
      Side far = new Side();
      far.other = this;
      other = far;
      return far;
    }

    /** Begins to forward, when both sides are connected. */
    private void join(Channel client, Channel server) {
      Side far = other;
      if (far == null || !client.isOpen()) {
        server.close();
        return;
      }
      own = client;
      far.own = server;
      early.forEach(server::write);
      early.clear();
      server.flush();
      if (ended) {
        endOutput(server);
      } else {
        client.read();
      }
      server.read();
    }

    private @Nullable Channel target() {
      return other == null ? null : other.own;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Channel target = target();
      if (target == null) {
        early.add(message);
      } else {
        target.write(message, target.voidPromise());
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      Channel target = target();
      if (target != null) {
        target.flush();
        if (target.isWritable() && !ended) {
          ctx.read();
        }
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      Side from = other;
      if (ctx.channel().isWritable() && from != null && from.own != null && !from.ended) {
        from.own.read();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        ended = true;
        Side to = other;
        Channel target = target();
        if (to == null || target == null) {
          return; // Until the sides are joined.
        }
        if (to.ended) {
          // Both directions have ended.
          closeWritten(ctx.channel());
          closeWritten(target);
        } else {
          endOutput(target);
        }
      } else if (event instanceof IdleStateEvent) {
        ctx.close();
      }
    }

    private static void endOutput(Channel channel) {
      channel
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> ((DuplexChannel) channel).shutdownOutput());
    }

    private static void closeWritten(Channel channel) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.close());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      early.forEach(ReferenceCountUtil::release);
      early.clear();
      Channel target = target();
      if (target != null) {
        closeWritten(target);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Channel target = target();
      if (target != null) {
        reset(target);
      }
      reset(ctx.channel());
    }
  }
}
