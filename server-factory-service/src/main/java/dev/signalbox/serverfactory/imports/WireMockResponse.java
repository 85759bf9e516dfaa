package dev.signalbox.serverfactory.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a response of WireMock's {@code response}. */
final class WireMockResponse {

  private static final Map<String, String> FAULTS =
      Map.of(
          "EMPTY_RESPONSE", "empty_response",
          "MALFORMED_RESPONSE_CHUNK", "malformed_chunk",
          "RANDOM_DATA_THEN_CLOSE", "garbage",
          "CONNECTION_RESET_BY_PEER", "connection_reset");

  private final ImportNode response;
  private final boolean pathVariables;
  private final Map<String, Object> made = new LinkedHashMap<>();
  private boolean template;

  WireMockResponse(ImportNode response, boolean pathVariables) {
    this.response = response;
    this.pathVariables = pathVariables;
  }

  Map<String, Object> read() {
    for (Object transformer : response.list("transformers")) {
      if ("response-template".equals(transformer)) {
        template = true;
      } else {
        response.note("transformers", "has one that is not known: " + cut(transformer));
      }
    }
    Long status = response.whole("status");
    if (status != null) {
      made.put("status", status);
    }
    headers();
    body();
    delays();
    String fault = response.text("fault");
    if (fault != null) {
      String known = FAULTS.get(fault);
      if (known == null) {
        response.note("fault", "is not known");
      } else {
        made.put("fault", known);
      }
    }
    String proxy = response.text("proxyBaseUrl");
    if (proxy != null) {
      if (proxy.contains("{{")) {
        response.note("proxyBaseUrl", "is left out: the target of a proxy is no template");
      } else {
        made.put("proxy", Map.of("url", proxy));
        made.remove("body");
      }
    }
    if (template) {
      made.put("template", true);
    }
    response.end();
    return made;
  }

  private static String cut(Object value) {
    String text = String.valueOf(value);
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private void headers() {
    ImportNode headers = response.object("headers");
    if (headers == null) {
      return;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    for (String name : headers.names()) {
      if (headers.any(name) instanceof List<?>) {
        List<Object> values = new ArrayList<>();
        for (Object value : headers.list(name)) {
          values.add(templated(headers.pointer(name), String.valueOf(value)));
        }
        all.put(name, values);
      } else {
        String value = headers.text(name);
        if (value != null) {
          all.put(name, templated(headers.pointer(name), value));
        }
      }
    }
    if (!all.isEmpty()) {
      made.put("headers", all);
    }
  }

  private void body() {
    String text = response.text("body");
    String base64 = response.text("base64Body");
    String file = response.text("bodyFileName");
    if (response.has("jsonBody")) {
      Object json = response.any("jsonBody");
      if (json != null) {
        made.put("json", inJson(response.pointer("jsonBody"), json));
      }
    } else if (text != null) {
      made.put("body", templated(response.pointer("body"), text));
    } else if (base64 != null) {
      made.put("body_base64", base64);
    } else if (file != null) {
      if (template && file.contains("{{")) {
        response.note("bodyFileName", "is left out: the name of a file is no template");
        return;
      }
      made.put("file", file.startsWith("/") ? file : "/" + file);
      response.note(
          "bodyFileName",
          template
              ? "is taken from the file service, and not as a template"
              : "is taken from the file service");
    }
  }

  private String templated(String pointer, String text) {
    return template ? new Handlebars(pathVariables, response.notes(), pointer).convert(text) : text;
  }

  private @Nullable Object inJson(String pointer, @Nullable Object value) {
    if (!template) {
      return value;
    }
    return switch (value) {
      case String text -> templated(pointer, text);
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        map.forEach((name, member) ->
            object.put(String.valueOf(name), inJson(ImportNode.below(pointer, name), member)));
        yield object;
      }
      case List<?> list -> {
        List<@Nullable Object> array = new ArrayList<>();
        for (Object element : list) {
          array.add(inJson(ImportNode.below(pointer, array.size()), element));
        }
        yield array;
      }
      case null -> null;
      default -> value;
    };
  }

  private void delays() {
    Long fixed = response.whole("fixedDelayMilliseconds");
    ImportNode distribution = response.object("delayDistribution");
    ImportNode dribble = response.object("chunkedDribbleDelay");
    if (distribution != null && fixed == null) {
      fixed = distribution(distribution);
    } else if (distribution != null) {
      response.note("delayDistribution", "is left out beside fixedDelayMilliseconds");
    }
    if (dribble != null) {
      Map<String, Object> chunks = new LinkedHashMap<>();
      put(chunks, "chunks", dribble.whole("numberOfChunks"));
      put(chunks, "over_ms", dribble.whole("totalDuration"));
      if (made.containsKey("delay")) {
        response.note("delayDistribution", "is left out beside chunkedDribbleDelay");
      }
      made.put("delay", Map.of("dribble", chunks));
      dribble.end();
    }
    if (fixed != null) {
      made.put("delay_ms", fixed);
    }
  }

  /** A fixed one; null, with the delay made, for the others. */
  private @Nullable Long distribution(ImportNode distribution) {
    String type = String.valueOf(distribution.text("type"));
    switch (type) {
      case "uniform" -> {
        List<Object> bounds = new ArrayList<>();
        for (String name : List.of("lower", "upper")) {
          Long bound = distribution.whole(name);
          bounds.add(bound == null ? 0 : bound);
        }
        made.put("delay", Map.of("uniform", bounds));
      }
      case "lognormal" -> {
        Map<String, Object> shape = new LinkedHashMap<>();
        put(shape, "median", distribution.number("median"));
        put(shape, "sigma", distribution.number("sigma"));
        made.put("delay", Map.of("lognormal", shape));
      }
      case "fixed" -> {
        Long fixed = distribution.whole("milliseconds");
        distribution.end();
        return fixed;
      }
      default -> distribution.note("type", "is not known");
    }
    distribution.end();
    return null;
  }

  private static void put(Map<String, Object> map, String name, @Nullable Number value) {
    if (value != null) {
      map.put(name, value);
    }
  }
}
