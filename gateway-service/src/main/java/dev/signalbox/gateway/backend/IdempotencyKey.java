package dev.signalbox.gateway.backend;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header Idempotency-Key, which makes a request repeatable. */
public final class IdempotencyKey {

  /** Set when the response repeats that of an earlier request with the same key. */
  public static final String REPLAYED = "Idempotency-Replayed";

  private static final int MAX_LENGTH = 200;

  private IdempotencyKey() {}

  /**
   * The key of a request; null without one.
   *
   * @throws HttpException 400 unless sent once, with 1 to 200 printable ASCII characters
   */
  public static @Nullable String of(RoutingContext ctx) {
    List<String> keys = ctx.request().headers().getAll("Idempotency-Key");
    if (keys.isEmpty()) {
      return null;
    }
    String key = keys.getFirst();
    boolean fine =
        keys.size() == 1
            && !key.isEmpty()
            && key.length() <= MAX_LENGTH
            && key.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (!fine) {
      throw HttpException.of(
          400,
          "INVALID_REQUEST",
          "Idempotency-Key must be sent once, with 1 to "
              + MAX_LENGTH
              + " printable ASCII characters");
    }
    return key;
  }

  /** The headers of a response that may repeat an earlier one. */
  public static Map<String, String> headers(boolean replayed) {
    return replayed ? Map.of(REPLAYED, "true") : Map.of();
  }
}
