package dev.signalbox.serverfactory.serving;

import dev.signalbox.serverfactory.definition.Cors;
import io.vertx.core.MultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells browsers which pages of other origins may use a server (the Fetch standard). */
record CorsPolicy(Cors cors) {

  /** Whether a request asks what another one may do. */
  static boolean isPreflight(ReceivedRequest request) {
    return request.method().equals("OPTIONS")
        && request.headers().contains("origin")
        && request.headers().contains("access-control-request-method");
  }

  /**
   * Sets the headers of the response to a preflight.
   *
   * @return its status
   */
  int preflight(ReceivedRequest request, MultiMap headers) {
    headers.add("vary", "origin, access-control-request-method, access-control-request-headers");
    String origin = allowed(request);
    if (origin == null) {
      return 403;
    }
    origin(origin, headers);
    headers.set(
        "access-control-allow-methods",
        given(cors.methods(), request.headers().get("access-control-request-method")));
    String asked = request.headers().get("access-control-request-headers");
    if (asked != null || !cors.headers().isEmpty()) {
      headers.set("access-control-allow-headers", given(cors.headers(), asked));
    }
    if (cors.maxAgeS() >= 0) {
      headers.set("access-control-max-age", Long.toString(cors.maxAgeS()));
    }
    return 204;
  }

  /** Sets the headers of any other response, unless its route has set them. */
  void apply(ReceivedRequest request, MultiMap headers) {
    if (!request.headers().contains("origin") || headers.contains("access-control-allow-origin")) {
      return;
    }
    headers.add("vary", "origin");
    String origin = allowed(request);
    if (origin == null) {
      return;
    }
    origin(origin, headers);
    if (!cors.exposeHeaders().isEmpty()) {
      headers.set("access-control-expose-headers", String.join(", ", cors.exposeHeaders()));
    }
  }

  private static String given(List<String> names, @Nullable String asked) {
    return names.isEmpty() && asked != null ? asked : String.join(", ", names);
  }

  /** What a response names as allowed: with credentials an asterisk would count for nothing. */
  private @Nullable String allowed(ReceivedRequest request) {
    String origin = request.headers().get("origin");
    if (cors.origins().contains("*")) {
      return cors.credentials() ? origin : "*";
    }
    return origin != null && cors.origins().contains(origin) ? origin : null;
  }

  private void origin(String origin, MultiMap headers) {
    headers.set("access-control-allow-origin", origin);
    if (cors.credentials()) {
      headers.set("access-control-allow-credentials", "true");
    }
  }
}
