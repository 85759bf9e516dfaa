package dev.signalbox.serverfactory.imports;

import dev.signalbox.serverfactory.body.TextRegex;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes routes of WireMock's stub mappings. Their priorities stay as they are; among equal ones the
 * more specific path comes first here, where WireMock goes by their order alone. A {@code url} or
 * {@code urlPath} matches with further query parameters too.
 */
public final class WireMockImport {

  private static final int MAX_NAME = 100;

  private final ImportNotes notes = new ImportNotes();

  private WireMockImport() {}

  /**
   * Reads one mapping, an array of them, or an object with the array {@code mappings}.
   *
   * @param document as {@link dev.signalbox.platform.json.StrictJson} builds it
   * @param most routes
   * @throws ImportException when it is none of them
   */
  public static Imported read(@Nullable Object document, int most) throws ImportException {
    return new WireMockImport().all(document, most);
  }

  private Imported all(@Nullable Object document, int most) throws ImportException {
    List<?> mappings;
    String pointer = "";
    boolean one = false;
    if (document instanceof List<?> list) {
      mappings = list;
    } else if (document instanceof Map<?, ?> map && map.get("mappings") instanceof List<?> list) {
      mappings = list;
      pointer = "/mappings";
    } else if (document instanceof Map<?, ?> map
        && (map.containsKey("request") || map.containsKey("response"))) {
      mappings = List.of(map);
      one = true;
    } else {
      throw new ImportException(
          "must be a WireMock mapping with request and response, an array of them, or"
              + " {\"mappings\": [...]}");
    }
    if (mappings.size() > most) {
      throw new ImportException("must have at most " + most + " mappings");
    }
    List<Map<String, Object>> routes = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < mappings.size(); i++) {
      String place = one ? "" : ImportNode.below(pointer, i);
      if (mappings.get(i) instanceof Map<?, ?> map) {
        Map<String, Object> route = route(new ImportNode(map, place, notes));
        if (fits(route)) {
          routes.add(route);
          places.add(place);
        } else {
          notes.add(place, "is left out: the expression of its path is none of RE2");
        }
      } else {
        notes.add(place, "is no object");
      }
    }
    if (routes.isEmpty()) {
      throw new ImportException("must have a WireMock mapping that can be understood");
    }
    return new Imported(routes, places, notes.all());
  }

  private static Map<String, Object> route(ImportNode mapping) {
    Map<String, Object> route = new LinkedHashMap<>();
    mapping.ignore("id", "uuid", "persistent", "insertionIndex", "metadata");
    String name = mapping.text("name");
    if (name != null && !name.isBlank()) {
      route.put("name", cut(name));
    }
    ImportNode request = mapping.object("request");
    Map<String, Object> match = request == null ? new LinkedHashMap<>() : match(request);
    route.put("match", match);
    Long priority = mapping.whole("priority");
    if (priority != null) {
      route.put("priority", priority);
    }
    scenario(mapping, route);
    ImportNode response = mapping.object("response");
    route.put(
        "response",
        response == null
            ? new LinkedHashMap<String, Object>()
            : new WireMockResponse(response, match.containsKey("path_pattern")).read());
    mapping.end();
    return route;
  }

  private static boolean fits(Map<String, Object> route) {
    return !(members(route, "match").get("path_regex") instanceof String expression)
        || fits(expression);
  }

  /** Java's expressions have what RE2 lacks. */
  static boolean fits(String expression) {
    try {
      TextRegex.compile(expression, false);
      return true;
    } catch (IllegalArgumentException lacking) {
      return false;
    }
  }

  private static String cut(String name) {
    StringBuilder line = new StringBuilder();
    name.codePoints()
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .takeWhile(c -> line.length() < MAX_NAME - 1)
        .forEach(line::appendCodePoint);
    return line.toString();
  }

  private static void scenario(ImportNode mapping, Map<String, Object> route) {
    String name = mapping.text("scenarioName");
    String state = mapping.text("requiredScenarioState");
    String next = mapping.text("newScenarioState");
    if (name == null) {
      if (state != null || next != null) {
        mapping.note("scenarioName", "is missing, so the states are left out");
      }
      return;
    }
    Map<String, Object> scenario = new LinkedHashMap<>();
    scenario.put("name", name);
    if (state != null) {
      scenario.put("state", state(state));
    }
    if (next != null) {
      scenario.put("new_state", state(next));
    }
    route.put("scenario", scenario);
  }

  /** The one that a scenario begins with has another name here. */
  private static String state(String state) {
    return state.equals("Started") ? "started" : state;
  }

  private static Map<String, Object> match(ImportNode request) {
    Map<String, Object> match = new LinkedHashMap<>();
    String method = request.text("method");
    if (method != null && !method.equalsIgnoreCase("ANY")) {
      match.put("method", method);
    }
    path(request, match);
    matchers(request, "headers", match, "headers");
    matchers(request, "queryParameters", match, "query");
    matchers(request, "cookies", match, "cookies");
    basicAuth(request, match);
    new WireMockBody(match).read(request);
    request.end();
    return match;
  }

  private static void path(ImportNode request, Map<String, Object> match) {
    String url = request.text("url");
    String path = request.text("urlPath");
    String template = request.text("urlPathTemplate");
    String pattern = request.text("urlPattern");
    String pathPattern = request.text("urlPathPattern");
    if (url != null) {
      int query = url.indexOf('?');
      match.put("path", rooted(query < 0 ? url : url.substring(0, query)));
      if (query >= 0 && query + 1 < url.length()) {
        members(match, "query").putAll(queryOf(url.substring(query + 1)));
      }
    } else if (path != null) {
      match.put("path", rooted(path));
    } else if (template != null) {
      match.put("path_pattern", template);
    } else if (pathPattern != null) {
      match.put("path_regex", pathPattern);
    } else if (pattern != null) {
      pattern(request, pattern, match);
    }
  }

  /** An expression of path and query in one. */
  private static void pattern(ImportNode request, String pattern, Map<String, Object> match) {
    String bare = pattern.replaceFirst("^\\^", "").replaceFirst("(?<!\\\\)\\$$", "");
    // A query that may be missing does not matter.
    String path = bare.replaceFirst("\\(\\\\\\?[^()]*(\\|\\)|\\)\\?)$", "");
    int mark = path.indexOf("\\?");
    if (mark < 0) {
      match.put("path_regex", path);
      return;
    }
    if (count(path.substring(0, mark), '(') != count(path.substring(0, mark), ')')) {
      request.note("urlPattern", "is compared with the path alone");
      match.put("path_regex", bare);
      return;
    }
    match.put("path_regex", path.substring(0, mark));
    Map<String, Object> conditions = new LinkedHashMap<>();
    for (String pair : path.substring(mark + 2).split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals);
      String value = pair.substring(equals + 1);
      if (pair.equals(".*") || pair.equals("(.*)")) {
        continue;
      }
      if (!name.matches("[A-Za-z0-9_-]+") || count(value, '(') != count(value, ')')) {
        request.note("urlPattern", "is compared with the path alone, up to the question mark");
        return;
      }
      conditions.put(
          name,
          value.matches("[A-Za-z0-9_-]*")
              ? Map.of("equals", value)
              : Map.of("regex", anchored(value)));
      if (!fits(value)) {
        request.note("urlPattern", "has an expression that is none of RE2, left out");
        conditions.remove(name);
      }
    }
    if (!conditions.isEmpty()) {
      members(match, "query").putAll(conditions);
    }
  }

  private static long count(String text, char wanted) {
    return text.chars().filter(c -> c == wanted).count();
  }

  private static String rooted(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  /** WireMock's expressions match the whole text, ours of anything but paths a part. */
  static String anchored(String expression) {
    return "^(?:" + expression + ")$";
  }

  private static Map<String, Object> queryOf(String query) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      if (!name.isEmpty()) {
        values
            .computeIfAbsent(name, none -> new ArrayList<>())
            .add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return new LinkedHashMap<>(values);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  @SuppressWarnings("unchecked") // All values under these names are made here.
  static Map<String, Object> members(Map<String, Object> map, String name) {
    return (Map<String, Object>) map.computeIfAbsent(name, none -> new LinkedHashMap<>());
  }

  private static void matchers(
      ImportNode request, String from, Map<String, Object> match, String to) {
    ImportNode named = request.object(from);
    if (named == null) {
      return;
    }
    named
        .members()
        .forEach((name, matcher) -> {
          Object read = WireMockMatcher.read(matcher);
          if (read != null) {
            members(match, to).put(name, read);
          }
        });
  }

  private static void basicAuth(ImportNode request, Map<String, Object> match) {
    ImportNode credentials =
        request.has("basicAuth")
            ? request.object("basicAuth")
            : request.object("basicAuthCredentials");
    if (credentials == null) {
      return;
    }
    String pair = credentials.text("username") + ":" + credentials.text("password");
    credentials.end();
    members(match, "headers")
        .put(
            "authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }
}
