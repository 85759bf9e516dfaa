package dev.signalbox.cli.command;

import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.node.StartException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command, read one by one. An option's value follows it, or stands in the same
 * argument after {@code =}.
 */
public final class Arguments {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)?");

  private final Deque<String> left;
  private final List<OptionSpec> options;
  private @Nullable String inline;

  /** Arguments in order. */
  public Arguments(List<String> arguments) {
    this(arguments, List.of());
  }

  /**
   * Arguments in order.
   *
   * @param options whose short names may stand in one argument, the last one with its value
   */
  public Arguments(List<String> arguments, List<OptionSpec> options) {
    this.left = new ArrayDeque<>(arguments);
    this.options = options;
  }

  /** Whether an argument is left. */
  public boolean more() {
    return !left.isEmpty();
  }

  /** The next argument; of {@code --option=value} the option. */
  public String next() {
    String argument = left.removeFirst();
    int equals = argument.indexOf('=');
    if ((argument.startsWith("--") || argument.startsWith("+")) && equals > 0) {
      inline = argument.substring(equals + 1);
      return argument.substring(0, equals);
    }
    inline = null;
    return argument.length() > 2 && argument.matches("-[^-].*") ? letter(argument) : argument;
  }

  /** The first of several short options; of one with a value, the value follows directly. */
  private String letter(String argument) {
    String name = argument.substring(0, 2);
    String rest = argument.substring(2);
    for (OptionSpec option : options) {
      if (option.names().contains(name)) {
        if (option.placeholder() == null) {
          left.addFirst("-" + rest);
        } else {
          inline = rest;
        }
        return name;
      }
    }
    return argument;
  }

  /** Whether the option just read has its value in the same argument. */
  public boolean hasInline() {
    return inline != null;
  }

  /**
   * The value of the option just read.
   *
   * @throws StartException when there is none
   */
  public String value(String option) {
    if (inline != null) {
      return inline;
    }
    if (left.isEmpty()) {
      throw new StartException("Option " + option + " needs a value");
    }
    return left.removeFirst();
  }

  /**
   * The value of the option just read, a number within bounds.
   *
   * @throws StartException when it is none
   */
  public long number(String option, long least, long most) {
    String text = value(option);
    return WholeNumber.parse(text, least, most)
        .orElseThrow(() ->
            new StartException(
                option
                    + " must be a whole number from "
                    + least
                    + " to "
                    + most
                    + ", not '"
                    + text
                    + "'"));
  }

  /**
   * The value of the option just read, a time above 0: {@code 250ms}, {@code 5s}, {@code 2m};
   * without a unit, seconds.
   *
   * @throws StartException when it is none
   */
  public Duration duration(String option) {
    String text = value(option);
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      String unit = matcher.group(2);
      Duration duration =
          unit == null || unit.equals("s")
              ? Duration.ofSeconds(amount)
              : unit.equals("ms") ? Duration.ofMillis(amount) : Duration.ofMinutes(amount);
      if (duration.isPositive()) {
        return duration;
      }
    }
    throw new StartException(
        option + " must be a time such as 250ms, 5s or 2m, not '" + text + "'");
  }
}
