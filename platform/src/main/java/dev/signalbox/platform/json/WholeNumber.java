package dev.signalbox.platform.json;

import java.util.OptionalLong;

/**
 * Whole numbers that come as text: in a path, a query, an argument. Only the digits 0 to 9 with or
 * without a minus sign; {@link Long#parseLong(String)} takes a plus sign and the digits of every
 * script.
 */
public final class WholeNumber {

  /** Longest text of a number, zeros in front included. */
  public static final int MAX_LENGTH = 20;

  private WholeNumber() {}

  /**
   * Reads a number within bounds, both allowed.
   *
   * @return empty when the text is none or lies beyond them
   */
  public static OptionalLong parse(String text, long min, long max) {
    int start = text.startsWith("-") ? 1 : 0;
    if (text.length() == start || text.length() > MAX_LENGTH) {
      return OptionalLong.empty();
    }
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return OptionalLong.empty();
      }
    }
    try {
      long number = Long.parseLong(text);
      return number >= min && number <= max ? OptionalLong.of(number) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // Beyond 64 bits.
    }
  }
}
