package dev.signalbox.httpprobe.task;

import dev.signalbox.httpprobe.exchange.Header;
import dev.signalbox.platform.http.ConnectionHeaders;
import dev.signalbox.platform.task.TaskParams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the header fields a client wants sent. */
public final class HeaderReader {

  private static final int MOST_HEADERS = 100;
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_VALUE = 16_384;
  private static final int LONGEST_SHOWN = 40;

  // With those of the connection, these frame the body, which is this service's business.
  private static final Set<String> OF_THE_BODY = Set.of("content-length", "expect");

  private HeaderReader() {}

  static Map<String, Object> schema() {
    Map<String, Object> value = Map.of("type", List.of("string", "number", "boolean"));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("description", "Header fields to send: a value or a list of values for each name");
    schema.put("maxProperties", MOST_HEADERS);
    schema.put("propertyNames", Map.of("pattern", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"));
    schema.put(
        "additionalProperties",
        Map.of("anyOf", List.of(value, Map.of("type", "array", "items", value))));
    return schema;
  }

  /** An object of names to a value or a list of values. */
  static List<Header> read(TaskParams params, String param) {
    List<Header> headers = new ArrayList<>();
    for (Map.Entry<String, @Nullable Object> entry : params.object(param).entrySet()) {
      List<?> values = entry.getValue() instanceof List<?> list ? list : asList(entry.getValue());
      for (Object value : values) {
        if (headers.size() == MOST_HEADERS) {
          params.problem(param, "must have at most " + MOST_HEADERS + " values");
          return List.of();
        }
        String broken = broken(entry.getKey(), value);
        if (!broken.isEmpty()) {
          params.problem(param, broken);
          return List.of();
        }
        headers.add(new Header(entry.getKey(), trimmed(String.valueOf(value))));
      }
    }
    return headers;
  }

  private static List<?> asList(@Nullable Object value) {
    return value == null ? List.of() : List.of(value);
  }

  private static String broken(String name, @Nullable Object value) {
    if (name.length() > LONGEST_NAME || !name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      return "must have names that are tokens of at most "
          + LONGEST_NAME
          + " characters, which \""
          + shown(name)
          + "\" is not";
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (ConnectionHeaders.NAMES.contains(lower) || OF_THE_BODY.contains(lower)) {
      return "must not set " + name;
    }
    boolean plain = value instanceof String || value instanceof Number || value instanceof Boolean;
    String text = String.valueOf(value);
    if (!plain || text.length() > LONGEST_VALUE || !text.chars().allMatch(HeaderReader::allowed)) {
      return "must have values of at most "
          + LONGEST_VALUE
          + " visible ASCII characters, spaces and tabs, which "
          + name
          + " breaks";
    }
    return "";
  }

  /** Spaces and tabs around a value are no part of it (RFC 9110, 5.5). */
  private static String trimmed(String value) {
    int begin = 0;
    int end = value.length();
    while (begin < end && isBlank(value.charAt(begin))) {
      begin++;
    }
    while (end > begin && isBlank(value.charAt(end - 1))) {
      end--;
    }
    return value.substring(begin, end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /** A name that is none, fit for one line. */
  private static String shown(String name) {
    StringBuilder text = new StringBuilder();
    for (char c : name.substring(0, Math.min(name.length(), LONGEST_SHOWN)).toCharArray()) {
      text.append(c >= 0x20 && c < 0x7f ? Character.toString(c) : "\\u%04x".formatted((int) c));
    }
    return text.append(name.length() > LONGEST_SHOWN ? "…" : "").toString();
  }

  private static boolean allowed(int c) {
    return c == '\t' || (c >= 0x20 && c < 0x7f);
  }
}
