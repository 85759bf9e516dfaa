package dev.signalbox.gateway.limit;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields {@code RateLimit} and {@code RateLimit-Policy} of a response, by
 * draft-ietf-httpapi-ratelimit-headers-10.
 */
public final class RateLimitFields {

  private static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("RateLimit");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("RateLimit-Policy");

  private RateLimitFields() {}

  /**
   * Sets what is left of a policy; what the fields say of others stays.
   *
   * @param policy its name
   * @param quota what it grants in a window
   * @param seconds until more is left; 0 when all is
   */
  public static void set(
      MultiMap headers,
      String policy,
      long quota,
      long windowSeconds,
      long remaining,
      long seconds) {
    String name = "\"" + policy + "\"";
    headers.set(POLICY, with(headers.get(POLICY), name, ";q=" + quota + ";w=" + windowSeconds));
    headers.set(
        RATE_LIMIT,
        with(
            headers.get(RATE_LIMIT),
            name,
            ";r=" + remaining + (seconds == 0 ? "" : ";t=" + seconds)));
  }

  private static String with(@Nullable String list, String name, String parameters) {
    String item = name + parameters;
    return list == null
        ? item
        : Stream.concat(
                // No name of a policy has a comma.
                Arrays.stream(list.split(", ", -1)).filter(other -> !other.startsWith(name)),
                Stream.of(item))
            .collect(Collectors.joining(", "));
  }
}
