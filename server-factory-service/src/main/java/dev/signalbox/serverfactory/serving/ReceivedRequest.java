package dev.signalbox.serverfactory.serving;

import dev.signalbox.serverfactory.body.MatchBudget;
import dev.signalbox.serverfactory.definition.PagePath;
import dev.signalbox.serverfactory.definition.RequestBody;
import dev.signalbox.serverfactory.definition.RequestValues;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request with its whole body. What it says is taken apart when it is asked for, and once. Used
 * from one event loop.
 */
public final class ReceivedRequest {

  private final HttpServerRequest request;
  private final Buffer body;
  private final String method;
  private final String target;
  private final MatchBudget budget = new MatchBudget();
  private @Nullable String path;
  private @Nullable Map<String, List<String>> query;
  private @Nullable Map<String, List<String>> cookies;
  private @Nullable RequestBody content;

  ReceivedRequest(HttpServerRequest request, Buffer body) {
    this.request = request;
    this.body = body;
    this.method = request.method().name();
    // CONNECT of HTTP/2 has none.
    this.target = Objects.requireNonNullElse(request.uri(), "");
  }

  /** Such as {@code GET}. */
  public String method() {
    return method;
  }

  /** As in the request line: path and query, or a whole URI, or an asterisk. */
  public String target() {
    return target;
  }

  /** The path as it was sent, without the query; empty when the target has none. */
  public String rawPath() {
    String raw = request.path();
    return raw == null ? "" : raw;
  }

  /** The path in the form in which equal ones are equal; empty when the target has none. */
  public String path() {
    String known = path;
    if (known == null) {
      String raw = rawPath();
      known = raw.startsWith("/") ? PagePath.normal(raw) : "";
      path = known;
    }
    return known;
  }

  /** The query of the target without its question mark; null without one. */
  public @Nullable String rawQuery() {
    return request.query();
  }

  /** The parameters of the query by name, decoded, in their order. */
  public Map<String, List<String>> query() {
    Map<String, List<String>> known = query;
    if (known == null) {
      known = RequestValues.query(request.query());
      query = known;
    }
    return known;
  }

  /** The cookies by name, in their order. */
  public Map<String, List<String>> cookies() {
    Map<String, List<String>> known = cookies;
    if (known == null) {
      known = RequestValues.cookies(headers().getAll("cookie"));
      cookies = known;
    }
    return known;
  }

  /** The headers as they came in; names in any case. Not to be changed. */
  public MultiMap headers() {
    return request.headers();
  }

  /**
   * The values of a header, in their order.
   *
   * @param name in lower case
   */
  public List<String> header(String name) {
    if (name.equals("host") && version() == HttpVersion.HTTP_2) {
      // There it is the pseudo-header :authority.
      HostAndPort authority = authority();
      return authority == null ? headers().getAll(name) : List.of(authority.toString());
    }
    return headers().getAll(name);
  }

  /** The body, empty when there is none. Not to be changed. */
  public Buffer body() {
    return body;
  }

  /** The body as text and JSON. */
  public RequestBody content() {
    RequestBody known = content;
    if (known == null) {
      known = new RequestBody(body);
      content = known;
    }
    return known;
  }

  /** What is left of the work that may be done to find its route. */
  MatchBudget budget() {
    return budget;
  }

  /** Host and port that the client asked for; null when it named none. */
  public @Nullable HostAndPort authority() {
    return request.authority();
  }

  /** Whether it came over TLS. */
  public boolean tls() {
    return request.isSSL();
  }

  public HttpVersion version() {
    return request.version();
  }

  /** Address of the client. */
  public SocketAddress peer() {
    return request.remoteAddress();
  }
}
