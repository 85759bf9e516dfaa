package dev.signalbox.httpprobe.tls;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Objects;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities this machine's Java trusts, read when first needed and off the event loop. */
public final class TrustStore {

  private final Vertx vertx;
  private @Nullable Future<TlsLayer> layer;

  public TrustStore(Vertx vertx) {
    this.vertx = vertx;
  }

  public Future<TlsLayer> tls() {
    Future<TlsLayer> known = layer;
    if (known == null || known.failed()) {
      known = vertx.executeBlocking(TrustStore::authorities, false).map(TrustStore::layer);
      layer = known;
    }
    return known;
  }

  private static TlsLayer layer(@Nullable X509ExtendedTrustManager authorities) {
    return new TlsLayer(Objects.requireNonNull(authorities));
  }

  private static X509ExtendedTrustManager authorities() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("this Java has no certificate checks"));
  }
}
