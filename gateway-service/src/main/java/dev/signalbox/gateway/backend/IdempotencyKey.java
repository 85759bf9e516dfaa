package dev.signalbox.gateway.backend;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** The header with which a client makes a request repeatable. */
public final class IdempotencyKey {

  private static final int MAX_LENGTH = 200;

  private IdempotencyKey() {}

  /**
   * The key of a request; null when it has none.
   *
   * @throws HttpException 400 unless 1 to 200 printable ASCII characters
   */
  public static @Nullable String of(RoutingContext ctx) {
    String key = ctx.request().headers().get("Idempotency-Key");
    if (key == null) {
      return null;
    }
    boolean fine =
        !key.isEmpty()
            && key.length() <= MAX_LENGTH
            && key.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (!fine) {
      throw HttpException.of(
          400,
          "INVALID_REQUEST",
          "Idempotency-Key must be 1 to " + MAX_LENGTH + " printable ASCII characters");
    }
    return key;
  }
}
