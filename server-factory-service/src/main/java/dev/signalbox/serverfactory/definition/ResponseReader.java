package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.definition.RouteResponse.Body;
import dev.signalbox.serverfactory.definition.RouteResponse.ErrorRate;
import dev.signalbox.serverfactory.definition.RouteResponse.Header;
import dev.signalbox.serverfactory.template.Escaping;
import dev.signalbox.serverfactory.template.ResponseTemplate;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the responses of a server's routes, and adds up the bytes of their bodies. */
final class ResponseReader {

  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_VALUE = 8_192;
  private static final int MAX_CHUNKS = 10_000;

  /**
   * Without these the framing would be wrong; faults are there to make it so. Not all headers of a
   * connection: a route may answer with Connection, and others do no harm.
   */
  private static final Set<String> FRAMING =
      Set.of("content-length", "transfer-encoding", "trailer", "upgrade", "keep-alive");

  private static final List<String> CONTENTS = List.of("body", "body_base64", "json", "file");

  private final DefinitionLimits limits;
  private long bytes;

  ResponseReader(DefinitionLimits limits) {
    this.limits = limits;
  }

  /** Bytes of all bodies read. */
  long bytes() {
    return bytes;
  }

  RouteResponse read(RequestObject response, int times) {
    boolean template = response.bool("template", false);
    List<Header> headers = headers(response, template);
    String mediaType =
        headers.stream()
            .filter(header -> header.name().toString().equals("content-type"))
            .findFirst()
            .map(header -> header.value().toString())
            .orElse(null);
    Content content = content(response, template, mediaType);
    if (mediaType == null && content.mediaType() != null) {
      headers.add(header("content-type", content.mediaType(), null));
    }
    Delay delay = delay(response);
    Dribble dribble = dribble(response);
    Fault fault = response.has("fault") ? fault(response.oneOf("fault", "", Fault.NAMES)) : null;
    if (response.has("fault_percent") && fault == null) {
      response.problem("fault_percent", "must not be there without fault");
    }
    return new RouteResponse(
        status(response),
        headers,
        content.body(),
        delay,
        dribble,
        fault,
        response.decimal("fault_percent", 100, 0, 100),
        error(response),
        ProxyReader.read(response, false),
        times);
  }

  private static @Nullable Fault fault(String label) {
    return label.isEmpty() ? null : Fault.of(label);
  }

  private static int status(RequestObject response) {
    int status = (int) response.integer("status", 200, 100, 599);
    if (status < 200 && status != 103) {
      response.problem("status", "must be 200 to 599, or 103");
      return 200;
    }
    return status;
  }

