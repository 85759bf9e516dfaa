package dev.signalbox.httpprobe.tls;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.platform.tls.PemKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates by which probes identify themselves to servers that ask for one: files {@code
 * NAME.pem} of a directory, each with a private key and its certificate chain. Tasks name them and
 * never see them. Files that are replaced are read again.
 */
public final class ClientCertificates {

  private static final Logger LOG = LoggerFactory.getLogger(ClientCertificates.class);

  /** Characters of a name. */
  public static final int LONGEST_NAME = 64;

  private static final String SUFFIX = ".pem";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int MOST = 100;
  private static final long LARGEST_FILE = 65_536;

  /**
   * One of them.
   *
   * @param name by which tasks call it
   * @param keys has it and its key alone
   * @param fingerprint SHA-256 of the whole chain, so that connections made with a chain that was
   *     replaced are told apart
   */
  public record ClientCertificate(String name, KeyManager keys, String fingerprint) {}

  private final Vertx vertx;
  private final String directory;
  private volatile List<FileTime> written = List.of();
  private volatile Map<String, ClientCertificate> known = Map.of();

  /**
   * Reads nothing yet.
   *
   * @param directory empty for none
   */
  public ClientCertificates(Vertx vertx, String directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /** Reads the directory, off the event loop; on failure keeps what was known. */
  public Future<Void> load() {
    if (directory.isEmpty()) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(
            () -> {
              // Before they are read, so that files that are replaced meanwhile are read again.
              written = modified();
              return read(directory);
            },
            false)
        .onSuccess(read -> known = read)
        .mapEmpty();
  }

  /** Says in the log that they could not be read again. */
  public void notLoaded(Throwable cause) {
    LOG.warn("client certificates of {} are not read again: {}", directory, cause.getMessage());
  }

  /** When they were written, as of the time before they were read last; none before. */
  public List<FileTime> written() {
    return written;
  }

  /** When the directory and each of its files were written by now; blocks. */
  public List<FileTime> modified() throws IOException {
    List<FileTime> times = new ArrayList<>();
    times.add(Files.getLastModifiedTime(Path.of(directory)));
    for (Path file : files(directory)) {
      times.add(Files.getLastModifiedTime(file));
    }
    return times;
  }

  /** The one of a name. */
  public Optional<ClientCertificate> named(String name) {
    return Optional.ofNullable(known.get(name));
  }

  /**
   * What is wrong with a directory, for the operator; empty when nothing is. Names the file, never
   * anything of its content.
   */
  public static Optional<String> problem(String directory) {
    try {
      read(directory);
      return Optional.empty();
    } catch (IOException | GeneralSecurityException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, ClientCertificate> read(String directory)
      throws IOException, GeneralSecurityException {
    Map<String, ClientCertificate> all = new TreeMap<>();
    for (Path file : files(directory)) {
      String fileName = file.getFileName().toString();
      String name = fileName.substring(0, fileName.length() - SUFFIX.length());
      if (!NAME.matcher(name).matches()) {
        throw new GeneralSecurityException(
            fileName + " must have a name of at most 64 letters, digits and . _ -");
      }
      all.put(name, certificate(name, file));
    }
    return Map.copyOf(all);
  }

  private static List<Path> files(String directory) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(Path.of(directory))) {
      files = entries.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new IOException("must be a readable directory", e);
    }
    if (files.size() > MOST) {
      throw new IOException("must have at most " + MOST + " files " + SUFFIX);
    }
    return files;
  }

  private static ClientCertificate certificate(String name, Path file)
      throws GeneralSecurityException {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new IOException("larger than " + LARGEST_FILE + " bytes");
      }
      Buffer pem = Buffer.buffer(Files.readAllBytes(file));
      KeyManager keys =
          new PemKeyCertOptions()
              .addKeyValue(pem)
              .addCertValue(pem)
              .getKeyManagerFactory(null)
              .getKeyManagers()[0];
      return new ClientCertificate(name, keys, checked((X509KeyManager) keys));
    } catch (Exception e) {
      // The reason may quote the file, and so the key.
      throw new GeneralSecurityException(
          file.getFileName()
              + " must have one private key (RSA or EC, PKCS #8, not encrypted) and its certificate in"
              + " PEM, in at most 64 KiB");
    }
  }

  /**
   * The fingerprint, once it is clear that key and certificate belong together. Keys of EdDSA are
   * refused: BoringSSL's engines in Netty do not offer them to a server, and the probe would go on
   * without a certificate.
   */
  private static String checked(X509KeyManager keys) throws GeneralSecurityException {
    for (String algorithm : List.of("RSA", "EC")) {
      String[] aliases = keys.getClientAliases(algorithm, null);
      if (aliases != null && aliases.length > 0) {
        X509Certificate[] chain = keys.getCertificateChain(aliases[0]);
        X509Certificate certificate = chain[0];
        PrivateKey key = keys.getPrivateKey(aliases[0]);
        if (!PemKeys.belongs(key, certificate.getPublicKey())) {
          throw new GeneralSecurityException("the key is another certificate's");
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (X509Certificate link : chain) {
          whole.writeBytes(link.getEncoded());
        }
        return HexFormat.of().formatHex(Sha256.of(whole.toByteArray()));
      }
    }
    throw new GeneralSecurityException("the key is neither RSA nor EC");
  }
}
