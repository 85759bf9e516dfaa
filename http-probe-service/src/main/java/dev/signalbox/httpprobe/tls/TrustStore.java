package dev.signalbox.httpprobe.tls;

import dev.signalbox.platform.tls.PemCertificates;
import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The authorities this machine's Java trusts, and those of a file, read when first needed and off
 * the event loop.
 */
public final class TrustStore {

  private final Vertx vertx;
  private static final long LARGEST_FILE = 4_194_304;
  private static final int MOST_AUTHORITIES = 1_000;

  private final boolean preferNative;
  private final String caFile;
  private @Nullable Future<TlsLayer> layer;

  /**
   * Reads nothing yet.
   *
   * @param preferNative see {@link TlsEngines#of}
   * @param caFile certificates in PEM that are trusted too; empty for none
   */
  public TrustStore(Vertx vertx, boolean preferNative, String caFile) {
    this.vertx = vertx;
    this.preferNative = preferNative;
    this.caFile = caFile;
  }

  /** Whether a file holds certificates in PEM and nothing else; reads it. */
  public static boolean isReadable(String caFile) {
    try {
      return !certificates(caFile).isEmpty();
    } catch (IOException | CertificateException | RuntimeException unreadable) {
      return false;
    }
  }

  private static List<X509Certificate> certificates(String caFile)
      throws IOException, CertificateException {
    Path file = Path.of(caFile);
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException(caFile + " is larger than " + LARGEST_FILE + " bytes");
    }
    return PemCertificates.read(Files.readString(file), MOST_AUTHORITIES);
  }

  /** To be called on the event loop when no more connections will be secured. */
  public void close() {
    if (layer != null && layer.succeeded()) {
      layer.result().close();
    }
  }

  public Future<TlsLayer> tls() {
    Future<TlsLayer> known = layer;
    if (known == null || known.failed()) {
      known = vertx.executeBlocking(this::authorities, false).map(this::layer);
      layer = known;
    }
    return known;
  }

  private TlsLayer layer(@Nullable X509ExtendedTrustManager authorities) {
    X509ExtendedTrustManager judge = Objects.requireNonNull(authorities);
    return new TlsLayer(judge, TlsEngines.of(preferNative, judge));
  }

  private X509ExtendedTrustManager authorities() throws GeneralSecurityException, IOException {
    if (preferNative) {
      // Loads the library, which is unpacked first: not for an event loop either.
      OpenSsl.isAvailable();
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    X509ExtendedTrustManager machine =
        Arrays.stream(factory.getTrustManagers())
            .filter(X509ExtendedTrustManager.class::isInstance)
            .map(X509ExtendedTrustManager.class::cast)
            .findFirst()
            .orElseThrow(() -> new GeneralSecurityException("this Java has no certificate checks"));
    if (caFile.isEmpty()) {
      return machine;
    }
    List<X509Certificate> all = new ArrayList<>(List.of(machine.getAcceptedIssuers()));
    all.addAll(certificates(caFile));
    return PemCertificates.trusting(all);
  }
}
