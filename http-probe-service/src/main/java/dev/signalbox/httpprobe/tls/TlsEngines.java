package dev.signalbox.httpprobe.tls;

import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
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
import org.jspecify.annotations.Nullable;

/** Where the TLS of a connection comes from; used on one event loop. */
public interface TlsEngines {

  /**
   * Ready to be put on a connection. No session of an earlier connection is resumed by it.
   *
   * @param witness judges the certificate of this connection and of no other
   * @param alpn protocols offered, best first
   * @param identity shown to a server that asks for one; null for none
   */
  SslHandler handler(
      ByteBufAllocator buffers,
      CertificateWitness witness,
      String name,
      int port,
      List<String> alpn,
      @Nullable ClientCertificate identity)
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
  static SslContextBuilder client(
      SslProvider provider,
      TrustManager trust,
      List<String> alpn,
      @Nullable ClientCertificate identity) {
    SslContextBuilder builder = SslContextBuilder.forClient();
    if (identity != null) {
      builder.keyManager(identity.keys());
    }
    return builder
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
