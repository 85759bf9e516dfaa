package dev.signalbox.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate that nobody trusts, made by the JDK's own keytool. */
public final class TestCertificate {

  /** Password of {@link #store()}. */
  public static final String PASSWORD = "changeit";

  private static final long PATIENCE_S = 30;

  private final byte[] store;

  private TestCertificate(byte[] store) {
    this.store = store;
  }

  /**
   * A certificate signed by itself.
   *
   * @param commonName such as {@code localhost}
   * @param validDays from now; a negative number makes one that has ended
   * @param names subject alternative names as keytool writes them, {@code dns:a.example} or {@code
   *     ip:127.0.0.1}
   */
  public static TestCertificate selfSigned(String commonName, int validDays, String... names) {
    return made(commonName, validDays, names, false);
  }

  private static TestCertificate made(
      String commonName, int validDays, String[] names, boolean issued) {
    try {
      Path directory = Files.createTempDirectory("test-certificate");
      Path file = directory.resolve("store.p12");
      try {
        if (issued) {
          run(
              file,
              List.of(
                  "-genkeypair",
                  "-alias",
                  "authority",
                  "-keyalg",
                  "EC",
                  "-groupname",
                  "secp256r1",
                  "-dname",
                  "CN=authority",
                  "-validity",
                  "90",
                  "-ext",
                  "bc:critical=ca:true"));
        }
        generate(file, commonName, validDays, names, issued);
        if (issued) {
          // A server must not take the authority's certificate for its own.
          run(file, List.of("-delete", "-alias", "authority"));
        }
        return new TestCertificate(Files.readAllBytes(file));
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A certificate signed by an authority of its own, see {@link #authority()}; arguments as for
   * {@link #selfSigned}.
   */
  public static TestCertificate issued(String commonName, int validDays, String... names) {
    return made(commonName, validDays, names, true);
  }

  /** Key and certificate as PKCS #12. */
  public byte[] store() {
    return store.clone();
  }

  /** The certificate. */
  public X509Certificate certificate() {
    try {
      return (X509Certificate) keyStore().getCertificate("test");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whose word the certificate rests on: itself unless it was {@link #issued}. */
  public X509Certificate authority() {
    try {
      Certificate[] chain = keyStore().getCertificateChain("test");
      return (X509Certificate) chain[chain.length - 1];
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The certificate as PEM. */
  public String certificatePem() {
    try {
      return pem("CERTIFICATE", certificate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The private key as PEM, PKCS #8. */
  public String keyPem() {
    try {
      return pem("PRIVATE KEY", keyStore().getKey("test", PASSWORD.toCharArray()).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
  }

  /** A client's context that trusts this certificate and no other. */
  public SSLContext trustingContext() {
    return context(null, trust());
  }

  SSLContext context() {
    return context(keys(), null);
  }

  /** A server's context that trusts clients by another certificate. */
  SSLContext context(TestCertificate clients) {
    return context(keys(), clients.trust());
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyManager[] keys() {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(keyStore(), PASSWORD.toCharArray());
      return keys.getKeyManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private TrustManager[] trust() {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("test", certificate());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      return trust.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private KeyStore keyStore() throws GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = new java.io.ByteArrayInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys;
  }

  private static void generate(
      Path file, String commonName, int validDays, String[] names, boolean issued)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + commonName));
    if (issued) {
      command.addAll(List.of("-signer", "authority"));
    }
    if (validDays < 0) {
      command.addAll(List.of("-startdate", (validDays - 10) + "d", "-validity", "10"));
    } else {
      command.addAll(List.of("-validity", Integer.toString(validDays)));
    }
    if (names.length > 0) {
      command.addAll(List.of("-ext", "san=" + String.join(",", names)));
    }
    run(file, command);
  }

  private static void run(Path file, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(
        List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }
}
