package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names that a door answers to. A page of another site whose name has been pointed at this
 * machine (DNS rebinding) sends its own name, and is refused.
 */
public final class HostHandler implements Handler<RoutingContext> {

  private final Set<String> allowed = new HashSet<>();
  private final Set<String> anyPort = new HashSet<>();
  private final boolean portNeeded;
  private final boolean everything;

  /**
   * A handler for a door.
   *
   * @param names configured names
   * @param bind the address listened on; a name too unless it is a wildcard
   * @param port the port really listened on
   * @param secure whether TLS is spoken there
   */
  public HostHandler(List<String> names, String bind, int port, boolean secure) {
    this.portNeeded = !secure;
    for (String loopback : List.of("localhost", "127.0.0.1", "[::1]")) {
      allow(loopback, port);
    }
    if (!bind.equals("0.0.0.0") && !bind.equals("::")) {
      allow(bind.indexOf(':') >= 0 && !bind.startsWith("[") ? "[" + bind + "]" : bind, port);
    }
    boolean all = false;
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.equals("*")) {
        all = true;
      } else if (hasPort(lower)) {
        allowed.add(lower);
      } else {
        anyPort.add(lower);
      }
    }
    this.everything = all;
  }

  private void allow(String name, int port) {
    String lower = name.toLowerCase(Locale.ROOT);
    allowed.add(lower + ":" + port);
    // Clients of DNS over HTTPS such as kdig name the host alone whatever the port, which does no
    // harm: it is the name that a rebinding attack cannot choose.
    if (!portNeeded || port == 80) {
      allowed.add(lower);
    }
  }

  private static boolean hasPort(String name) {
    return name.lastIndexOf(':') > name.lastIndexOf(']') && name.indexOf(':') >= 0;
  }

  @Override
  public void handle(RoutingContext ctx) {
    HttpException error = check(ctx.request());
    if (error == null) {
      ctx.next();
    } else {
      ctx.fail(error);
    }
  }

  /** Null when the request may pass; else 400 or 403. */
  private @Nullable HttpException check(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.size() > 1) {
      return HttpException.malformed("More than one Host header");
    }
    String uri = request.uri();
    String authority = hosts.isEmpty() ? pseudoHeader(request) : hosts.getFirst();
    if (authority == null && request.version() != HttpVersion.HTTP_1_0) {
      return HttpException.malformed("The Host header is missing");
    }
    if (!uri.startsWith("/") && !uri.equals("*")) {
      // RFC 9112 section 3.2.2: the target of an absolute form replaces the Host header.
      authority = authorityOf(uri);
      if (authority == null) {
        return HttpException.malformed("The request target is neither a path nor an http URI");
      }
    }
    // HTTP/1.0 knows no Host; no browser speaks it, so no rebinding can come that way.
    if (authority == null || everything || allowed.contains(authority)) {
      return null;
    }
    if (!wellFormed(authority)) {
      return HttpException.malformed("The Host header is not a host");
    }
    String lower = authority.toLowerCase(Locale.ROOT);
    String name = hasPort(lower) ? lower.substring(0, lower.lastIndexOf(':')) : lower;
    return allowed.contains(lower) || anyPort.contains(name)
        ? null
        : HttpException.of(403, "HOST_NOT_ALLOWED", "This host name is not served here");
  }

  /** HTTP/2's :authority, which stands in for Host (RFC 9113 section 8.3.1). */
  private static @Nullable String pseudoHeader(HttpServerRequest request) {
    HostAndPort authority = request.version() == HttpVersion.HTTP_2 ? request.authority() : null;
    return authority == null ? null : authority.toString();
  }

  private static @Nullable String authorityOf(String uri) {
    String lower = uri.length() > 8 ? uri.substring(0, 8).toLowerCase(Locale.ROOT) : "";
    int from = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
    if (from < 0) {
      return null;
    }
    int end = from;
    while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    return uri.substring(from, end);
  }

  private static boolean wellFormed(String authority) {
    if (authority.isEmpty() || authority.length() > 300) {
      return false;
    }
    for (int i = 0; i < authority.length(); i++) {
      char c = authority.charAt(i);
      boolean fine =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~:[]%".indexOf(c) >= 0;
      if (!fine) {
        return false;
      }
    }
    return true;
  }
}
