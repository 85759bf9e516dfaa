package dev.signalbox.platform.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Makes the keys of a cluster: a certificate authority of its own, a certificate by it that all
 * members use, and a secret. Made again in the same directory, it renews the certificate and keeps
 * authority and secret, so that old and new members go on knowing each other. The work is done by
 * the JDK's keytool.
 */
public final class ClusterKeysMaker {

  /** The authority's own key: needed for renewal alone, and by no member. */
  public static final String AUTHORITY_KEY = "ca-key.p12";

  /** Protects nothing by itself; a reader of the file could read this too. */
  private static final String PASSWORD = "signalbox";

  private static final String AUTHORITY_NAME = "CN=Signalbox cluster authority";
  private static final String MEMBER_NAME = "CN=Signalbox cluster member";
  private static final int AUTHORITY_DAYS = 3_650;
  private static final int SECRET_BYTES = 32;

  private final Path directory;
  private final Path authority;
  private final int days;

  private ClusterKeysMaker(Path directory, Path authority, int days) {
    this.directory = directory;
    this.authority = authority;
    this.days = days;
  }

  /** What was made. */
  public enum Made {
    /** All of it. */
    ALL,
    /** The members' certificate and its key alone: the rest was there. */
    RENEWED
  }

  /**
   * Makes the keys, or renews them.
   *
   * @param directory of what members need; created when it is not there
   * @param authority file of the authority's own key, such as {@link #AUTHORITY_KEY} in the same
   *     directory
   * @param days how long the members' certificate is valid
   * @throws StartException when a directory cannot be written or keytool fails
   */
  public static Made make(Path directory, Path authority, int days) throws InterruptedException {
    try {
      return new ClusterKeysMaker(directory, authority, days).make();
    } catch (IOException | UncheckedIOException e) {
      throw new StartException(directory + " cannot be written: " + e, e);
    } catch (GeneralSecurityException e) {
      throw new StartException("the keys cannot be read back: " + e, e);
    }
  }

  private Made make() throws IOException, GeneralSecurityException, InterruptedException {
    Files.createDirectories(directory);
    privateOnly(directory, "rwx------");
    boolean renewed = Files.exists(authority);
    if (!renewed) {
      makeAuthority();
    }
    if (!Files.exists(directory.resolve(ClusterKeys.SECRET))) {
      byte[] secret = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(secret);
      write(ClusterKeys.SECRET, HexFormat.of().formatHex(secret) + "\n");
    }
    makeMember();
    return renewed ? Made.RENEWED : Made.ALL;
  }

  private void makeAuthority() throws IOException, GeneralSecurityException, InterruptedException {
    Path made = authority.resolveSibling("new-" + authority.getFileName());
    Files.deleteIfExists(made);
    keytool(
        made,
        "-genkeypair",
        "-alias",
        "ca",
        "-dname",
        AUTHORITY_NAME,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-validity",
        String.valueOf(AUTHORITY_DAYS),
        "-ext",
        "bc:critical=ca:true,pathlen:0",
        "-ext",
        "ku:critical=keyCertSign,cRLSign");
    privateOnly(made, "rw-------");
    Certificate certificate = load(made).getCertificate("ca");
    write(ClusterKeys.AUTHORITY, pem("CERTIFICATE", certificate.getEncoded()));
    Files.move(made, authority, StandardCopyOption.ATOMIC_MOVE);
  }

  private void makeMember() throws IOException, GeneralSecurityException, InterruptedException {
    Path store = directory.resolve("new-node.p12");
    Path request = directory.resolve("new-node.csr");
    Path certificate = directory.resolve("new-node.cer");
    try {
      Files.deleteIfExists(store);
      keytool(
          store,
          "-genkeypair",
          "-alias",
          "node",
          "-dname",
          MEMBER_NAME,
          "-keyalg",
          "EC",
          "-groupname",
          "secp256r1",
          "-validity",
          "1");
      privateOnly(store, "rw-------");
      keytool(store, "-certreq", "-alias", "node", "-file", request.toString());
      keytool(
          authority,
          "-gencert",
          "-alias",
          "ca",
          "-infile",
          request.toString(),
          "-outfile",
          certificate.toString(),
          "-rfc",
          "-validity",
          String.valueOf(days),
          "-ext",
          "ku:critical=digitalSignature",
          "-ext",
          "eku=serverAuth,clientAuth");
      Key key = load(store).getKey("node", PASSWORD.toCharArray());
      // The key first: a member that reloads in between keeps what it has, for they do not match.
      write(ClusterKeys.KEY, pem("PRIVATE KEY", key.getEncoded()));
      write(ClusterKeys.CERTIFICATE, Files.readString(certificate));
    } finally {
      Files.deleteIfExists(store);
      Files.deleteIfExists(request);
      Files.deleteIfExists(certificate);
    }
  }

  private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static void keytool(Path store, String... arguments)
      throws IOException, InterruptedException {
    Keytool.run(store, PASSWORD, arguments);
  }

  private static String pem(String what, byte[] encoded) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
        + "\n-----END "
        + what
        + "-----\n";
  }

  /** Whole or not at all, and never readable by others. */
  private void write(String name, String content) throws IOException {
    Path made = directory.resolve("new-" + name);
    Files.deleteIfExists(made);
    Files.createFile(made);
    privateOnly(made, "rw-------");
    Files.writeString(made, content);
    Files.move(made, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void privateOnly(Path path, String permissions) throws IOException {
    if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }
}
