package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.uri.UriPath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes queries and cookies apart. What is malformed is taken as it is, since a server on demand is
 * there to receive what clients really send.
 */
public final class RequestValues {

  /** Parameters or cookies of one request; more are not seen. */
  static final int MAX_VALUES = 1_000;

  private RequestValues() {}

  /** The parameters of a query by name, decoded, in their order. */
  public static Map<String, List<String>> query(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return Map.of();
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    int count = 0;
    for (int start = 0; start <= query.length() && count < MAX_VALUES; count++) {
      int end = query.indexOf('&', start);
      String pair = query.substring(start, end < 0 ? query.length() : end);
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
        values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
      }
      start = end < 0 ? query.length() + 1 : end + 1;
    }
    return values;
  }

  /** The cookies of a request's Cookie headers by name, in their order (RFC 6265 section 5.4). */
  public static Map<String, List<String>> cookies(List<String> headers) {
    if (headers.isEmpty()) {
      return Map.of();
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    int count = 0;
    for (String header : headers) {
      for (int start = 0; start < header.length() && count < MAX_VALUES; count++) {
        int end = header.indexOf(';', start);
        String pair = header.substring(start, end < 0 ? header.length() : end);
        int equals = pair.indexOf('=');
        if (equals > 0) {
          values
              .computeIfAbsent(pair.substring(0, equals).strip(), _ -> new ArrayList<>(1))
              .add(unquoted(pair.substring(equals + 1).strip()));
        }
        start = end < 0 ? header.length() : end + 1;
      }
    }
    return values;
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /**
   * Decodes percent-encoding. An escape that is none stays, and bytes that are no UTF-8 become
   * U+FFFD.
   *
   * @param plusIsSpace as in a query
   */
  public static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0) {
      return plusIsSpace ? text.replace('+', ' ') : text;
    }
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(octets.length);
    String latin = new String(octets, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < latin.length(); i++) {
      char c = latin.charAt(i);
      int escaped = c == '%' ? UriPath.decode(latin, i) : -1;
      if (escaped >= 0) {
        decoded.write(escaped);
        i += 2;
      } else {
        decoded.write(plusIsSpace && c == '+' ? ' ' : c);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }
}
