package dev.signalbox.serverfactory.imports;

import dev.signalbox.platform.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes routes of an OpenAPI document of version 3.0 or 3.1. Each operation answers its first
 * successful response with its example, or with a value made of its schema. An operation whose
 * query parameters, headers or cookies are required has a second route, which answers 400 to
 * requests without them. Bodies of requests, security, links and callbacks do not matter.
 */
public final class OpenApiImport {

  private static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private static final Pattern VARIABLE = Pattern.compile("\\{([^{}/]*)\\}");
  private static final int MAX_NAME = 100;

  private final ImportNotes notes = new ImportNotes();
  private final OpenApiDocument document;
  private final SchemaExample examples;
  private final List<Map<String, Object>> routes = new ArrayList<>();
  private final List<String> places = new ArrayList<>();

  private OpenApiImport(@Nullable Object source) throws ImportException {
    document = OpenApiDocument.read(source, notes);
    examples = new SchemaExample(document, notes);
  }

  /**
   * Reads a document.
   *
   * @param document an object as {@link dev.signalbox.platform.json.StrictJson} builds it, or the
   *     text of one in JSON or YAML; its references to itself alone are followed
   * @param most routes
   * @throws ImportException when it is no such document, or has no operation
   */
  public static Imported read(@Nullable Object document, int most) throws ImportException {
    OpenApiImport reading = new OpenApiImport(document);
    reading.paths();
    if (reading.routes.isEmpty()) {
      throw new ImportException("must have an operation under paths");
    }
    if (reading.routes.size() > most) {
      throw new ImportException("must make at most " + most + " routes");
    }
    return new Imported(reading.routes, reading.places, reading.notes.all());
  }

  private void paths() {
    String base = base();
    if (document.member("webhooks") != null) {
      notes.add("/webhooks", "is not supported");
    }
    Map<?, ?> paths = document.object(document.member("paths"), "/paths");
    if (paths == null) {
      return;
    }
    for (var each : paths.entrySet()) {
      String path = String.valueOf(each.getKey());
      String pointer = ImportNode.below("/paths", path);
      if (path.startsWith("x-")) {
        continue;
      }
      Map<?, ?> item = document.object(each.getValue(), pointer);
      if (item == null) {
        continue;
      }
      if (!path.startsWith("/")) {
        notes.add(pointer, "is left out: a path begins with a slash");
        continue;
      }
      for (String method : METHODS) {
        if (item.containsKey(method)) {
          operation(base + path, method, item, ImportNode.below(pointer, method));
        }
      }
    }
  }

  /** The path of the first server, without a slash at its end. */
  private String base() {
    if (!(document.member("servers") instanceof List<?> servers)
        || servers.isEmpty()
        || !(servers.getFirst() instanceof Map<?, ?> server)
        || !(server.get("url") instanceof String url)) {
      return "";
    }
    Map<?, ?> variables = server.get("variables") instanceof Map<?, ?> map ? map : Map.of();
    Matcher variable = VARIABLE.matcher(url);
    StringBuilder filled = new StringBuilder();
    while (variable.find()) {
      Object value =
          variables.get(variable.group(1)) instanceof Map<?, ?> map ? map.get("default") : null;
      variable.appendReplacement(
          filled, Matcher.quoteReplacement(value == null ? "" : value.toString()));
    }
    String whole = variable.appendTail(filled).toString();
    String path = whole.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*:", "");
    path = path.startsWith("//") ? path.replaceFirst("^//[^/?#]*", "") : path;
    path = path.replaceFirst("[?#].*$", "").replaceFirst("/+$", "");
    return path.isEmpty() || path.startsWith("/") ? path : "/" + path;
  }

