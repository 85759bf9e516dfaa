package dev.signalbox.cli.command;

import com.fasterxml.jackson.databind.JsonNode;

/** Text from the network as a terminal may show it. */
public final class Printable {

  private Printable() {}

  /** The text with control characters, which could command the terminal, as {@code \xNN}. */
  public static String of(String text) {
    if (text.chars().noneMatch(Printable::commands)) {
      return text;
    }
    StringBuilder safe = new StringBuilder();
    text.chars()
        .forEach(c -> {
          if (commands(c)) {
            safe.append("\\x%02x".formatted(c));
          } else {
            safe.append((char) c);
          }
        });
    return safe.toString();
  }

  private static boolean commands(int c) {
    return c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0);
  }

  /** A JSON value: texts as they are, everything else as JSON. */
  public static String of(JsonNode value) {
    return of(value.isTextual() ? value.textValue() : value.toString());
  }
}
