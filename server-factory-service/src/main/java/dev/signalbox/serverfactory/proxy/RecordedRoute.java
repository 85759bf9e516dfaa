package dev.signalbox.serverfactory.proxy;

import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.serverfactory.serving.ReceivedRequest;
import dev.signalbox.serverfactory.serving.UpstreamResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A route that answers as a target did, for requests of the same method, path and query. Nothing of
 * the request's headers and body is kept: credentials are there.
 */
public final class RecordedRoute {

  private static final int MAX_NAME = 100;

  /** What every answer gets anew, or what depends on how it is sent. */
  private static final Set<String> NOT_KEPT =
      Set.of("date", "server", "via", "content-length", "age");

  private RecordedRoute() {}

  /**
   * The route in the JSON of a definition.
   *
   * @param maxBody bytes
   * @return empty when the target did not answer, or with a larger body
   */
  public static Optional<Map<String, Object>> of(
      ReceivedRequest request, UpstreamResponse response, int maxBody) {
    if (!response.answered() || response.body().length() > maxBody || request.path().isEmpty()) {
      return Optional.empty();
    }
    Map<String, Object> match = new LinkedHashMap<>();
    match.put("method", request.method());
    match.put("path", request.path());
    if (!request.query().isEmpty()) {
      Map<String, Object> query = new LinkedHashMap<>();
      request.query().forEach((name, values) -> query.put(name, List.copyOf(values)));
      match.put("query", query);
    }
    Map<String, Object> route = new LinkedHashMap<>();
    String name = "recorded " + request.method() + " " + request.path();
    route.put("name", name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME));
    route.put("match", match);
    route.put("response", answer(response));
    return Optional.of(route);
  }

  private static Map<String, Object> answer(UpstreamResponse response) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("status", response.status());
    Map<String, List<String>> headers = new LinkedHashMap<>();
    boolean encoded = false;
    for (Header header : response.headers()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (!NOT_KEPT.contains(name)) {
        headers.computeIfAbsent(name, _ -> new ArrayList<>()).add(header.value());
      }
      encoded |= name.equals("content-encoding");
    }
    if (!headers.isEmpty()) {
      Map<String, Object> kept = new LinkedHashMap<>();
      headers.forEach(
          (name, values) -> kept.put(name, values.size() == 1 ? values.getFirst() : values));
      answer.put("headers", kept);
    }
    byte[] body = response.body().getBytes();
    if (body.length > 0) {
      String text = encoded ? null : text(body);
      answer.put(
          text == null ? "body_base64" : "body",
          text == null ? Base64.getEncoder().encodeToString(body) : text);
    }
    return answer;
  }

  /** The bytes as text; null when they are not that of UTF-8. */
  private static @Nullable String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException bytes) {
      return null;
    }
  }
}
