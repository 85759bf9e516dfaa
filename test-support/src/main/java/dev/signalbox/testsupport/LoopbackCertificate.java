package dev.signalbox.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A fresh self-signed certificate for 127.0.0.1, ::1 and localhost, made by the JDK's own keytool,
 * so that no private key lies in the repository.
 */
public final class LoopbackCertificate implements AutoCloseable {

  /** Password of the key store. */
  public static final String PASSWORD = "loopback";

  private static final String ALIAS = "loopback";

  private final Path directory;
  private final Path keyStore;
  private final Path certificate;

  private LoopbackCertificate(Path directory) {
    this.directory = directory;
    this.keyStore = directory.resolve("loopback.p12");
    this.certificate = directory.resolve("loopback.pem");
  }

  /** Makes a certificate. */
  public static LoopbackCertificate create() {
    return create("ip:127.0.0.1,ip:0:0:0:0:0:0:0:1,dns:localhost");
  }

  /**
   * Makes a certificate for other names.
   *
   * @param subjectAlternativeNames as keytool takes them, such as {@code dns:other.test}
   */
  public static LoopbackCertificate create(String subjectAlternativeNames) {
    try {
      LoopbackCertificate made =
          new LoopbackCertificate(Files.createTempDirectory("signalbox-certificate"));
      made.generate(subjectAlternativeNames);
      made.export();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void generate(String names) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command =
        List.of(
            keytool.toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=" + names,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            keyStore.toString(),
            "-storepass",
            PASSWORD);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(Files.readString(directory.resolve("keytool.log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  private void export() throws IOException {
    try {
      byte[] der = keyStore().getCertificate(ALIAS).getEncoded();
      String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
      Files.writeString(
          certificate,
          "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n",
          StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** The certificate alone, in a PEM file: what a client trusts. */
  public Path certificatePem() {
    return certificate;
  }

  /** Certificate and key in a PKCS#12 file: what a server is configured with. */
  public Path keyStoreFile() {
    return keyStore;
  }

  /** A server's TLS with this certificate. */
  public SSLContext sslContext() {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(keyStore(), PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private KeyStore keyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  @Override
  public void close() {
    try {
      for (String file : List.of("loopback.p12", "loopback.pem", "keytool.log")) {
        Files.deleteIfExists(directory.resolve(file));
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
