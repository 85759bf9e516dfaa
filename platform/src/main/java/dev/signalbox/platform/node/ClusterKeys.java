package dev.signalbox.platform.node;

import dev.signalbox.platform.tls.PemCertificates;
import dev.signalbox.platform.tls.PemKeys;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TCPSSLOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the members of a cluster prove to each other that they belong to it with, as {@code
 * signalbox cluster-keys} makes it: a certificate by a private authority for the bus, and a secret
 * for membership.
 */
public final class ClusterKeys {

  /** The authority's certificate. */
  public static final String AUTHORITY = "ca.pem";

  /** The members' certificate, by the authority. */
  public static final String CERTIFICATE = "node.pem";

  /** The key of the members' certificate. */
  public static final String KEY = "node-key.pem";

  /** The cluster's secret. */
  public static final String SECRET = "secret";

  /** A secret of fewer bytes could be guessed. */
  private static final int SECRET_BYTES = 32;

  private static final int MAX_AUTHORITIES = 100;

  private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

  private final Path directory;
  private final byte[] secret;
  private final List<FileTime> written;

  private ClusterKeys(Path directory, byte[] secret, List<FileTime> written) {
    this.directory = directory;
    this.secret = secret;
    this.written = written;
  }

  /**
   * Reads a directory.
   *
   * @throws StartException when a file is missing, unreadable, too short or not what it should be
   */
  static ClusterKeys in(Path directory) {
    for (String name : List.of(AUTHORITY, CERTIFICATE, KEY, SECRET)) {
      if (!Files.isReadable(directory.resolve(name))) {
        throw new StartException(
            "platform.cluster-keys: "
                + directory.resolve(name)
                + " cannot be read; signalbox cluster-keys DIR makes such a directory");
      }
    }
    try {
      // Before they are read, so that files that are renewed meanwhile are read again.
      List<FileTime> written = modified(directory);
      byte[] secret = Files.readAllBytes(directory.resolve(SECRET));
      if (secret.length < SECRET_BYTES) {
        throw new StartException(
            "platform.cluster-keys: the secret must have at least " + SECRET_BYTES + " bytes");
      }
      ClusterKeys keys = new ClusterKeys(directory, secret, written);
      keys.check();
      return keys;
    } catch (IOException e) {
      throw new StartException("platform.cluster-keys: a file cannot be read: " + e, e);
    }
  }

  /** Loads them once: of what Vert.x says later nobody would know which file is meant. */
  void check() {
    if (!isKeyOfItsCertificate()) {
      throw broken(KEY + " and " + CERTIFICATE + " must be a private key and its certificate");
    }
    if (!areCertificates(content(AUTHORITY).toString())) {
      throw broken(AUTHORITY + " must be certificates alone");
    }
  }

  private boolean isKeyOfItsCertificate() {
    try {
      return PemKeys.belongTogether(key());
    } catch (Exception e) {
      return false;
    }
  }

  private static boolean areCertificates(String pem) {
    try {
      return !PemCertificates.read(pem, MAX_AUTHORITIES).isEmpty();
    } catch (CertificateException e) {
      return false;
    }
  }

  /** Without the reason, which may quote the file. */
  private StartException broken(String rule) {
    return new StartException(
        "platform.cluster-keys: in " + directory + " " + rule + " in PEM, not encrypted");
  }

  byte[] secret() {
    return secret.clone();
  }

  /** When the files that may be renewed were written, as of the time before they were read. */
  List<FileTime> written() {
    return written;
  }

  /** When they were written by now; blocks. */
  List<FileTime> modified() throws IOException {
    return modified(directory);
  }

  private static List<FileTime> modified(Path directory) throws IOException {
    List<FileTime> times = new ArrayList<>();
    for (String name : List.of(AUTHORITY, CERTIFICATE, KEY)) {
      times.add(Files.getLastModifiedTime(directory.resolve(name)));
    }
    return times;
  }

  // By content: Vert.x remembers for a client what it once read from a path.
  private PemKeyCertOptions key() {
    return new PemKeyCertOptions().setCertValue(content(CERTIFICATE)).setKeyValue(content(KEY));
  }

  private PemTrustOptions trust() {
    return new PemTrustOptions().addCertValue(content(AUTHORITY));
  }

  private Buffer content(String name) {
    try {
      return Buffer.buffer(Files.readAllBytes(directory.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the bus speak to holders of these keys alone. */
  EventBusOptions protect(EventBusOptions options) {
    use(options.setTrustAll(false).setClientAuth(ClientAuth.REQUIRED));
    return options;
  }

  /** Has a server serve holders of these keys alone. */
  void protect(NetServerOptions options) {
    use(options.setClientAuth(ClientAuth.REQUIRED));
  }

  /** Has a client speak to holders of these keys alone. */
  void protect(NetClientOptions options) {
    use(options.setTrustAll(false).setHostnameVerificationAlgorithm(""));
  }

  private void use(TCPSSLOptions options) {
    options.setSsl(true).setKeyCertOptions(key()).setTrustOptions(trust());
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
  }

  /** The same for a server, by the files as they are now. */
  ServerSSLOptions server() {
    ServerSSLOptions options = new ServerSSLOptions().setClientAuth(ClientAuth.REQUIRED);
    options.setKeyCertOptions(key()).setTrustOptions(trust());
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
    return options;
  }

  /** The same for a client, by the files as they are now. */
  ClientSSLOptions client() {
    ClientSSLOptions options =
        new ClientSSLOptions().setTrustAll(false).setHostnameVerificationAlgorithm("");
    options.setKeyCertOptions(key()).setTrustOptions(trust());
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
    return options;
  }
}
