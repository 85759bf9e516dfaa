package dev.signalbox.platform.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option by which a command line sets a parameter of a task.
 *
 * @param names as users see them, dashes included; the first is the usual one
 * @param also further names that are understood and not shown
 * @param kind what follows the name
 * @param placeholder what stands for the value in the help; null for a flag
 * @param value what a flag sets the parameter to; null for other kinds
 * @param help what it does, some words
 */
public record CommandOption(
    List<String> names,
    List<String> also,
    Kind kind,
    @Nullable String placeholder,
    @Nullable Object value,
    String help) {

  /** What follows the name of an option. */
  public enum Kind {
    /** Nothing: the option itself is the value. */
    FLAG,
    /** A text. */
    TEXT,
    /** A whole number within the bounds of the parameter. */
    NUMBER,
    /** A whole number from 0 up, whose upper bound the operator of the service sets. */
    AMOUNT,
    /** A time such as {@code 500ms} or {@code 5s}, for a parameter in milliseconds. */
    TIME
  }

  public CommandOption {
    names = List.copyOf(names);
    also = List.copyOf(also);
  }

  /** An option without a value, which sets the parameter to one. */
  public static CommandOption flag(Object value, String help, String... names) {
    return new CommandOption(List.of(names), List.of(), Kind.FLAG, null, value, help);
  }

  /** An option with a value. */
  public static CommandOption value(Kind kind, String placeholder, String help, String... names) {
    return new CommandOption(List.of(names), List.of(), kind, placeholder, null, help);
  }

  /** The same with further names, which the help does not show. */
  public CommandOption also(String... more) {
    return new CommandOption(names, List.of(more), kind, placeholder, value, help);
  }
}
