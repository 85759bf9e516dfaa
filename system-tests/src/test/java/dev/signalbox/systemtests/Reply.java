package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * An answer.
 *
 * @param statusLine as it came
 * @param headers by lower-case name
 * @param body without its framing
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares answers.
record Reply(String statusLine, Map<String, List<String>> headers, byte[] body) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  int status() {
    return Integer.parseInt(statusLine.split(" ")[1]);
  }

  /** A header, its values joined by commas; empty when it is not there. */
  String header(String name) {
    return String.join(", ", headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  String text() {
    if (!header("content-encoding").equals("gzip")) {
      return new String(body, StandardCharsets.UTF_8);
    }
    try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode json() {
    return json(text());
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("this is not JSON: " + text, e);
    }
  }

  /** A text as a JSON string. */
  static String quote(String text) {
    try {
      return MAPPER.writeValueAsString(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    String text = text();
    return statusLine + " " + headers + "\n" + text.substring(0, Math.min(2_000, text.length()));
  }
}
