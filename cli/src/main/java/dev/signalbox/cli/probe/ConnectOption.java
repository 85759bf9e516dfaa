package dev.signalbox.cli.probe;

import dev.signalbox.platform.node.StartException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where to connect: {@code --connect-to HOST[:PORT]}, or curl's {@code HOST1:PORT1:HOST2:PORT2} and
 * {@code --resolve HOST:PORT:ADDRESS}, which hold for one host and port only.
 */
final class ConnectOption {

  private static final String HOST = "(\\[[^\\]]*\\]|[^:\\[\\]]*)";

  private static final Pattern CURLS_CONNECT_TO =
      Pattern.compile(HOST + ":(\\d{0,5}):" + HOST + ":(\\d{0,5})");

  private static final Pattern RESOLVE =
      Pattern.compile("\\+?" + HOST + ":(\\d{1,5}):(\\[[^\\],]+\\]|[^\\[\\],]+)(?:,.*)?");

  private ConnectOption() {}

  /**
   * The parameter {@code connect_to} of the task; null for the host of the URL.
   *
   * @throws StartException when an option is malformed
   */
  static @Nullable String target(String url, @Nullable String connectTo, @Nullable String resolve) {
    if (connectTo != null) {
      Matcher curls = CURLS_CONNECT_TO.matcher(connectTo);
      if (!curls.matches()) {
        return connectTo; // Ours; the task checks it.
      }
      if (holds(url, curls.group(1), curls.group(2))) {
        String host = curls.group(3).isEmpty() ? host(url) : curls.group(3);
        String port = curls.group(4).isEmpty() ? "" + port(url) : curls.group(4);
        return host + ":" + port;
      }
    }
    if (resolve != null) {
      Matcher matcher = RESOLVE.matcher(resolve);
      if (!matcher.matches()) {
        throw new StartException("--resolve must be HOST:PORT:ADDRESS, not '" + resolve + "'");
      }
      String host = matcher.group(1).equals("*") ? "" : matcher.group(1);
      if (holds(url, host, matcher.group(2))) {
        String address = matcher.group(3);
        boolean bare = address.indexOf(':') >= 0 && !address.startsWith("[");
        return bare ? "[" + address + "]" : address;
      }
    }
    return null;
  }

  /** Whether a pair is that of the URL; an empty host or port stands for any. */
  private static boolean holds(String url, String host, String port) {
    return (host.isEmpty() || host.equalsIgnoreCase(host(url)))
        && (port.isEmpty() || Integer.parseInt(port) == port(url));
  }

  private static String host(String url) {
    String host = uri(url).getHost();
    return host == null ? "" : host;
  }

  private static int port(String url) {
    int port = uri(url).getPort();
    return port >= 0 ? port : "https".equalsIgnoreCase(uri(url).getScheme()) ? 443 : 80;
  }

  private static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw new StartException("'" + url + "' is not a URL: " + e.getReason(), e);
    }
  }
}
