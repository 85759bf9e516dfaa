package dev.signalbox.httpprobe.tls;

import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's. A context of its own for each connection, since the cache of sessions that belongs to
 * a context cannot be switched off.
 */
final class JdkEngines implements TlsEngines {

  @Override
  public SslHandler handler(
      ByteBufAllocator buffers,
      CertificateWitness witness,
      String name,
      int port,
      List<String> alpn,
      @Nullable ClientCertificate identity)
      throws SSLException {
    return TlsEngines.client(SslProvider.JDK, witness, alpn, identity)
        .build()
        .newHandler(buffers, name, port);
  }

  @Override
  public void close() {
    // Nothing outlives its connection.
  }
}
