package dev.signalbox.serverfactory.definition;

import io.vertx.core.net.KeyCertOptions;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of a server.
 *
 * @param given the certificate and key that the definition gave, ready for use; null for one made
 *     here
 */
public record TlsSettings(@Nullable KeyCertOptions given) {

  /** With a certificate made here. */
  public static final TlsSettings SELF_MADE = new TlsSettings(null);

  /** Without the key. */
  @Override
  public String toString() {
    return given == null ? "TlsSettings[self-made]" : "TlsSettings[given]";
  }
}
