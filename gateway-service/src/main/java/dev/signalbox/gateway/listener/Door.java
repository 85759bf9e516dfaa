package dev.signalbox.gateway.listener;

import dev.signalbox.platform.tls.PemKeys;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port of the gateway and what it serves.
 *
 * @param name short name, as in messages
 * @param configKey the setting of its port
 * @param tls its certificate; null for clear text
 * @param proxyProtocol whether each connection begins with the PROXY protocol
 */
public record Door(
    String name, String configKey, Port port, @Nullable TlsFiles tls, boolean proxyProtocol) {

  /** Whether the door uses TLS. */
  public boolean secure() {
    return tls != null;
  }

  /** Whether it asks clients for a certificate. */
  public boolean asksForCertificates() {
    return tls != null && tls.clients() != null;
  }

  /** A port setting. */
  public sealed interface Port {

    /** A port number. */
    record Fixed(int number) implements Port {}

    /** Any free port. */
    record Any() implements Port {}

    /** The door stays closed. */
    record Off() implements Port {}

    /**
     * Reads a setting.
     *
     * @throws IllegalArgumentException unless 1 to 65535, {@code any} or {@code off}
     */
    static Port parse(String text) {
      String setting = text.strip();
      if (setting.equals("any")) {
        return new Any();
      }
      if (setting.equals("off") || setting.equals("0")) {
        return new Off();
      }
      try {
        int number = Integer.parseInt(setting);
        if (number >= 1 && number <= 65_535) {
          return new Fixed(number);
        }
      } catch (NumberFormatException e) {
        // Reported below, with the rule.
      }
      throw new IllegalArgumentException("must be 1 to 65535, 'any' or 'off'");
    }
  }

  /**
   * The certificate of a TLS door.
   *
   * @param certificate PEM file of the certificate and its chain
   * @param key PEM file of the private key, PKCS #8 or PKCS #1, not encrypted
   * @param clients whose certificates it asks for; null when it asks for none
   */
  public record TlsFiles(Path certificate, Path key, @Nullable ClientTrust clients) {

    PemKeyCertOptions options() {
      return new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
    }

    /**
     * Fails when they cannot be loaded, or the key is that of another certificate, which loading
     * them does not find out. Blocks.
     */
    void requireMatch() throws GeneralSecurityException {
      boolean match;
      try {
        match =
            PemKeys.belongTogether(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(Files.readAllBytes(certificate)))
                    .addKeyValue(Buffer.buffer(Files.readAllBytes(key))));
      } catch (Exception e) {
        // The reason may quote the file, and so the key.
        throw new GeneralSecurityException(
            certificate
                + " and "
                + key
                + " must be a certificate and its private key in PEM, not encrypted");
      }
      if (!match) {
        throw new InvalidKeyException(key + " is not the key of " + certificate);
      }
    }

    /** Modification times of all files; none, which is none of them, when one has none; blocks. */
    public List<FileTime> modifiedOrNone() {
      try {
        return modified();
      } catch (IOException e) {
        return List.of();
      }
    }

    /** Modification times of all files; blocks. */
    List<FileTime> modified() throws IOException {
      List<FileTime> times = new ArrayList<>();
      times.add(Files.getLastModifiedTime(certificate));
      times.add(Files.getLastModifiedTime(key));
      if (clients != null) {
        times.add(Files.getLastModifiedTime(clients.authorities()));
      }
      return times;
    }
  }
}
