package dev.signalbox.gateway.routing;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.ParsedHeaderValue;
import io.vertx.ext.web.ParsedHeaderValues;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The content codings that a client prefers to identity (RFC 9110 section 12.5.3). Clients send few
 * distinct headers, so results are cached. Belongs to one event loop.
 */
public final class AcceptEncoding {

  private static final int MAX_CACHED = 64;
  private static final int MAX_LENGTH = 500;

  /** Codings of the gateway, best first; this order decides between equal weights. */
  private static final List<String> CODINGS = List.of("br", "zstd", "gzip");

  private final Map<String, List<String>> cache = new HashMap<>();

  /** The codings that a request accepts, best first; the same list object for the same header. */
  public List<String> of(RoutingContext ctx) {
    String header = ctx.request().headers().get(HttpHeaders.ACCEPT_ENCODING);
    if (header == null) {
      return List.of();
    }
    List<String> known = cache.get(header);
    if (known != null) {
      return known;
    }
    List<String> codings = best(ctx);
    if (cache.size() < MAX_CACHED && header.length() <= MAX_LENGTH) {
      cache.put(header, codings);
    }
    return codings;
  }

  /** Whether a request accepts gzip. */
  public static boolean gzip(RoutingContext ctx) {
    return best(ctx).contains("gzip");
  }

  private static List<String> best(RoutingContext ctx) {
    return PreferenceHeaders.read(ctx, ParsedHeaderValues::acceptEncoding, AcceptEncoding::best);
  }

  private static List<String> best(List<ParsedHeaderValue> accepted) {
    Map<String, Float> weights = new HashMap<>();
    for (ParsedHeaderValue item : accepted) {
      String coding = item.value().strip().toLowerCase(Locale.ROOT);
      weights.put(coding.equals("x-gzip") ? "gzip" : coding, item.weight());
    }
    float any = weights.getOrDefault("*", 0f);
    float identity = weights.getOrDefault("identity", 0f);
    Map<String, Float> acceptable = new HashMap<>();
    for (String coding : CODINGS) {
      float weight = weights.getOrDefault(coding, any);
      // A client that weighs identity higher gets identity.
      if (weight > 0 && weight >= identity) {
        acceptable.put(coding, weight);
      }
    }
    return CODINGS.stream()
        .filter(acceptable::containsKey)
        .sorted(Comparator.comparing(acceptable::get, Comparator.reverseOrder()))
        .toList();
  }
}
