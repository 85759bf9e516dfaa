package dev.signalbox.serverfactory.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.StrictJson;
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

  /** As JSON; null when it is none, or has more values than {@link JsonLimits#DEFAULT} allows. */
  public @Nullable JsonNode json() {
    if (!parsed) {
      parsed = true;
      json = parse();
    }
    return json;
  }

  private @Nullable JsonNode parse() {
    if (bytes.length() == 0) {
      return null;
    }
    try {
      Object value = StrictJson.value(bytes.getBytes(), JsonLimits.DEFAULT);
      return value == null ? NullNode.getInstance() : Json.tree(value);
    } catch (JsonInputException e) {
      return null;
    }
  }
}
