package dev.signalbox.httpprobe.url;

import java.util.Locale;

/**
 * Whom a request is for: credentials go no further (RFC 6454).
 *
 * @param scheme what is spoken there
 * @param host lower-case name in ASCII without a trailing dot, or an IP address as text, IPv6
 *     without brackets
 * @param port 1 to 65535
 */
public record Origin(Scheme scheme, String host, int port) {

  /** What may be probed. */
  public enum Scheme {
    /** In the clear. */
    HTTP(80),
    /** Over TLS. */
    HTTPS(443);

    private final int port;

    Scheme(int port) {
      this.port = port;
    }

    int defaultPort() {
      return port;
    }

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Host and, unless it is the scheme's own, port, as in a URL and the Host header. */
  public String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == scheme.defaultPort() ? name : name + ":" + port;
  }
}
