package dev.signalbox.gateway.listener;

import dev.signalbox.platform.tls.PemCertificates;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The clients whose certificates a door accepts: those that an authority of a file signed. Vert.x
 * reads the file, off the event loop, when the door opens and whenever its options are updated.
 *
 * @param authorities PEM file of their certificates
 * @param required whether the handshake fails without a certificate
 */
public record ClientTrust(Path authorities, boolean required) implements TrustOptions {

  /** The most authorities of a file; each handshake lists them all for the client. */
  static final int MOST_AUTHORITIES = 100;

  private static final int LARGEST_FILE = 1 << 20;

  /** What Vert.x asks clients for. */
  ClientAuth mode() {
    return required ? ClientAuth.REQUIRED : ClientAuth.REQUEST;
  }

  /**
   * Reads the file; blocks.
   *
   * @throws IOException with the rule that the file breaks
   */
  X509ExtendedTrustManager load() throws IOException {
    // Before it is opened: opening a pipe waits for somebody who writes to it.
    if (!Files.isRegularFile(authorities) || !Files.isReadable(authorities)) {
      throw new IOException("must be a readable PEM file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(authorities)) {
      bytes = in.readNBytes(LARGEST_FILE + 1);
    }
    if (bytes.length > LARGEST_FILE) {
      throw new IOException("must be a file of at most " + LARGEST_FILE + " bytes");
    }
    try {
      List<X509Certificate> read =
          PemCertificates.read(new String(bytes, StandardCharsets.ISO_8859_1), MOST_AUTHORITIES);
      if (!read.isEmpty()) {
        return PemCertificates.trusting(read);
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException(rule(), e);
    }
    throw new IOException(rule());
  }

  private static String rule() {
    return "must have 1 to " + MOST_AUTHORITIES + " certificates in PEM and nothing else";
  }

  private X509ExtendedTrustManager named() throws IOException {
    try {
      return load();
    } catch (IOException e) {
      throw new IOException(authorities + " " + e.getMessage(), e);
    }
  }

  @Override
  public TrustOptions copy() {
    return this;
  }

  @Override
  public TrustManagerFactory getTrustManagerFactory(Vertx vertx) throws Exception {
    return TrustOptions.wrap(named()).getTrustManagerFactory(vertx);
  }

  @Override
  public Function<String, TrustManager[]> trustManagerMapper(Vertx vertx) throws IOException {
    X509ExtendedTrustManager same = named();
    return _ -> new TrustManager[] {same};
  }
}
