package dev.signalbox.httpprobe.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Where the TLS of a connection comes from; used on one event loop. */
public interface TlsEngines {

  /**
   * Ready to be put on a connection. No session of an earlier connection is resumed by it.
   *
   * @param witness judges the certificate of this connection and of no other
   * @param alpn protocols offered, best first
   */
  SslHandler handler(
      ByteBufAllocator buffers,
      CertificateWitness witness,
      String name,
      int port,
      List<String> alpn)
      throws SSLException;

  /** No more handlers are wanted; those there are may go on. */
  void close();

  /**
   * BoringSSL where its library is there for this machine, and else what the JDK has.
   *
   * @param preferNative false for the JDK's in any case
   */
  static TlsEngines of(boolean preferNative, X509ExtendedTrustManager judge) {
    return preferNative && OpenSsl.isAvailable() ? new NativeEngines(judge) : new JdkEngines();
  }

  /** A client's context as both have it. */
  static SslContextBuilder client(SslProvider provider, TrustManager trust, List<String> alpn) {
    return SslContextBuilder.forClient()
        .sslProvider(provider)
        .trustManager(trust)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                alpn));
  }
}
