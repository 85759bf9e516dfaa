package dev.signalbox.platform.node;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where a collector takes traces. */
final class TraceEndpoint {

  private static final String PATH = "/v1/traces";
  private static final int MAX_PORT = 65_535;

  private TraceEndpoint() {}

  /** The URL to send to, for a collector's base URL or the whole; null when it is neither. */
  static @Nullable URI of(String text) {
    try {
      URI uri = new URI(text.strip());
      String scheme = uri.getScheme();
      boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      boolean port = uri.getPort() == -1 || (uri.getPort() > 0 && uri.getPort() <= MAX_PORT);
      if (!web
          || !port
          || uri.getHost() == null
          || uri.getRawUserInfo() != null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null) {
        return null;
      }
      String path = uri.getRawPath().replaceAll("/+$", "");
      return uri.resolve(path.endsWith(PATH) ? path : path + PATH);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
