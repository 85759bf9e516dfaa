package dev.signalbox.cli.token;

import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.tls.PemCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** The file of a client's certificate; it may have the rest of the chain and the key too. */
final class CertificateFile {

  private static final long LARGEST = 1 << 20;

  private CertificateFile() {}

  /**
   * The first certificate, which is the one of the client.
   *
   * @throws StartException when there is none
   */
  static X509Certificate read(String name) {
    String text = text(name);
    Optional<X509Certificate> first;
    try {
      first = PemCertificates.first(text);
    } catch (CertificateException e) {
      throw new StartException("--certificate: " + name + " has a malformed certificate", e);
    }
    return first.orElseThrow(() ->
        new StartException(
            "--certificate: "
                + name
                + (text.contains("PRIVATE KEY-----")
                    ? " has a private key and no certificate"
                    : " has no certificate in PEM")));
  }

  private static String text(String name) {
    try {
      Path file = Path.of(name);
      // Before it is opened: opening a pipe waits for somebody who writes to it.
      if (!Files.isRegularFile(file)) {
        throw new StartException("--certificate: " + name + " must be a regular file");
      }
      if (Files.size(file) > LARGEST) {
        throw new StartException(
            "--certificate: " + name + " must be a file of at most " + LARGEST + " bytes");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new StartException("--certificate: " + name + " cannot be read: " + e.getMessage(), e);
    } catch (InvalidPathException e) {
      throw new StartException("--certificate must be the name of a file", e);
    }
  }
}