  private void operation(String path, String method, Map<?, ?> item, String pointer) {
    Map<?, ?> operation = document.object(item.get(method), pointer);
    if (operation == null) {
      return;
    }
    if (operation.containsKey("callbacks")) {
      notes.add(pointer + "/callbacks", "is not supported");
    }
    String verb = method.toUpperCase(Locale.ROOT);
    Object id = operation.get("operationId");
    String name = id instanceof String text && !text.isBlank() ? text : verb + " " + path;
    Map<String, Object> match = new LinkedHashMap<>();
    match.put("method", verb);
    path(path, match);
    Map<String, Map<String, Object>> required = required(item, operation, pointer);
    Map<String, Object> full = new LinkedHashMap<>(match);
    full.putAll(required);
    routes.add(route(name, full, response(operation, pointer)));
    places.add(pointer);
    if (!required.isEmpty()) {
      routes.add(route("missing parameters: " + name, match, missing(required)));
      places.add(pointer);
    }
  }

  private static Map<String, Object> route(
      String name, Map<String, Object> match, Map<String, Object> response) {
    Map<String, Object> route = new LinkedHashMap<>();
    String line = name.replaceAll("\\p{Cntrl}", " ");
    route.put("name", line.length() <= MAX_NAME ? line : line.substring(0, MAX_NAME));
    route.put("match", match);
    route.put("response", response);
    return route;
  }

  private static void path(String path, Map<String, Object> match) {
    if (path.indexOf('{') < 0 && path.indexOf('}') < 0) {
      match.put("path", path);
    } else if (path.matches("(/([^{}/]*(\\{[A-Za-z0-9_-]+\\})?[^{}/]*))+") && distinct(path)) {
      match.put("path_pattern", path);
    } else {
      // Names that patterns lack, or two in one segment.
      StringBuilder expression = new StringBuilder();
      Matcher variable = VARIABLE.matcher(path);
      int end = 0;
      while (variable.find()) {
        expression.append(com.google.re2j.Pattern.quote(path.substring(end, variable.start())));
        expression.append("[^/]+");
        end = variable.end();
      }
      match.put(
          "path_regex",
          expression.append(com.google.re2j.Pattern.quote(path.substring(end))).toString());
    }
  }

  private static boolean distinct(String path) {
    Set<String> names = new HashSet<>();
    return VARIABLE.matcher(path).results().allMatch(variable -> names.add(variable.group(1)));
  }

  /** Conditions on the presence of what must be there, by kind. */
  private Map<String, Map<String, Object>> required(
      Map<?, ?> item, Map<?, ?> operation, String pointer) {
    Map<String, Map<String, Object>> required = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    // Those of the operation take the place of the path's.
    for (Map<?, ?> owner : List.of(operation, item)) {
      if (!(owner.get("parameters") instanceof List<?> parameters)) {
        continue;
      }
      for (int i = 0; i < parameters.size(); i++) {
        Map<?, ?> parameter = document.object(parameters.get(i), pointer + "/parameters/" + i);
        if (parameter == null) {
          continue;
        }
        String name = String.valueOf(parameter.get("name"));
        String in = String.valueOf(parameter.get("in"));
        String kind =
            switch (in) {
              case "query" -> "query";
              case "header" -> "headers";
              case "cookie" -> "cookies";
              default -> "";
            };
        if (seen.add(in + " " + name)
            && !kind.isEmpty()
            && Boolean.TRUE.equals(parameter.get("required"))) {
          required.computeIfAbsent(kind, none -> new LinkedHashMap<>()).put(name, true);
        }
      }
    }
    return required;
  }

  private static Map<String, Object> missing(Map<String, Map<String, Object>> required) {
    List<String> names = new ArrayList<>();
    required.forEach(
        (kind, members) -> members.keySet().forEach(each -> names.add(kind + " " + each)));
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("status", 400);
    response.put("headers", Map.of("content-type", "application/problem+json"));
    response.put(
        "json",
        Map.of(
            "title",
            "Bad Request",
            "status",
            400,
            "detail",
            "required: " + String.join(", ", names)));
    return response;
  }

