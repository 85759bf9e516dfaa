package dev.signalbox.httpprobe.assertion;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers as they are written, without the rounding of a double. */
final class Decimals {

  // An exponent of many digits would make compareTo work for years.
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?[0-9]{1,64}(\\.[0-9]{1,64})?([eE][+-]?[0-9]{1,3})?");

  private Decimals() {}

  /** Empty when the text is no number, or one of absurd length. */
  static Optional<BigDecimal> parse(String text) {
    return NUMBER.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }
}
