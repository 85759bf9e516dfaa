package dev.signalbox.httpprobe.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets the platform judge a server's certificate and remembers the certificate and the judgement,
 * whatever it is: a certificate that does not verify is often just what somebody wants to see. One
 * for each connection, so that two tasks never share TLS state.
 */
public final class CertificateWitness extends ServerTrust {

  private final boolean verify;
  private @Nullable X509Certificate leaf;
  private @Nullable String error;

  CertificateWitness(X509ExtendedTrustManager judge, boolean verify) {
    super(judge);
    this.verify = verify;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    leaf = chain[0];
    try {
      judge().checkServerTrusted(chain, authType, engine);
    } catch (CertificateException | RuntimeException untrusted) {
      // Parsers of certificates have been seen to throw unchecked ones on hostile input.
      error = reason(untrusted);
      if (verify) {
        throw new CertificateException(error, untrusted);
      }
    }
  }

  /** The server's own certificate; null when none was shown. */
  @Nullable X509Certificate leaf() {
    return leaf;
  }

  /** Why it does not verify; null when it does. */
  @Nullable String error() {
    return error;
  }

  private static String reason(Throwable untrusted) {
    Throwable root = untrusted;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }
}