  private Map<String, Object> response(Map<?, ?> operation, String pointer) {
    Map<String, Object> made = new LinkedHashMap<>();
    Map<?, ?> responses = document.object(operation.get("responses"), pointer + "/responses");
    Object key = responses == null ? null : chosen(responses);
    if (responses == null || key == null) {
      notes.add(pointer, "has no response; it answers 200 without a body");
      return made;
    }
    String place = ImportNode.below(pointer + "/responses", key);
    made.put("status", status(String.valueOf(key)));
    Map<?, ?> response = document.object(responses.get(key), place);
    if (response == null) {
      return made;
    }
    Map<String, Object> headers = headers(response, place);
    content(response, place, made, headers);
    if (!headers.isEmpty()) {
      made.put("headers", headers);
    }
    return made;
  }

  private static @Nullable Object chosen(Map<?, ?> responses) {
    TreeMap<String, Object> sorted = new TreeMap<>();
    for (Object key : responses.keySet()) {
      String text = String.valueOf(key).toUpperCase(Locale.ROOT);
      if (text.matches("[2-5]([0-9][0-9]|XX)")) {
        // Ranges last within theirs.
        sorted.put(text, key);
      } else if (text.equals("DEFAULT")) {
        // After success, before failure.
        sorted.put("2Z", key);
      }
    }
    return sorted.isEmpty() ? null : sorted.firstEntry().getValue();
  }

  private static int status(String key) {
    if (key.equalsIgnoreCase("default")) {
      return 200;
    }
    return Integer.parseInt(key.replaceAll("[xX]", "0"));
  }

  private Map<String, Object> headers(Map<?, ?> response, String pointer) {
    Map<String, Object> made = new LinkedHashMap<>();
    if (!(response.get("headers") instanceof Map<?, ?> headers)) {
      return made;
    }
    for (var each : headers.entrySet()) {
      String name = String.valueOf(each.getKey());
      String place = ImportNode.below(pointer + "/headers", name);
      Map<?, ?> header = document.object(each.getValue(), place);
      if (header == null
          || name.equalsIgnoreCase("content-type")
          || name.equalsIgnoreCase("content-length")) {
        continue;
      }
      Object value = example(header, place);
      if (value instanceof String || value instanceof Number || value instanceof Boolean) {
        made.put(name, String.valueOf(value));
      }
    }
    return made;
  }

  /** The example of a media type or header, or a value made of its schema. */
  private @Nullable Object example(Map<?, ?> described, String pointer) {
    if (described.containsKey("example")) {
      return described.get("example");
    }
    if (described.get("examples") instanceof Map<?, ?> named && !named.isEmpty()) {
      String place = pointer + "/examples/" + named.keySet().iterator().next();
      Map<?, ?> first = document.object(named.values().iterator().next(), place);
      if (first != null && first.containsKey("value")) {
        return first.get("value");
      }
      notes.add(place, "has no value here");
    }
    return examples.of(described.get("schema"), pointer + "/schema");
  }

  private void content(
      Map<?, ?> response, String pointer, Map<String, Object> made, Map<String, Object> headers) {
    if (!(response.get("content") instanceof Map<?, ?> content) || content.isEmpty()) {
      return;
    }
    Object chosen =
        content.keySet().stream()
            .map(Object.class::cast)
            .filter(each -> isJson(String.valueOf(each)))
            .findFirst()
            .orElse(content.keySet().iterator().next());
    String mediaType = String.valueOf(chosen);
    String place = ImportNode.below(pointer + "/content", mediaType);
    Map<?, ?> media = document.object(content.get(chosen), place);
    String concrete =
        mediaType.startsWith("text/*")
            ? "text/plain"
            : mediaType.contains("*") ? "application/json" : mediaType;
    headers.put("content-type", concrete);
    Object value = media == null ? null : example(media, place);
    if (isJson(concrete)) {
      if (value == null) {
        made.put("body", "null");
      } else {
        made.put("json", value);
      }
    } else if (value instanceof Map<?, ?> || value instanceof List<?>) {
      notes.add(place, "has an example that is no text; it is answered as JSON");
      made.put("body", Json.text(value));
    } else {
      made.put("body", value == null ? "" : value.toString());
    }
  }

  private static boolean isJson(String mediaType) {
    return mediaType.matches("(?i)[^;]*[/+-]json\\s*(;.*)?");
  }
}
