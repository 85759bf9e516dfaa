package dev.signalbox.serverfactory.proxy;

import dev.signalbox.platform.http.ConnectionHeaders;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The headers of a message that are not of its connection, RFC 9110 section 7.6.1. */
final class EndToEndHeaders {

  private EndToEndHeaders() {}

  /**
   * The headers in their order.
   *
   * @param without further names, in lower case
   */
  static List<Map.Entry<String, String>> of(MultiMap headers, Set<String> without) {
    Set<String> left = new HashSet<>(without);
    left.addAll(ConnectionHeaders.namesIn(headers));
    left.addAll(ConnectionHeaders.OF_PROXY_AUTHENTICATION);
    List<Map.Entry<String, String>> kept = new ArrayList<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!left.contains(name) && !name.startsWith(":")) {
        kept.add(header);
      }
    }
    return kept;
  }
}
