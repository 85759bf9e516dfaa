package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.tls.PemCertificates;
import dev.signalbox.platform.tls.PemKeys;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the certificate of a server and its key, which must belong together. */
final class TlsReader {

  private static final int MAX_PEM = 65_536;
  private static final int MAX_CERTIFICATES = 16;

  private TlsReader() {}

  /** Reads the field {@code tls}; null when it is absent, false or wrong. */
  static @Nullable TlsSettings read(RequestObject server) {
    Object value = server.any("tls");
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    if (Boolean.TRUE.equals(value)) {
      return TlsSettings.SELF_MADE;
    }
    if (!(value instanceof Map<?, ?>)) {
      server.problem("tls", "must be true, or an object with certificate_pem and private_key_pem");
      return null;
    }
    RequestObject tls = server.object("tls");
    String certificate = tls.text("certificate_pem", MAX_PEM);
    String key = tls.text("private_key_pem", MAX_PEM);
    if (certificate.isEmpty() || key.isEmpty()) {
      return null;
    }
    List<X509Certificate> chain = chain(certificate);
    if (chain.isEmpty()) {
      tls.problem(
          "certificate_pem",
          "must be certificates in PEM form, at most " + MAX_CERTIFICATES + ", and no key");
      return null;
    }
    Optional<PrivateKey> read = PemKeys.first(key);
    if (read.isEmpty()) {
      tls.problem(
          "private_key_pem", "must be a key in PEM form, PKCS #8: BEGIN PRIVATE KEY, of RSA or EC");
      return null;
    }
    if (!PemKeys.belongs(read.get(), chain.getFirst().getPublicKey())) {
      tls.problem("private_key_pem", "must be the key of the first certificate");
      return null;
    }
    return new TlsSettings(
        new PemKeyCertOptions()
            .addCertValue(Buffer.buffer(certificate))
            .addKeyValue(Buffer.buffer(key)));
  }

  private static List<X509Certificate> chain(String pem) {
    try {
      return PemCertificates.read(pem, MAX_CERTIFICATES);
    } catch (CertificateException e) {
      return List.of();
    }
  }
}