  private static Header header(String name, String value, @Nullable ResponseTemplate template) {
    return new Header(
        HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value), template);
  }

  private static List<Header> headers(RequestObject response, boolean template) {
    RequestObject object = response.object("headers");
    List<Header> headers = new ArrayList<>();
    for (String name : object.names()) {
      Object value = object.any(name);
      String lower = name.toLowerCase(Locale.ROOT);
      if (!HeaderText.isToken(name)) {
        object.problem(name, "must be the name of a header");
        continue;
      }
      if (FRAMING.contains(lower)) {
        object.problem(name, "must be left to the server, which knows the length and the framing");
        continue;
      }
      if (value == null) {
        continue;
      }
      for (Object item : value instanceof List<?> list ? list : List.of(value)) {
        if (!(item instanceof String text)
            || text.length() > MAX_HEADER_VALUE
            || !HeaderText.isValue(text)) {
          object.problem(
              name,
              "must be a text of at most "
                  + MAX_HEADER_VALUE
                  + " characters of ISO 8859-1 without control characters, or an array of such");
          continue;
        }
        headers.add(
            header(
                lower,
                text,
                template && text.contains("{{")
                    ? compile(object, name, text, Escaping.HEADER)
                    : null));
      }
    }
    if (headers.size() > MAX_HEADERS) {
      response.problem("headers", "must have at most " + MAX_HEADERS + " values");
    }
    return headers;
  }

  private static @Nullable ResponseTemplate compile(
      RequestObject holder, String field, String text, Escaping escaping) {
    try {
      return ResponseTemplate.compile(text, escaping);
    } catch (IllegalArgumentException e) {
      holder.problem(field, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** A body, and its media type where headers name none. */
  private record Content(Body body, @Nullable String mediaType) {}

  private Content content(RequestObject response, boolean template, @Nullable String mediaType) {
    List<String> given = CONTENTS.stream().filter(response.names()::contains).toList();
    given.forEach(response::any); // The field that is too many is known nevertheless.
    if (given.isEmpty()) {
      return new Content(RouteResponse.EMPTY, null);
    }
    String field = given.getFirst();
    if (given.size() > 1) {
      response.problem(given.get(1), "must not be there beside " + field);
    }
    return switch (field) {
      case "body" -> {
        String text = response.optionalText("body", limits.text());
        yield text(
            response,
            field,
            text == null ? "" : text,
            template,
            mediaType,
            Page.contentType(text == null ? "" : text));
      }
      case "json" -> {
        Object json = response.any("json");
        yield text(
            response,
            field,
            json == null ? "null" : Json.text(json),
            template,
            mediaType,
            "application/json");
      }
      case "body_base64" -> {
        String text = response.optionalText("body_base64", limits.text());
        byte[] decoded = {};
        try {
          decoded = Base64.getDecoder().decode(text == null ? "" : text);
        } catch (IllegalArgumentException e) {
          response.problem("body_base64", "must be base64");
        }
        yield new Content(fixed(Buffer.buffer(decoded)), "application/octet-stream");
      }
      default -> {
        String path = response.line("file", Page.LONGEST_URI);
        // The media type is the file's own.
        yield new Content(new Body.File(path.startsWith("/") ? path : "/" + path), null);
      }
    };
  }

  private Content text(
      RequestObject response,
      String field,
      String text,
      boolean template,
      @Nullable String mediaType,
      String usual) {
    if (template && text.contains("{{")) {
      bytes += text.length();
      ResponseTemplate compiled =
          compile(response, field, text, Escaping.of(mediaType == null ? usual : mediaType));
      return new Content(
          compiled == null ? RouteResponse.EMPTY : new Body.Template(compiled), usual);
    }
    return new Content(fixed(Buffer.buffer(text)), usual);
  }

  private Body fixed(Buffer buffer) {
    bytes += buffer.length();
    return new Body.Bytes(buffer);
  }

  private static @Nullable Delay delay(RequestObject response) {
    boolean fixed = response.has("delay_ms");
    Delay read = fixed ? new Delay.Fixed(response.integer("delay_ms", 0, 0, Delay.MAX_MS)) : null;
    if (!response.has("delay")) {
      return read;
    }
    if (RequestObject.wholeNumber(response.any("delay")).isPresent()) {
      if (fixed) {
        response.problem("delay", "must not be a number beside delay_ms");
      }
      return new Delay.Fixed(response.integer("delay", 0, 0, Delay.MAX_MS));
    }
    RequestObject delay = response.object("delay");
    if (delay.names().size() != 1) {
      response.problem("delay", "must have one of uniform, lognormal, dribble");
    }
    if (delay.has("dribble")) {
      return read;
    }
    if (fixed) {
      response.problem("delay", "must be dribble beside delay_ms");
    }
    if (delay.has("uniform")) {
      RequestObject bounds = delay.items("uniform", 2);
      long min = bounds.integer("0", -1, 0, Delay.MAX_MS);
      long max = bounds.integer("1", -1, 0, Delay.MAX_MS);
      if (min < 0 || max < min) {
        delay.problem("uniform", "must be two numbers, the lower first");
        return null;
      }
      return new Delay.Uniform(min, max);
    }
    if (delay.has("lognormal")) {
      RequestObject shape = delay.object("lognormal");
      if (!shape.has("median")) {
        shape.problem("median", "is required");
      }
      return new Delay.LogNormal(
          shape.decimal("median", 0, 0, Delay.MAX_MS), shape.decimal("sigma", 0, 0, 10));
    }
    return null;
  }

  private static @Nullable Dribble dribble(RequestObject response) {
    if (!(response.any("delay") instanceof Map<?, ?> map) || !map.containsKey("dribble")) {
      return null;
    }
    RequestObject dribble = response.object("delay").object("dribble");
    return new Dribble(
        (int) dribble.integer("chunks", 1, 1, MAX_CHUNKS),
        dribble.integer("over_ms", 0, 0, Delay.MAX_MS));
  }

  private static @Nullable ErrorRate error(RequestObject response) {
    if (!response.has("error")) {
      return null;
    }
    RequestObject error = response.object("error");
    return new ErrorRate(
        (int) error.integer("status", 500, 400, 599), error.decimal("percent", 100, 0, 100));
  }
}
