package dev.signalbox.platform.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The header fields of one connection. A proxy removes them from the messages that it passes on
 * (RFC 9110 section 7.6.1), and no message of HTTP/2 has them (RFC 9113 section 8.2.2).
 */
public final class ConnectionHeaders {

  /**
   * Names in lower case, without those that {@code Connection} names: Connection and the list of
   * RFC 9110 section 7.6.1; {@code Trailer}, for nothing here passes trailers on (section 6.5.1);
   * {@code HTTP2-Settings} (RFC 7540 section 3.2.1), which Connection has to name but may not.
   */
  public static final Set<String> NAMES =
      Set.of(
          "connection",
          "http2-settings",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /**
   * Names in lower case of what a client and its next proxy tell each other (RFC 9110 section
   * 11.7): a proxy that asks for no credentials passes on neither side's.
   */
  public static final Set<String> OF_PROXY_AUTHENTICATION =
      Set.of("proxy-authenticate", "proxy-authentication-info", "proxy-authorization");

  private ConnectionHeaders() {}

  /** {@link #NAMES} and those that {@code Connection} of these headers names, in lower case. */
  public static Set<String> namesIn(MultiMap headers) {
    if (!headers.contains(HttpHeaders.CONNECTION)) {
      return NAMES;
    }
    Set<String> names = new HashSet<>(NAMES);
    for (String options : headers.getAll(HttpHeaders.CONNECTION)) {
      for (String option : options.split(",")) {
        String name = option.strip();
        if (!name.isEmpty()) {
          names.add(name.toLowerCase(Locale.ROOT));
        }
      }
    }
    return names;
  }

  /** Removes {@link #NAMES} and those that {@code Connection} names. */
  public static void removeFrom(MultiMap headers) {
    namesIn(headers).forEach(headers::remove);
  }
}
