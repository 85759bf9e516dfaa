package dev.signalbox.httpprobe.exchange;

import dev.signalbox.httpprobe.body.ContentDecoder;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.PhaseClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.util.concurrent.PromiseNotifier;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Puts a request on an open connection, in the version of HTTP that is spoken there. */
public final class HttpWire {

  private static final String AGENT = "signalbox/0.1";
  private static final int LARGEST_HEAD = 65_536;
  private static final Set<String> PAYLOAD_METHODS = Set.of("POST", "PUT", "PATCH");

  private HttpWire() {}

  /**
   * Speaks HTTP/1.1.
   *
   * @param keep whether the connection is to outlive the exchange
   */
  public static void send1(
      Channel channel, HopRequest request, boolean keep, PhaseClock clock, Exchange exchange) {
    channel
        .pipeline()
        .addLast(new AnswerDecoder(clock, request.method().equals("HEAD")))
        .addLast(new HttpRequestEncoder())
        .addLast(exchange);
    FullHttpRequest message = message(request);
    if (!keep) {
      message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    clock.begin(Phase.FIRST_BYTE);
    write(channel, message, exchange);
    channel.config().setAutoRead(true);
  }

  /** Speaks HTTP/2 on one stream. */
  public static void send2(
      Channel channel, HopRequest request, PhaseClock clock, Exchange exchange) {
    if (channel.pipeline().get(Http2FrameCodec.class) == null) {
      begin2(channel);
    }
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addBefore(
        pipeline.context(Http2FrameCodec.class).name(), null, new ReadBeforeClose(exchange));
    pipeline.addLast(new ConnectionEnd(exchange));
    clock.begin(Phase.FIRST_BYTE);
    channel.config().setAutoRead(true);
    new Http2StreamChannelBootstrap(channel)
        .handler(
            new ChannelInitializer<Http2StreamChannel>() {
              @Override
              protected void initChannel(Http2StreamChannel stream) {
                stream
                    .pipeline()
                    .addLast(new Http2StreamFrameToHttpObjectCodec(false))
                    .addLast(exchange);
              }
            })
        .open()
        .addListener((io.netty.util.concurrent.Future<Http2StreamChannel> opened) -> {
          if (opened.isSuccess()) {
            FullHttpRequest message = message(request);
            message
                .headers()
                .set(
                    HttpConversionUtil.ExtensionHeaderNames.SCHEME.text(),
                    request.url().origin().scheme().text());
            write(opened.getNow(), message, exchange);
          } else {
            exchange.broken(opened.cause());
          }
        });
  }

  private static void begin2(Channel channel) {
    channel
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient()
                .initialSettings(
                    Http2Settings.defaultSettings()
                        .pushEnabled(false)
                        .maxHeaderListSize(LARGEST_HEAD))
                // The probe has its answer, or wants none: its streams are not waited for.
                .gracefulShutdownTimeoutMillis(0)
                .build())
        .addLast(new Http2MultiplexHandler(new RefusePush()));
  }

  /** Takes off what one exchange needed; HTTP/2 itself stays. */
  public static void clear(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    for (Class<? extends ChannelHandler> one :
        List.of(
            ReadBeforeClose.class,
            AnswerDecoder.class,
            HttpRequestEncoder.class,
            Exchange.class,
            ConnectionEnd.class)) {
      if (pipeline.get(one) != null) {
        pipeline.remove(one);
      }
    }
  }

  private static void write(Channel channel, FullHttpRequest message, Exchange exchange) {
    Channel connection = channel.parent() == null ? channel : channel.parent();
    channel
        .writeAndFlush(message)
        .addListener(written -> {
          if (written.isSuccess()) {
            exchange.requestSent();
          } else if (!takesNoMore(connection)) {
            // What breaks a connection, an alert of TLS above all, fails the writes before the read
            // side reports it. The reason is the one of the read side.
            connection.eventLoop().execute(() -> exchange.broken(written.cause()));
          }
          // Else the target may have answered before it had the whole request, and closed: what it
          // said is still to be read, and after it the end of the connection (RFC 9112, 9.6).
        });
  }

  /** Whether a connection can still be read, but its socket failed to write and will not again. */
  static boolean takesNoMore(Channel connection) {
    return connection.isActive() && connection.unsafe().outboundBuffer() == null;
  }

  private static FullHttpRequest message(HopRequest request) {
    ByteBuf content = Unpooled.wrappedBuffer(request.content().bytes());
    FullHttpRequest message =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(request.method()),
            request.url().target(),
            content);
    var headers = message.headers();
    for (Header header : request.headers()) {
      headers.add(header.name().toLowerCase(Locale.ROOT), header.value());
    }
    if (!headers.contains(HttpHeaderNames.HOST)) {
      headers.set(HttpHeaderNames.HOST, request.url().origin().authority());
    }
    if (!headers.contains(HttpHeaderNames.USER_AGENT)) {
      headers.set(HttpHeaderNames.USER_AGENT, AGENT);
    }
    if (!headers.contains(HttpHeaderNames.ACCEPT)) {
      headers.set(HttpHeaderNames.ACCEPT, "*/*");
    }
    if (!headers.contains(HttpHeaderNames.ACCEPT_ENCODING)) {
      headers.set(HttpHeaderNames.ACCEPT_ENCODING, ContentDecoder.accepted());
    }
    if (content.isReadable() || PAYLOAD_METHODS.contains(request.method())) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
    }
    return message;
  }

  /** Servers may not push here: it was switched off. */
  private static final class RefusePush extends ChannelInitializer<Channel> {

    @Override
    protected void initChannel(Channel stream) {
      stream.close();
    }
  }

  /**
   * Keeps Netty's HTTP/2 from closing a connection whose socket takes no more: what the target has
   * sent by then, such as an alert of TLS, says why, and the end of the connection comes after it.
   */
  private static final class ReadBeforeClose extends ChannelOutboundHandlerAdapter {

    private final Exchange exchange;

    ReadBeforeClose(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
      if (takesNoMore(context.channel()) && !exchange.answer().isComplete()) {
        PromiseNotifier.cascade(context.channel().closeFuture(), promise);
      } else {
        context.close(promise);
      }
    }
  }

  /** Tells the exchange when the whole connection fails. */
  private static final class ConnectionEnd extends ChannelInboundHandlerAdapter {

    private final Exchange exchange;

    ConnectionEnd(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof Http2GoAwayFrame) {
        exchange.lastOfItsConnection();
      }
      io.netty.util.ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      exchange.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      exchange.broken(cause);
    }
  }
}
