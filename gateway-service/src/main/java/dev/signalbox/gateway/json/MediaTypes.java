package dev.signalbox.gateway.json;

import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.Exchange;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a body says it is. */
public final class MediaTypes {

  private MediaTypes() {}

  /**
   * Insists on JSON. A missing Content-Type is refused too: a page of another site can send a body
   * without one to a service on this machine, but cannot send JSON without asking first.
   *
   * @throws HttpFault 415
   */
  public static void requireJson(Exchange exchange) {
    String type = essence(exchange);
    if (type == null || !(type.equals("application/json") || type.endsWith("+json"))) {
      throw HttpFault.unsupported("The Content-Type must be application/json");
    }
  }

  /** Content-Type in lower case without parameters; null when there is none. */
  public static @Nullable String essence(Exchange exchange) {
    String header = exchange.header(HttpHeaders.CONTENT_TYPE);
    if (header == null || header.isBlank()) {
      return null;
    }
    int semicolon = header.indexOf(';');
    return (semicolon < 0 ? header : header.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** Whether the client wants this media type and says so by name. */
  public static boolean accepts(Exchange exchange, String type) {
    String accept = exchange.header(HttpHeaders.ACCEPT);
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(type);
  }
}
