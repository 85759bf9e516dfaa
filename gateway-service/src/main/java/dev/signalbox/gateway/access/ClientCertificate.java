package dev.signalbox.gateway.access;

import dev.signalbox.platform.token.TokenEntry;
import io.vertx.core.http.HttpConnection;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The certificate by which the other end of a connection proved itself in the handshake. That an
 * authority signed it gives no role: authorities often sign more than the clients of a gateway, so
 * a line of the file of tokens has to name it by its digest.
 *
 * @param sha256 of the certificate in DER, 64 lower-case hexadecimal digits
 * @param begins it is not valid before
 * @param ends it is not valid after
 */
public record ClientCertificate(String sha256, Instant begins, Instant ends) {

  /** The certificate of a connection; null when the client has shown none. */
  public static @Nullable ClientCertificate of(HttpConnection connection) {
    try {
      List<Certificate> chain = connection.peerCertificates();
      return chain != null
              && !chain.isEmpty()
              && chain.getFirst() instanceof X509Certificate certificate
          ? of(certificate)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // The door asks for a certificate and does not require one.
    }
  }

  static ClientCertificate of(X509Certificate certificate) {
    return new ClientCertificate(
        TokenEntry.digest(certificate),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant());
  }
}
