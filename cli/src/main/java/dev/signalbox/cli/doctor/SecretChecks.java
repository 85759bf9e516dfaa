package dev.signalbox.cli.doctor;

import dev.signalbox.platform.tls.PemCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks at the files of tokens, keys and certificates. */
final class SecretChecks {

  private static final int MOST_CERTIFICATES = 20;
  private static final Duration SOON = Duration.ofDays(14);

  private SecretChecks() {}

  /** Those that the settings name. */
  static List<PlaceCheck> of(Map<String, String> settings) {
    List<PlaceCheck> found = new ArrayList<>();
    for (String key : List.of("gateway.tokens-file", "gateway.tls-key")) {
      String text = settings.getOrDefault(key, "");
      if (!text.isEmpty()) {
        found.add(secret(key, text));
      }
    }
    String certificate = settings.getOrDefault("gateway.tls-certificate", "");
    if (!certificate.isEmpty()) {
      found.add(certificate(certificate, Instant.now()));
    }
    return found;
  }

  private static PlaceCheck secret(String key, String text) {
    try {
      Path file = Path.of(text);
      if (!Files.isReadable(file)) {
        return PlaceCheck.error(key, file + " cannot be read", "Change its owner or " + key + ".");
      }
      return DataDirectoryChecks.open(file)
          ? PlaceCheck.warning(key, file + " is open to other users", "chmod 600 " + file)
          : PlaceCheck.ok(key, file + " is readable");
    } catch (IOException | InvalidPathException e) {
      return PlaceCheck.error(key, "cannot be read: " + e.getMessage(), "Correct " + key + ".");
    }
  }

  static PlaceCheck certificate(String text, Instant now) {
    String key = "gateway.tls-certificate";
    String renew = "Renew gateway.tls-certificate and gateway.tls-key.";
    try {
      List<X509Certificate> chain =
          PemCertificates.read(
              Files.readString(Path.of(text), StandardCharsets.ISO_8859_1), MOST_CERTIFICATES);
      if (chain.isEmpty()) {
        return PlaceCheck.error(key, text + " has no certificate", renew);
      }
      Instant end = chain.getFirst().getNotAfter().toInstant();
      if (!now.isBefore(end)) {
        return PlaceCheck.error(key, text + " has expired at " + end, renew);
      }
      return end.isBefore(now.plus(SOON))
          ? PlaceCheck.warning(key, text + " expires at " + end, renew)
          : PlaceCheck.ok(key, text + " is valid until " + end);
    } catch (IOException | CertificateException | InvalidPathException e) {
      return PlaceCheck.error(key, text + " cannot be read: " + e.getMessage(), renew);
    }
  }
}
