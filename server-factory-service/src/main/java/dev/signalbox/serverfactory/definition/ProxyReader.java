package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.tls.PemCertificates;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads where requests are forwarded to. */
final class ProxyReader {

  private static final int MAX_URL = 2_048;
  private static final int MAX_TIMEOUT_MS = 60_000;
  private static final int USUAL_TIMEOUT_MS = 10_000;
  private static final int MAX_PEM = 65_536;
  private static final int MAX_AUTHORITIES = 16;

  private ProxyReader() {}

  /**
   * Reads the field {@code proxy}; null when it is absent or wrong.
   *
   * @param mayRecord whether it takes the field {@code record}
   */
  static @Nullable ProxyTarget read(RequestObject holder, boolean mayRecord) {
    if (!holder.has("proxy")) {
      return null;
    }
    RequestObject proxy = holder.object("proxy");
    String url = proxy.line("url", MAX_URL);
    boolean record = mayRecord && proxy.bool("record", false);
    long timeoutMs = proxy.integer("timeout_ms", USUAL_TIMEOUT_MS, 1, MAX_TIMEOUT_MS);
    boolean preserveHost = proxy.bool("preserve_host", false);
    TrustOptions trust = trust(proxy);
    if (url.isEmpty()) {
      return null;
    }
    URI uri;
    try {
      uri = new URI(url).parseServerAuthority();
    } catch (URISyntaxException e) {
      proxy.problem("url", "must be a URL such as http://example.org:8080/prefix");
      return null;
    }
    String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    if ((!tls && !scheme.equals("http"))
        || host == null
        || port < 1
        || port > 65_535
        || uri.getUserInfo() != null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      proxy.problem("url", "must be http or https with a host, without user, query and fragment");
      return null;
    }
    String path = Objects.requireNonNullElse(uri.getRawPath(), "");
    return new ProxyTarget(
        tls,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port,
        path.endsWith("/") ? path.substring(0, path.length() - 1) : path,
        record,
        Duration.ofMillis(timeoutMs),
        preserveHost,
        trust);
  }

  /** Whom the target's certificate is verified by; null for the authorities of the machine. */
  private static @Nullable TrustOptions trust(RequestObject proxy) {
    boolean verified = proxy.bool("verify_tls", true);
    String pem = proxy.optionalText("ca_pem", MAX_PEM);
    TrustOptions authorities = pem == null ? null : authorities(proxy, pem);
    return verified ? authorities : ProxyTarget.UNVERIFIED;
  }

  private static @Nullable TrustOptions authorities(RequestObject proxy, String pem) {
    try {
      List<X509Certificate> certificates = PemCertificates.read(pem, MAX_AUTHORITIES);
      if (!certificates.isEmpty()) {
        return TrustOptions.wrap(PemCertificates.trusting(certificates));
      }
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      // Parsers of certificates have been seen to throw unchecked ones on hostile input.
    }
    proxy.problem("ca_pem", "must be 1 to " + MAX_AUTHORITIES + " certificates in PEM, and no key");
    return null;
  }
}
