package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * TLS alerts that come when the client takes the handshake for done and sends its request, as those
 * about its certificate do in TLS 1.3 (RFC 8446, 4.4.2.4).
 */
@ParameterizedClass(name = "native TLS {0}")
@ValueSource(booleans = {true, false})
@LongTest
class LateTlsAlertTest {

  private static final TestCertificate SERVER =
      TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1");
  private static final TestCertificate CLIENT = TestCertificate.selfSigned("monitor", 30);

  /** What fits into the windows of HTTP/2 before the server says anything. */
  private static final int MOST_HELD = 60_000;

  private static final int SMALL = 1_000;
  private static final int LARGE = 4 << 20;

  @Parameter boolean nativeTls;

  /** What the server says to the client's certificate. */
  enum Alert {
    CERTIFICATE_REQUIRED(0),
    UNKNOWN_CA(2),
    CERTIFICATE_EXPIRED(10),
    BAD_CERTIFICATE(28),
    /** No refusal: it ends the connection. */
    CLOSE_NOTIFY(0);

    /** Of OpenSSL's X509_V_ERR. */
    private final int reason;

    Alert(int reason) {
      this.reason = reason;
    }
  }

  /** What the server does beside it. */
  enum Manner {
    /** Leaves the request unread and closes: a reset. */
    CLOSES,
    /** Leaves the request unread and the connection open. */
    STAYS_OPEN,
    /** Reads what the client sends first. */
    READS_FIRST
  }

  private static MultiThreadIoEventLoopGroup group;

  @BeforeAll
  static void start() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stop() {
    group.shutdownGracefully();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(Alert.values())
        .filter(alert -> alert != Alert.CLOSE_NOTIFY)
        .flatMap(alert ->
            Stream.of(Manner.values())
                .flatMap(manner ->
                    Stream.of(0, SMALL, LARGE)
                        .flatMap(size ->
                            Stream.of("1.1", "2")
                                .map(version -> Arguments.of(alert, manner, size, version)))));
  }

  @ParameterizedTest(name = "{0}, {1}, {2} bytes, HTTP/{3}")
  @MethodSource("refusals")
  void a_refusal_is_a_tls_error_however_much_of_the_request_is_sent(
      Alert alert, Manner manner, int size, String version) throws Exception {
    try (ProbeRig rig = ProbeRig.trusting(SERVER.certificate(), nativeTls);
        Server server = new Server(alert, manner, size, version)) {
      TaskError error = rig.failed(rig.start(task(server, alert, size, version)));

      assertThat(error.code()).as(error.message()).isEqualTo("TLS");
      assertThat(error.message()).containsIgnoringCase(alert.name());
      rig.expectIdle();
    }
  }

  static Stream<Arguments> closes() {
    return Stream.of(0, SMALL, LARGE)
        .flatMap(size -> Stream.of("1.1", "2").map(version -> Arguments.of(size, version)));
  }

  @ParameterizedTest(name = "{0} bytes, HTTP/{1}")
  @MethodSource("closes")
  void a_connection_that_is_closed_without_a_refusal_is_a_protocol_error(int size, String version)
      throws Exception {
    try (ProbeRig rig = ProbeRig.trusting(SERVER.certificate(), nativeTls);
        Server server = new Server(Alert.CLOSE_NOTIFY, Manner.CLOSES, size, version)) {
      TaskError error = rig.failed(rig.start(task(server, Alert.CLOSE_NOTIFY, size, version)));

      assertThat(error.code()).as(error.message()).isEqualTo("PROTOCOL");
      rig.expectIdle();
    }
  }

  private static ProbeTask task(Server server, Alert alert, int size, String version)
      throws Exception {
    ProbeTask task =
        ProbeRig.task(
            "https://127.0.0.1:" + server.port() + "/",
            "method",
            "POST",
            "http_version",
            version,
            "verify_tls",
            false,
            "timeout_ms",
            20_000);
    HopRequest request = task.request();
    return new ProbeTask(
        new HopRequest(
            request.url(), request.method(), request.headers(), new Binary(new byte[size])),
        task.followRedirects(),
        task.redirects(),
        task.timeout(),
        task.family(),
        task.connectTo(),
        task.protocol(),
        new ProbeTask.Tls(false, null, null, alert.reason == 0 ? null : identity(), null),
        task.body(),
        task.reuse(),
        task.assertions());
  }

  private static ClientCertificate identity() throws Exception {
    Buffer pem = Buffer.buffer(CLIENT.keyPem() + CLIENT.certificatePem());
    return new ClientCertificate(
        "monitor",
        new PemKeyCertOptions()
            .addKeyValue(pem)
            .addCertValue(pem)
            .getKeyManagerFactory(null)
            .getKeyManagers()[0],
        "of the test");
  }

  /** Sends one alert to each client after its handshake. */
  private static final class Server implements AutoCloseable {

    private final Channel listening;

    Server(Alert alert, Manner manner, int size, String version) throws Exception {
      SslContext context = context(alert, version);
      listening =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              // So small that a large request does not fit into what the systems hold.
              .option(ChannelOption.SO_RCVBUF, 8_192)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel
                          .pipeline()
                          .addLast(new Gate(manner, Math.min(size, MOST_HELD)))
                          .addLast(context.newHandler(channel.alloc()))
                          .addLast(new Ending(alert));
                    }
                  })
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .sync()
              .channel();
    }

    int port() {
      return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    @Override
    public void close() {
      listening.close().syncUninterruptibly();
    }

    private static SslContext context(Alert alert, String version) throws Exception {
      return SslContextBuilder.forServer(stream(SERVER.certificatePem()), stream(SERVER.keyPem()))
          .sslProvider(SslProvider.OPENSSL)
          .protocols("TLSv1.3")
          .clientAuth(alert == Alert.CLOSE_NOTIFY ? ClientAuth.NONE : ClientAuth.REQUIRE)
          .trustManager(new Refusal(alert.reason))
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  ApplicationProtocolConfig.Protocol.ALPN,
                  ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                  ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                  List.of(version.equals("2") ? "h2" : "http/1.1")))
          .build();
    }

    private static ByteArrayInputStream stream(String pem) {
      return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Trusts no client. */
  private record Refusal(int reason) implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new OpenSslCertificateException(reason);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /** Between the socket and TLS: when TLS sees what arrives, and whether it may close. */
  private static final class Gate extends ChannelDuplexHandler {

    private final Manner manner;
    private final int most;
    private final CompositeByteBuf held = Unpooled.compositeBuffer(Integer.MAX_VALUE);
    private boolean greeted;

    Gate(Manner manner, int most) {
      this.manner = manner;
      this.most = most;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (manner != Manner.READS_FIRST || !greeted) {
        context.fireChannelRead(message);
        return;
      }
      held.addComponent(true, (ByteBuf) message);
      if (held.readableBytes() >= most) {
        context.fireChannelRead(held.readRetainedSlice(held.readableBytes()));
      }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      greeted = true;
      context.write(message, promise);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
      if (manner == Manner.STAYS_OPEN) {
        context.channel().config().setAutoRead(false);
      } else {
        context.close(promise);
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      held.release();
    }
  }

  /** Takes leave once the handshake is done, if that is what the server does. */
  private static final class Ending extends ChannelInboundHandlerAdapter {

    private final Alert alert;

    Ending(Alert alert) {
      this.alert = alert;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (alert == Alert.CLOSE_NOTIFY && event instanceof SslHandshakeCompletionEvent) {
        context.channel().close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Its own refusal.
    }
  }
}
