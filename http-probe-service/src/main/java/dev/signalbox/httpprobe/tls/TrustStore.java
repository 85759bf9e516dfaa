package dev.signalbox.httpprobe.tls;

import io.netty.handler.ssl.OpenSsl;
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
  private final boolean preferNative;
  private @Nullable Future<TlsLayer> layer;

  /**
   * Reads nothing yet.
   *
   * @param preferNative see {@link TlsEngines#of}
   */
  public TrustStore(Vertx vertx, boolean preferNative) {
    this.vertx = vertx;
    this.preferNative = preferNative;
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

  private X509ExtendedTrustManager authorities() throws GeneralSecurityException {
    if (preferNative) {
      // Loads the library, which is unpacked first: not for an event loop either.
      OpenSsl.isAvailable();
    }
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
