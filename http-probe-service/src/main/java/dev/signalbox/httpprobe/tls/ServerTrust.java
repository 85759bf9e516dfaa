package dev.signalbox.httpprobe.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges servers by their engines alone: a client without sockets of its own is never asked more.
 */
abstract class ServerTrust extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager judge;

  ServerTrust(X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  final X509ExtendedTrustManager judge() {
    return judge;
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("only engines are used");
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("only engines are used");
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this is a client");
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this is a client");
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String authType, javax.net.ssl.SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this is a client");
  }

  @Override
  public final X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }
}
