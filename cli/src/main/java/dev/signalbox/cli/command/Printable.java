package dev.signalbox.cli.command;

import com.fasterxml.jackson.databind.JsonNode;

/** Text from the network as a terminal may show it. */
public final class Printable {

  private Printable() {}

  /**
   * The text with control characters, which could command the terminal, as {@code \xNN}, and those
   * that change the direction of writing, which show a text as another, as {@code \x{NNNN}}.
   */
  public static String of(String text) {
    if (text.chars().noneMatch(Printable::commands)) {
      return text;
    }
    StringBuilder safe = new StringBuilder();
    text.chars()
        .forEach(c -> {
          if (commands(c)) {
            safe.append(c < 0x100 ? "\\x%02x".formatted(c) : "\\x{%04x}".formatted(c));
          } else {
            safe.append((char) c);
          }
        });
    return safe.toString();
  }

  private static boolean commands(int c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || directs(c);
  }

  /** Whether a character is one of the Bidi_Control ones of Unicode. */
  private static boolean directs(int c) {
    return c == 0x61c
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  /** JSON with the same characters as escapes of JSON, which mean the same to programs. */
  public static String json(String json) {
    StringBuilder safe = new StringBuilder();
    json.chars()
        .forEach(c -> {
          boolean blank = c == '\n' || c == '\r' || c == '\t'; // of a pretty document
          if (commands(c) && !blank) {
            safe.append("\\u%04x".formatted(c));
          } else {
            safe.append((char) c);
          }
        });
    return safe.toString();
  }

  /** A JSON value: texts as they are, everything else as JSON. */
  public static String of(JsonNode value) {
    return of(value.isTextual() ? value.textValue() : value.toString());
  }
}
