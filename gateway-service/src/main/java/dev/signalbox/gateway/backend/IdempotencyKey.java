package dev.signalbox.gateway.backend;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header with which a client makes a request repeatable. */
public final class IdempotencyKey {

  /** Says that the response repeats the one to an earlier request with the same key. */
  public static final String REPLAYED = "Idempotency-Replayed";

  private static final int MAX_LENGTH = 200;

  private IdempotencyKey() {}

  /**
   * The key of a request; null when it has none.
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
