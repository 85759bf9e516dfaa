package dev.signalbox.cli.spec;

import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.node.StartException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command, read by its declaration. An option's value follows it, or stands in
 * the same argument after {@code =}; several short options may stand in one argument; what follows
 * {@code --} is no option.
 */
public final class ParsedArguments {

  private final CommandSpec command;
  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private final List<String> words = new ArrayList<>();

  private ParsedArguments(CommandSpec command) {
    this.command = command;
  }

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first invalid one
   */
  public static ParsedArguments parse(CommandSpec command, List<String> arguments) {
    ParsedArguments parsed = new ParsedArguments(command);
    List<String> left = new ArrayList<>(arguments);
    while (!left.isEmpty()) {
      String argument = left.removeFirst();
      if (argument.equals("--")) {
        parsed.words.addAll(left);
        break;
      }
      if (argument.startsWith("--")) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        parsed.take(name, equals < 0 ? null : argument.substring(equals + 1), left);
      } else if (argument.length() > 1 && argument.startsWith("-")) {
        parsed.letters(argument, left);
      } else {
        parsed.words.add(argument);
      }
    }
    return parsed;
  }

  private void letters(String argument, List<String> left) {
    for (int at = 1; at < argument.length(); at++) {
      String name = "-" + argument.charAt(at);
      OptionSpec option = command.option(name).orElseThrow(() -> command.unknown(argument));
      String rest = argument.substring(at + 1);
      if (option.placeholder() != null) {
        take(name, rest.isEmpty() ? null : rest.replaceFirst("^=", ""), left);
        return;
      }
      take(name, null, left);
    }
  }

  private void take(String name, @Nullable String inline, List<String> left) {
    OptionSpec option = command.option(name).orElseThrow(() -> command.unknown(name));
    String value = inline;
    if (option.placeholder() == null) {
      if (inline != null) {
        throw new StartException("Option " + name + " takes no value");
      }
      value = "";
    } else if (value == null) {
      if (left.isEmpty()) {
        throw new StartException("Option " + name + " needs a value: " + option.placeholder());
      }
      value = left.removeFirst();
    }
    if (!option.words().isEmpty() && !option.words().contains(value)) {
      throw new StartException(
          name + " must be one of " + String.join(", ", option.words()) + ", not '" + value + "'");
    }
    values.computeIfAbsent(option.name(), _ -> new ArrayList<>()).add(value);
  }

  /** Whether an option was given, by its usual name. */
  public boolean has(String option) {
    return values.containsKey(option);
  }

  /** The last value of an option. */
  public Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option)).map(List::getLast);
  }

  /** All values of an option. */
  public List<String> values(String option) {
    return values.getOrDefault(option, List.of());
  }

  /**
   * The value of an option, a number within bounds.
   *
   * @throws StartException when it is none
   */
  public long number(String option, long otherwise, long least, long most) {
    return value(option)
        .map(text ->
            WholeNumber.parse(text, least, most)
                .orElseThrow(() ->
                    new StartException(
                        "%s must be a whole number from %d to %d, not '%s'"
                            .formatted(option, least, most, text))))
        .orElse(otherwise);
  }

  /**
   * The arguments that are no options.
   *
   * @param names what each is, for the error; a last one in brackets may be left out
   * @throws StartException when there are too few or too many
   */
  public List<String> words(String... names) {
    if (words.size() > names.length) {
      throw new StartException(
          "Unexpected argument '"
              + words.get(names.length)
              + "'; see signalbox "
              + command.name()
              + " --help");
    }
    for (int i = words.size(); i < names.length; i++) {
      if (!names[i].startsWith("[")) {
        throw new StartException(
            names[i] + " is missing; see signalbox " + command.name() + " --help");
      }
    }
    return List.copyOf(words);
  }
}
