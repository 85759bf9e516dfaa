package dev.signalbox.serverfactory.serving;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates for tests, and clients that take any. */
final class Certificates {

  private Certificates() {}

  /** A certificate with its key, which is of {@code EC} or {@code RSA}. */
  static X509Bundle of(String algorithm) throws Exception {
    return new CertificateBuilder()
        .algorithm(
            algorithm.equals("EC")
                ? CertificateBuilder.Algorithm.ecp256
                : CertificateBuilder.Algorithm.rsa2048)
        .subject("CN=localhost")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  /** A client of a server, after the handshake. */
  static SSLSocket connect(TestServer server) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            trusting()
                .getSocketFactory()
                .createSocket(server.socket(), "localhost", server.port(), true);
    socket.startHandshake();
    return socket;
  }

  /** What a client needs that takes any certificate. */
  static SSLContext trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }

            @Override
            public void checkClientTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

            @Override
            public void checkServerTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

            @Override
            public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

            @Override
            public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}
          }
        },
        null);
    return context;
  }
}
