package dev.signalbox.platform.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the text of a setting into the type of its component. */
final class SettingValues {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

  private SettingValues() {}

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException with the rule, when the text does not fit
   */
  static Object parse(String text, Type type) {
    if (type == String.class) {
      return text;
    }
    if (type == int.class) {
      return Math.toIntExact(whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    if (type == long.class) {
      return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == double.class) {
      return decimal(text);
    }
    if (type == boolean.class) {
      return bool(text);
    }
    if (type == Duration.class) {
      return duration(text);
    }
    if (type == Path.class) {
      return Path.of(text);
    }
    if (type instanceof Class<?> enumType && enumType.isEnum()) {
      return constant(text, enumType);
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return Arrays.stream(text.split(",", -1))
          .map(String::strip)
          .filter(item -> !item.isEmpty())
          .map(item -> parse(item, list.getActualTypeArguments()[0]))
          .toList();
    }
    throw new IllegalStateException("no setting can be of type " + type);
  }

  private static long whole(String text, long min, long max) {
    try {
      long value = Long.parseLong(text.strip().replace("_", ""));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the same words.
    }
    throw new IllegalArgumentException("must be a whole number, not '" + text + "'");
  }

  private static double decimal(String text) {
    try {
      double value = Double.parseDouble(text.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the same words.
    }
    throw new IllegalArgumentException("must be a number, not '" + text + "'");
  }

  private static boolean bool(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "on", "yes" -> true;
      case "false", "off", "no" -> false;
      default -> throw new IllegalArgumentException("must be true or false, not '" + text + "'");
    };
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (text.strip().equals("0")) {
      return Duration.ZERO;
    }
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a duration such as 250ms, 5s, 10m, 2h or 1d, not '" + text + "'");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static Object constant(String text, Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      if (name(constant).equalsIgnoreCase(text.strip())) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "must be one of "
            + Arrays.stream(type.getEnumConstants()).map(SettingValues::name).toList()
            + ", not '"
            + text
            + "'");
  }

  private static String name(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
