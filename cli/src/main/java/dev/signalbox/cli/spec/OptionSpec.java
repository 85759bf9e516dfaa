package dev.signalbox.cli.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option of a command.
 *
 * @param names as users write them, dashes included; the first is the usual one
 * @param placeholder what stands for its value in the help; null for an option without one
 * @param help what it does, some words
 * @param words the only values it takes; empty for any
 */
public record OptionSpec(
    List<String> names, @Nullable String placeholder, String help, List<String> words) {

  /** Any setting; not completed, because there are hundreds. */
  public static final OptionSpec SETTING =
      flag("any setting, such as --gateway.keep-alive-timeout=10s", "--KEY=VALUE");

  public OptionSpec {
    names = List.copyOf(names);
    words = List.copyOf(words);
  }

  /** An option without a value. */
  public static OptionSpec flag(String help, String... names) {
    return new OptionSpec(List.of(names), null, help, List.of());
  }

  /** An option with a value, which the placeholder stands for. */
  public static OptionSpec value(String placeholder, String help, String... names) {
    return new OptionSpec(List.of(names), placeholder, help, List.of());
  }

  /** An option whose value is one of some words, separated by {@code |} in the placeholder. */
  public static OptionSpec choice(String placeholder, String help, String... names) {
    return new OptionSpec(List.of(names), placeholder, help, List.of(placeholder.split("\\|", -1)));
  }

  /** The usual name. */
  public String name() {
    return names.getFirst();
  }
}
