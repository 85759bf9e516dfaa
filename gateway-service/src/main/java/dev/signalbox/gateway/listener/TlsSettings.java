package dev.signalbox.gateway.listener;

import dev.signalbox.gateway.listener.Door.TlsFiles;
import dev.signalbox.platform.config.ConfigProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the door with TLS.
 *
 * @param port 1 to 65535, {@code any} or {@code off}
 * @param certificate PEM file of the certificate and its chain
 * @param key PEM file of the private key
 * @param clientCa PEM file of the authorities that sign certificates of clients; empty for none
 * @param clientCertificates whether the door asks for them
 */
public record TlsSettings(
    String port,
    String certificate,
    String key,
    String clientCa,
    ClientCertificates clientCertificates) {

  /** Whether the door asks clients for a certificate. */
  public enum ClientCertificates {
    /** It does not. */
    OFF,
    /** A client may show one. */
    OPTIONAL,
    /** The handshake fails without one. */
    REQUIRED
  }

  /** Adds what is wrong; the port itself is checked with those of the other doors. */
  public void check(ConfigProblems problems) {
    problems
        .check(!open() || readable(certificate), "tls-certificate", "must be a readable PEM file")
        .check(!open() || readable(key), "tls-key", "must be a readable PEM file")
        .check(
            clientCertificates == ClientCertificates.OFF || open(),
            "tls-client-certificates",
            "needs gateway.tls-port: the other doors do not speak TLS");
    if (clientCertificates == ClientCertificates.OFF) {
      return;
    }
    if (clientCa.isEmpty()) {
      problems.check(
          false, "tls-client-ca", "is needed where gateway.tls-client-certificates is not off");
      return;
    }
    try {
      new ClientTrust(Path.of(clientCa), false).load();
    } catch (IOException e) {
      problems.check(false, "tls-client-ca", String.valueOf(e.getMessage()));
    } catch (InvalidPathException e) {
      problems.check(false, "tls-client-ca", "must be the name of a file");
    }
  }

  private static boolean readable(String file) {
    try {
      return !file.isEmpty() && Files.isReadable(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private boolean open() {
    return !port.equals("off") && !port.equals("0");
  }

  /** The door. */
  public Door door(boolean proxyProtocol) {
    return new Door(
        "tls",
        "gateway.tls-port",
        Door.Port.parse(port),
        new TlsFiles(Path.of(certificate), Path.of(key), clients()),
        proxyProtocol);
  }

  private @Nullable ClientTrust clients() {
    return clientCertificates == ClientCertificates.OFF
        ? null
        : new ClientTrust(Path.of(clientCa), clientCertificates == ClientCertificates.REQUIRED);
  }

  /** The files of certificates that the door uses; none while it is closed. */
  public List<Path> certificates() {
    if (!open()) {
      return List.of();
    }
    Path own = Path.of(certificate);
    ClientTrust clients = clients();
    return clients == null ? List.of(own) : List.of(own, clients.authorities());
  }
}
