package dev.signalbox.cli.command;

import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.tls.PemCertificates;
import dev.signalbox.platform.tls.PemKeys;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How a command knows a running system over HTTPS, and shows who it is.
 *
 * @param trust who may vouch for the system; null for the authorities of the JDK
 * @param keys the certificate that the system is shown; null for none
 */
public record ClientTls(
    @Nullable X509ExtendedTrustManager trust, @Nullable X509ExtendedKeyManager keys) {

  /** The authorities of the JDK, and no certificate. */
  public static final ClientTls DEFAULT = new ClientTls(null, null);

  private static final String AUTHORITIES = "--ca";
  private static final String CERTIFICATE = "--certificate";
  private static final String KEY = "--key";
  private static final long LARGEST = 1 << 20;
  private static final int MOST_AUTHORITIES = 100;
  private static final int LONGEST_CHAIN = 16;

  /** The options. */
  public static final List<OptionSpec> SPECS =
      List.of(
          OptionSpec.value(
              "FILE", "trust the authorities in this PEM file, and no others", AUTHORITIES),
          OptionSpec.value("FILE", "show the system this certificate (PEM)", CERTIFICATE),
          OptionSpec.value("FILE", "its private key (PEM), unless it is in the same file", KEY));

  /**
   * What options say.
   *
   * @param values the value of an option by its name; null when it is not given
   * @param server base URL of the system; null for none
   * @throws StartException when a file is not what it has to be, or the system is not reached over
   *     HTTPS
   */
  public static ClientTls of(Function<String, @Nullable String> values, @Nullable URI server) {
    String authorities = values.apply(AUTHORITIES);
    String certificate = values.apply(CERTIFICATE);
    String key = values.apply(KEY);
    if (authorities == null && certificate == null && key == null) {
      return DEFAULT;
    }
    if (certificate == null && key != null) {
      throw new StartException(KEY + " needs " + CERTIFICATE);
    }
    if (server == null || !"https".equals(server.getScheme())) {
      throw new StartException(
          (authorities == null ? CERTIFICATE : AUTHORITIES)
              + " needs a --server whose URL begins with https://");
    }
    return new ClientTls(
        authorities == null ? null : trust(authorities),
        certificate == null ? null : keys(certificate, key));
  }

  private static X509ExtendedTrustManager trust(String file) {
    String text = text(AUTHORITIES, file);
    String rule = "1 to " + MOST_AUTHORITIES + " certificates in PEM, and no key";
    try {
      List<X509Certificate> authorities = PemCertificates.read(text, MOST_AUTHORITIES);
      if (authorities.isEmpty()) {
        throw bad(AUTHORITIES, file, rule);
      }
      return PemCertificates.trusting(authorities);
    } catch (GeneralSecurityException | IOException e) {
      throw bad(AUTHORITIES, file, rule, e);
    }
  }

  private static X509ExtendedKeyManager keys(String file, @Nullable String keyFile) {
    String text = text(CERTIFICATE, file);
    String rule = "a certificate in PEM, and its chain";
    try {
      List<X509Certificate> chain = PemCertificates.chain(text, LONGEST_CHAIN);
      if (chain.isEmpty()) {
        throw bad(CERTIFICATE, file, rule);
      }
      String holder = keyFile == null ? file : keyFile;
      PrivateKey key =
          PemKeys.first(keyFile == null ? text : text(KEY, keyFile))
              .filter(read -> PemKeys.belongs(read, chain.getFirst().getPublicKey()))
              .orElseThrow(() ->
                  bad(
                      KEY,
                      holder,
                      "the key of the certificate, of RSA or EC, in PEM, PKCS #8"
                          + " (BEGIN PRIVATE KEY), not encrypted"));
      return PemKeys.showing(chain, key);
    } catch (GeneralSecurityException | IOException e) {
      throw bad(CERTIFICATE, file, rule, e);
    }
  }

  private static String text(String option, String name) {
    try {
      Path file = Path.of(name);
      // Before it is opened: opening a pipe waits for a writer.
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        throw bad(option, name, "a regular file of at most " + LARGEST + " bytes");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException | InvalidPathException e) {
      throw bad(option, name, "a file that can be read", e);
    }
  }

  private static StartException bad(String option, String file, String rule) {
    return new StartException(message(option, file, rule));
  }

  private static StartException bad(String option, String file, String rule, Exception cause) {
    return new StartException(message(option, file, rule), cause);
  }

  private static String message(String option, String file, String rule) {
    return option + ": " + file + " must be " + rule;
  }

  /** Sets options of a client of Vert.x. */
  void set(HttpClientOptions options) {
    if (trust != null) {
      options.setTrustOptions(TrustOptions.wrap(trust));
    }
    if (keys != null) {
      options.setKeyCertOptions(KeyCertOptions.wrap(keys));
    }
  }

  /** For a client of the JDK; null for its own. */
  public @Nullable SSLSocketFactory sockets() {
    if (trust == null && keys == null) {
      return null;
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys == null ? null : new KeyManager[] {keys},
          trust == null ? null : new TrustManager[] {trust},
          null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is part of every JDK", e);
    }
  }
}
