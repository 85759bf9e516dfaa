package dev.signalbox.gateway.server;

import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.platform.http.ConnectionHeaders;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Headers between a client and a server on demand, beyond what vertx-http-proxy does: those of one
 * connection, those that say where the request came from, and paths under the prefix.
 */
final class ProxyHeaders {

  private static final List<String> OF_UNKNOWN_PROXIES =
      List.of(
          "Forwarded",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Real-IP",
          // RFC 9440, and Envoy's: a server would take them for the gateway's word.
          "Client-Cert",
          "Client-Cert-Chain",
          "X-Forwarded-Client-Cert");

  /** They would apply to every path of the gateway. */
  private static final List<String> OF_WHOLE_SITE =
      List.of(
          "Alt-Svc",
          "Clear-Site-Data",
          "Service-Worker-Allowed",
          "Strict-Transport-Security",
          "X-Request-Id");

  private ProxyHeaders() {}

  /**
   * Prepares the headers of a request.
   *
   * @param client who sent it
   * @param prefix what the server does not see of the path
   * @param tokens whether Authorization is for the gateway
   * @param trace what the server's work is part of; null when not traced
   */
  static void prepareRequest(
      HttpServerRequest request,
      ClientAddress client,
      MultiMap headers,
      String prefix,
      boolean tokens,
      @Nullable TraceContext trace) {
    removeOfOneConnection(headers);
    // The gateway answers it, when the server's connection takes the body.
    headers.remove(HttpHeaders.EXPECT);
    if (tokens) {
      headers.remove(HttpHeaders.AUTHORIZATION);
    }
    if (trace != null) {
      setTrace(headers, trace);
    }
    // What anybody may have written there. The gateway says what it knows, in the fields below.
    OF_UNKNOWN_PROXIES.forEach(headers::remove);
    String from = client.host();
    if (from != null) {
      headers.set("X-Forwarded-For", from);
    }
    HostAndPort called = request.authority();
    String host = client.authority();
    if (host != null || called != null) {
      headers.set("X-Forwarded-Host", host == null ? String.valueOf(called) : host);
    }
    headers.set("X-Forwarded-Proto", client.secure() ? "https" : "http");
    headers.set("X-Forwarded-Prefix", prefix);
  }

  // Those of the client name the client's span, and a server on demand works below the gateway's.
  static void setTrace(MultiMap headers, TraceContext trace) {
    headers.set(TraceContext.PARENT, trace.parent());
    String state = trace.state();
    if (state.isEmpty()) {
      headers.remove(TraceContext.STATE);
    } else {
      headers.set(TraceContext.STATE, state);
    }
  }

  /**
   * Prepares the headers of a response.
   *
   * @param host authority of the request, which the server saw as its own; null without one
   */
  static void prepareResponse(MultiMap headers, String prefix, @Nullable String host) {
    removeOfOneConnection(headers);
    OF_WHOLE_SITE.forEach(headers::remove);
    replaceAll(headers, "Location", value -> location(value, prefix, host));
    replaceAll(headers, "Content-Location", value -> location(value, prefix, host));
    replaceAll(headers, "Set-Cookie", value -> cookie(value, prefix));
  }

  private static void removeOfOneConnection(MultiMap headers) {
    ConnectionHeaders.removeFrom(headers);
    ConnectionHeaders.OF_PROXY_AUTHENTICATION.forEach(headers::remove);
  }

  private interface Rewriting {
    String of(String value);
  }

  private static void replaceAll(MultiMap headers, String name, Rewriting rewriting) {
    List<String> values = headers.getAll(name);
    if (!values.isEmpty()) {
      headers.set(name, values.stream().map(rewriting::of).toList());
    }
  }

  /** A path of the server, as the client reaches it; other addresses stay as they are. */
  static String location(String value, String prefix, @Nullable String host) {
    String path = value;
    if (host != null) {
      for (String scheme : List.of("http://", "https://")) {
        String own = scheme + host;
        if (value.regionMatches(true, 0, own, 0, own.length())
            && (value.length() == own.length() || "/?#".indexOf(value.charAt(own.length())) >= 0)) {
          path = value.substring(own.length());
          path = path.startsWith("/") ? path : "/" + path;
        }
      }
    }
    return path.startsWith("/") && !path.startsWith("//") ? prefix + path : value;
  }

  /** A cookie for the server's paths alone, and for no other host than the gateway's. */
  static String cookie(String value, String prefix) {
    StringBuilder cookie = new StringBuilder();
    String path = "/";
    for (String part : value.split(";")) {
      String attribute = part.strip();
      // Browsers allow spaces around the equals sign (RFC 6265 section 5.2).
      int equals = attribute.indexOf('=');
      String name =
          (equals < 0 ? attribute : attribute.substring(0, equals))
              .strip()
              .toLowerCase(Locale.ROOT);
      if (cookie.isEmpty()) {
        cookie.append(attribute);
      } else if (name.equals("path")) {
        String wanted = attribute.substring(equals + 1).strip();
        path = wanted.startsWith("/") ? wanted : "/";
      } else if (!name.equals("domain") && !attribute.isEmpty()) {
        cookie.append("; ").append(attribute);
      }
    }
    return cookie.append("; Path=").append(prefix).append(path).toString();
  }
}
