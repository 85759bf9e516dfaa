package dev.signalbox.httpprobe.tls;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.message.AddressText;
import dev.signalbox.httpprobe.tls.ClientCertificates.ClientCertificate;
import java.net.InetAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS handshake showed.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param cipher the suite's name
 * @param verified whether the certificate is valid for the name asked for
 * @param error why not; null when it is
 * @param certificate the server's; null when it showed none
 * @param firstEnd when the first certificate of those the server showed ends; null when none was
 * @param verifiedEnd when the first certificate of the verified path ends, the trusted one
 *     included; null when it does not verify
 * @param clientCertificate name of the client's that was sent; null when none was, for instance
 *     because the server asked for none
 */
public record TlsFacts(
    String protocol,
    String cipher,
    boolean verified,
    @Nullable String error,
    @Nullable Certificate certificate,
    @Nullable Instant firstEnd,
    @Nullable Instant verifiedEnd,
    @Nullable String clientCertificate) {

  /**
   * The facts of a certificate.
   *
   * @param issuer distinguished name
   * @param subject distinguished name
   * @param notAfter when it ends
   * @param daysLeft whole days until then; negative afterwards
   * @param names subject alternative names, DNS names and addresses
   * @param fingerprint SHA-256 of the DER form, lower-case hexadecimal
   */
  public record Certificate(
      String issuer,
      String subject,
      Instant notAfter,
      long daysLeft,
      List<String> names,
      String fingerprint) {}

  private static final int SAN_DNS = 2;
  private static final int SAN_IP = 7;
  private static final int MOST_NAMES = 1_000;

  static TlsFacts of(
      SSLSession session, CertificateWitness witness, @Nullable ClientCertificate identity) {
    X509Certificate leaf = witness.leaf();
    return new TlsFacts(
        session.getProtocol(),
        session.getCipherSuite(),
        leaf != null && witness.error() == null,
        witness.error(),
        leaf == null ? null : describe(leaf),
        witness.firstEnd(),
        witness.verifiedEnd(),
        identity == null || session.getLocalCertificates() == null ? null : identity.name());
  }

  static Certificate describe(X509Certificate leaf) {
    Instant end = leaf.getNotAfter().toInstant();
    return new Certificate(
        leaf.getIssuerX500Principal().getName(),
        leaf.getSubjectX500Principal().getName(),
        end,
        Math.floorDiv(Duration.between(Instant.now(), end).toSeconds(), 86_400),
        names(leaf),
        fingerprint(leaf));
  }

  /** As in the result. */
  public Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("protocol", protocol);
    map.put("cipher", cipher);
    map.put("verified", verified);
    map.put("error", error);
    map.put("issuer", certificate == null ? null : certificate.issuer());
    map.put("subject", certificate == null ? null : certificate.subject());
    map.put("not_after", certificate == null ? null : certificate.notAfter().toString());
    map.put("chain_not_after", firstEnd == null ? null : firstEnd.toString());
    map.put("verified_not_after", verifiedEnd == null ? null : verifiedEnd.toString());
    map.put("days_left", certificate == null ? null : certificate.daysLeft());
    map.put("san", certificate == null ? List.of() : certificate.names());
    map.put("fingerprint_sha256", certificate == null ? null : certificate.fingerprint());
    map.put("client_certificate", clientCertificate);
    return map;
  }

  private static List<String> names(X509Certificate leaf) {
    try {
      var names = leaf.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(SAN_DNS) || name.get(0).equals(SAN_IP))
              .limit(MOST_NAMES)
              .map(TlsFacts::name)
              .toList();
    } catch (CertificateParsingException | RuntimeException unreadable) {
      // The latter for an address that is none, which the JDK finds out only here.
      return List.of();
    }
  }

  /** A name as it stands, or an address as RFC 5952 writes it, which the JDK does not. */
  private static String name(List<?> entry) {
    String text = String.valueOf(entry.get(1));
    InetAddress address = entry.get(0).equals(SAN_IP) ? IpLiteral.parse(text).orElse(null) : null;
    return address == null ? text : AddressText.of(address);
  }

  private static String fingerprint(X509Certificate leaf) {
    try {
      return HexFormat.of().formatHex(Sha256.of(leaf.getEncoded()));
    } catch (CertificateEncodingException e) {
      // It was decoded from this very encoding.
      throw new IllegalStateException(e);
    }
  }
}
