package dev.signalbox.gateway.route;

import dev.signalbox.platform.json.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers in the conventions of {@code /api/v1}. */
public final class Answers {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Answers() {}

  /**
   * A page of a list.
   *
   * @param items the page
   * @param next cursor of the next page; null on the last
   */
  public record Page<T>(List<T> items, @Nullable String next) {}

  /** A record, map or list as JSON. */
  public static Answer json(int status, Object value) {
    return Answer.json(status, Buffer.buffer(Json.bytes(value)));
  }

  /** A page of a list. */
  public static <T> Answer page(List<T> items, @Nullable String next) {
    return json(200, new Page<>(items, next));
  }

  /** A time as RFC 3339 in UTC with milliseconds. */
  public static String time(long epochMs) {
    return TIME.format(Instant.ofEpochMilli(epochMs));
  }
}
