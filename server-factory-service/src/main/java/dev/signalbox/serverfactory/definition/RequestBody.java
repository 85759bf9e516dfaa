package dev.signalbox.serverfactory.definition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.serverfactory.body.JsonBody;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The body of a request, decoded when it is asked for, and once. Used from one thread. */
public final class RequestBody {

  private final Buffer bytes;
  private @Nullable String text;
  private @Nullable JsonNode json;
  private boolean parsed;

  public RequestBody(Buffer bytes) {
    this.bytes = bytes;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  public String text() {
    String known = text;
    if (known == null) {
      known = bytes.toString(StandardCharsets.UTF_8);
      text = known;
    }
    return known;
  }

  /** As JSON; null when it is none, or too large for {@link JsonBody}. */
  public @Nullable JsonNode json() {
    if (!parsed) {
      parsed = true;
      json = bytes.length() == 0 ? null : JsonBody.parse(bytes.getBytes());
    }
    return json;
  }
}
