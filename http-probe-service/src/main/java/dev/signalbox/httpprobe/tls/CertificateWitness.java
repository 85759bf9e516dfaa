package dev.signalbox.httpprobe.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
  private List<X509Certificate> chain = List.of();
  private @Nullable String error;

  CertificateWitness(X509ExtendedTrustManager judge, boolean verify) {
    super(judge);
    this.verify = verify;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
      throws CertificateException {
    chain = List.of(shown);
    try {
      judge().checkServerTrusted(shown, authType, engine);
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
    return chain.isEmpty() ? null : chain.getFirst();
  }

  /** When the first of the certificates shown ends; null when none was shown. */
  @Nullable Instant firstEnd() {
    return chain.isEmpty() ? null : firstEnd(chain);
  }

  /**
   * When the first certificate of the verified path ends, from the server's own to the trusted one;
   * null when it does not verify.
   */
  @Nullable Instant verifiedEnd() {
    return chain.isEmpty() || error != null ? null : firstEnd(path());
  }

  private static Instant firstEnd(List<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /** Issuer by issuer up to a trusted certificate: servers also show some that lead nowhere. */
  private List<X509Certificate> path() {
    List<X509Certificate> trusted = Arrays.asList(judge().getAcceptedIssuers());
    List<X509Certificate> path = new ArrayList<>(List.of(chain.getFirst()));
    while (path.size() <= chain.size() && !trusted.contains(path.getLast())) {
      X509Certificate last = path.getLast();
      Optional<X509Certificate> anchor = issuer(last, trusted);
      Optional<X509Certificate> next = anchor.or(() -> issuer(last, chain));
      if (next.isEmpty() || path.contains(next.get())) {
        break;
      }
      path.add(next.get());
      if (anchor.isPresent()) {
        break;
      }
    }
    return path;
  }

  private static Optional<X509Certificate> issuer(
      X509Certificate certificate, List<X509Certificate> among) {
    return among.stream()
        .filter(one -> one.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
        .findFirst();
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
