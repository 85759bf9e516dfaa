package dev.signalbox.cli.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The help of commands, at most 100 columns wide. */
public final class HelpText {

  private static final int COLUMN = 28;
  private static final int WIDTH = 100;

  private HelpText() {}

  /** The help of one command, without the last line's end. */
  public static String of(CommandSpec command) {
    StringBuilder text = new StringBuilder();
    if (command.usage().isEmpty()) {
      text.append("Usage: signalbox ").append(command.name());
      text.append(command.subcommands().isEmpty() ? "" : " COMMAND").append('\n');
    }
    for (String form : command.usage()) {
      text.append(text.isEmpty() ? "Usage: " : "       ")
          .append(("signalbox " + command.name() + " " + form).strip())
          .append('\n');
    }
    String about = command.description().isEmpty() ? command.summary() : command.description();
    text.append('\n').append(sentence(about.strip())).append('\n');
    if (!command.subcommands().isEmpty()) {
      text.append("\nCommands:\n");
      for (CommandSpec part : command.subcommands()) {
        entry(part.word() + " " + String.join(" | ", part.usage()), part.summary(), text);
      }
      text.append("\nEach has a help of its own: signalbox ")
          .append(command.name())
          .append(" COMMAND --help\n");
    }
    List<OptionSpec> options = command.takesArguments() ? command.allOptions() : List.of();
    if (!options.isEmpty()) {
      text.append("\nOptions:\n");
      for (OptionSpec option : options) {
        String value = option.placeholder() == null ? "" : " " + option.placeholder();
        entry(String.join(", ", option.names()) + value, option.help(), text);
      }
    }
    if (command.takesArguments()) {
      text.append("\nExit codes:\n");
      command
          .exits()
          .forEach((code, meaning) -> wrapped("  %3d  ".formatted(code), meaning, 7, text));
    }
    if (!command.examples().isEmpty()) {
      text.append("\nExamples:\n");
      command.examples().forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return text.toString().stripTrailing();
  }

  private static String sentence(String text) {
    String first = text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    return first.endsWith(".") ? first : first + ".";
  }

  /** A list of commands by group, without the last line's end. */
  public static String list(List<CommandSpec> commands) {
    StringBuilder text = new StringBuilder("Usage: signalbox COMMAND [OPTIONS]\n");
    for (CommandSpec.Group group : CommandSpec.Group.values()) {
      List<CommandSpec> members =
          commands.stream().filter(command -> command.group() == group).toList();
      if (group != CommandSpec.Group.HIDDEN && !members.isEmpty()) {
        text.append('\n').append(group.title()).append(":\n");
        members.forEach(
            command -> wrapped("  %-14s".formatted(command.name()), command.summary(), 16, text));
      }
    }
    return text.append(
            "\nsignalbox help COMMAND prints the options, exit codes and examples of a command.")
        .toString();
  }

  private static void entry(String left, String right, StringBuilder text) {
    String first = "  " + left;
    if (first.length() < COLUMN - 1) {
      wrapped(first + " ".repeat(COLUMN - first.length()), right, COLUMN, text);
    } else {
      text.append(first).append('\n');
      wrapped(" ".repeat(COLUMN), right, COLUMN, text);
    }
  }

  /** Words after a beginning; further lines are indented. */
  private static void wrapped(String beginning, String words, int indent, StringBuilder text) {
    StringBuilder line = new StringBuilder(beginning);
    boolean first = true;
    for (String word : Arrays.asList(words.split(" ", -1))) {
      if (!first && line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line = new StringBuilder(" ".repeat(indent));
        first = true;
      }
      line.append(first ? "" : " ").append(word);
      first = false;
    }
    text.append(line).append('\n');
  }
}
