package dev.signalbox.platform.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates in PEM (RFC 7468), and trust in them. */
public final class PemCertificates {

  private static final Pattern LABEL = Pattern.compile("-----BEGIN ([^-]*)-----");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private PemCertificates() {}

  /**
   * Reads certificates.
   *
   * @param most certificates there may be
   * @return empty when the text has none
   * @throws CertificateException when there is anything else, a key above all, or more than so many
   */
  public static List<X509Certificate> read(String pem, int most) throws CertificateException {
    Matcher labels = LABEL.matcher(pem);
    int count = 0;
    while (labels.find()) {
      if (!labels.group(1).equals("CERTIFICATE") || ++count > most) {
        throw new CertificateException("not at most " + most + " certificates alone");
      }
    }
    Collection<? extends Certificate> read = parsed(pem, CertificateFactory::generateCertificates);
    if (read.size() != count) {
      throw new CertificateException("not certificates in PEM");
    }
    return read.stream().map(X509Certificate.class::cast).toList();
  }

  /**
   * Reads the first certificate, which in a chain is the one of the key. A key and whatever else
   * the text has are skipped.
   *
   * @return empty when the text has none
   * @throws CertificateException when what is there is none
   */
  public static Optional<X509Certificate> first(String pem) throws CertificateException {
    return chain(pem, 1).stream().findFirst();
  }

  /**
   * Reads the first certificates. A key and whatever else the text has are skipped.
   *
   * @param most certificates that are read
   * @return empty when the text has none
   * @throws CertificateException when what is there is none
   */
  public static List<X509Certificate> chain(String pem, int most) throws CertificateException {
    List<X509Certificate> chain = new ArrayList<>();
    Matcher block = CERTIFICATE.matcher(pem);
    while (chain.size() < most && block.find()) {
      chain.add((X509Certificate) parsed(block.group(), CertificateFactory::generateCertificate));
    }
    return chain;
  }

  private interface Parser<T> {
    T parse(CertificateFactory factory, InputStream bytes) throws CertificateException;
  }

  /** The parser of the JDK throws unchecked exceptions too on hostile input. */
  private static <T> T parsed(String pem, Parser<T> parser) throws CertificateException {
    try {
      return parser.parse(
          CertificateFactory.getInstance("X.509"),
          new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
    } catch (RuntimeException e) {
      throw new CertificateException("not certificates in PEM", e);
    }
  }

  /** Trusts certificates that these authorities signed, and no others. */
  public static X509ExtendedTrustManager trusting(Collection<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry("authority-" + store.size(), authority);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }
}
