package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rejects requests for other host names than the door's. In a DNS rebinding attack a page of
 * another site resolves its own name to this machine; its requests carry that name.
 */
public final class HostRule implements RequestRule {

  private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._~:\\[\\]%-]{1,300}");

  private final Set<String> allowed = new HashSet<>();
  private final Set<String> anyPort = new HashSet<>();
  private final boolean portNeeded;
  private final boolean everything;

  /**
   * A handler for a door.
   *
   * @param names configured names
   * @param bind the bound address; a name too unless it is a wildcard
   * @param port the bound port
   * @param secure whether the door uses TLS
   */
  public HostRule(List<String> names, String bind, int port, boolean secure) {
    this.portNeeded = !secure;
    for (String loopback : List.of("localhost", "127.0.0.1", "[::1]")) {
      allow(loopback, port);
    }
    if (!bind.equals("0.0.0.0") && !bind.equals("::")) {
      allow(bind.indexOf(':') >= 0 && !bind.startsWith("[") ? "[" + bind + "]" : bind, port);
    }
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      (hasPort(lower) ? allowed : anyPort).add(lower);
    }
    this.everything = names.contains("*");
  }

  private void allow(String name, int port) {
    String lower = name.toLowerCase(Locale.ROOT);
    allowed.add(lower + ":" + port);
    // Clients of DNS over HTTPS such as kdig omit the port. That is harmless: a rebinding attack
    // cannot choose the name.
    if (!portNeeded || port == 80) {
      allowed.add(lower);
    }
  }

  private static boolean hasPort(String name) {
    return name.lastIndexOf(':') > name.lastIndexOf(']') && name.indexOf(':') >= 0;
  }

  @Override
  public void check(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
    if (hosts.size() > 1) {
      throw HttpException.malformed("More than one Host header");
    }
    String uri = request.uri();
    String authority = hosts.isEmpty() ? pseudoHeader(request) : hosts.getFirst();
    if (authority == null && request.version() != HttpVersion.HTTP_1_0) {
      throw HttpException.malformed("The Host header is missing");
    }
    if (!uri.startsWith("/") && !uri.equals("*")) {
      // RFC 9112 section 3.2.2: the target of an absolute form replaces the Host header.
      authority = authorityOf(uri);
      if (authority == null) {
        throw HttpException.malformed("The request target is neither a path nor an http URI");
      }
    }
    // HTTP/1.0 has no Host; browsers do not use it, so rebinding attacks cannot either.
    if (authority != null) {
      check(authority, "The Host header");
    }
    // A proxy that replaces Host says here what the browser sent.
    String called = RequestScope.of(ctx).client().authority();
    if (called != null) {
      check(called, "The host that the proxy names");
    }
  }

  private void check(String authority, String source) {
    if (allowed.contains(authority)) {
      return;
    }
    if (!WELL_FORMED.matcher(authority).matches()) {
      throw HttpException.malformed(source + " is not a host");
    }
    if (everything) {
      return;
    }
    String lower = authority.toLowerCase(Locale.ROOT);
    String name = hasPort(lower) ? lower.substring(0, lower.lastIndexOf(':')) : lower;
    if (!allowed.contains(lower) && !anyPort.contains(name)) {
      throw HttpException.of(
          403,
          "HOST_NOT_ALLOWED",
          "This host name is not allowed; gateway.hosts lists those that are");
    }
  }

  /** HTTP/2's :authority, which replaces Host (RFC 9113 section 8.3.1). */
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
}
