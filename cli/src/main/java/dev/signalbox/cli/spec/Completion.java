package dev.signalbox.cli.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Completion scripts of shells, made of the list of commands. */
public final class Completion {

  private Completion() {}

  /** For bash 3.2 and later. */
  public static String bash(List<CommandSpec> commands) {
    StringBuilder cases = new StringBuilder();
    for (CommandSpec command : all(commands)) {
      cases
          .append("    '")
          .append(command.name())
          .append("') words='")
          .append(words(command))
          .append("'; valued='")
          .append(valued(command))
          .append("' ;;\n");
    }
    StringBuilder values = new StringBuilder();
    for (CommandSpec command : all(commands)) {
      for (OptionSpec option : command.allOptions()) {
        if (!option.words().isEmpty()) {
          for (String name : option.names()) {
            values.append(
                "    '%s %s') values='%s' ;;\n"
                    .formatted(command.name(), name, String.join(" ", option.words())));
          }
        }
      }
    }
    return """
    # Completion of signalbox for bash. Made by: signalbox completion bash
    _signalbox() {
      local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
      local command=${COMP_WORDS[1]} words= valued= values= name
      COMPREPLY=()
      if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W '{commands}' -- "$current"))
        return
      fi
      case $command in
        {parents}) [ "$COMP_CWORD" -gt 2 ] && [ "${COMP_WORDS[2]#-}" = "${COMP_WORDS[2]}" ] && command="$command ${COMP_WORDS[2]}" ;;
      esac
      case $command in
    {cases}  esac
      case "$command $before" in
    {values}  esac
      if [ "$values" ]; then
        COMPREPLY=($(compgen -W "$values" -- "$current"))
        return
      fi
      for name in $valued; do
        if [ "$name" = "$before" ]; then
          COMPREPLY=($(compgen -f -- "$current"))
          return
        fi
      done
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      case $current in
        -*) ;;
        *) COMPREPLY+=($(compgen -f -- "$current")) ;;
      esac
    }
    complete -o filenames -F _signalbox signalbox ./signalbox\
    """
        .replace("{commands}", names(commands))
        .replace("{parents}", parents(commands))
        .replace("{cases}", cases)
        .replace("{values}", values);
  }

  /** For zsh, by its support for scripts of bash. */
  public static String zsh(List<CommandSpec> commands) {
    StringBuilder list = new StringBuilder();
    commands.forEach(command ->
        list.append("    ").append(quoted(command.name() + ":" + command.summary())).append('\n'));
    StringBuilder cases = new StringBuilder();
    for (CommandSpec command : all(commands)) {
      cases.append("    ").append(quoted(command.name())).append(") arguments=(");
      for (OptionSpec option : command.allOptions()) {
        for (String name : names(option)) {
          cases.append(' ').append(quoted(zshOption(option, name)));
        }
      }
      if (command.subcommands().isEmpty()) {
        cases.append(" '*:argument:_files'");
      } else {
        cases.append(' ').append(quoted("1:command:(" + names(command.subcommands()) + ")"));
      }
      cases.append(" ) ;;\n");
    }
    return """
    #compdef signalbox ./signalbox
    # Completion of signalbox for zsh. Made by: signalbox completion zsh
    _signalbox() {
      local -a commands arguments
      local command
      commands=(
    {list}  )
      if (( CURRENT == 2 )); then
        _describe command commands
        return
      fi
      command=${words[2]}
      shift words; (( CURRENT-- ))
      case $command in
        {parents}) if (( CURRENT > 2 )) && [[ ${words[2]} != -* ]]; then command="$command ${words[2]}"; shift words; (( CURRENT-- )); fi ;;
      esac
      case $command in
    {cases}  esac
      _arguments $arguments
    }
    if [ "$funcstack[1]" = _signalbox ]; then _signalbox "$@"; else compdef _signalbox signalbox ./signalbox; fi\
    """
        .replace("{list}", list)
        .replace("{parents}", parents(commands))
        .replace("{cases}", cases);
  }

  private static String zshOption(OptionSpec option, String name) {
    String help = option.help().replace("[", "(").replace("]", ")").replace(":", " ");
    String text =
        (name.startsWith("--") && option.placeholder() != null ? name + "=" : name)
            + "["
            + help
            + "]";
    if (option.placeholder() == null) {
      return text;
    }
    String values =
        option.words().isEmpty() ? "_files" : "(" + String.join(" ", option.words()) + ")";
    return text + ":value:" + values;
  }

  /** For fish. */
  public static String fish(List<CommandSpec> commands) {
    StringBuilder text =
        new StringBuilder("# Completion of signalbox for fish. Made by: signalbox completion fish");
    for (CommandSpec command : commands) {
      text.append("\ncomplete -c signalbox -n __fish_use_subcommand -f -a ")
          .append(command.name())
          .append(" -d ")
          .append(quoted(command.summary()));
    }
    for (CommandSpec command : all(commands)) {
      String[] words = command.name().split(" ", -1);
      String condition = "__fish_seen_subcommand_from " + words[0];
      if (words.length > 1) {
        condition += "; and __fish_seen_subcommand_from " + words[1];
      }
      for (CommandSpec part : command.subcommands()) {
        text.append("\ncomplete -c signalbox -n ")
            .append(
                quoted(
                    condition
                        + "; and not __fish_seen_subcommand_from "
                        + names(command.subcommands())))
            .append(" -f -a ")
            .append(part.word())
            .append(" -d ")
            .append(quoted(part.summary()));
      }
      String own =
          command.subcommands().isEmpty()
              ? condition
              : condition + "; and not __fish_seen_subcommand_from " + names(command.subcommands());
      for (OptionSpec option :
          command.takesArguments() ? command.allOptions() : List.<OptionSpec>of()) {
        List<String> names = names(option);
        if (!names.isEmpty()) {
          text.append("\ncomplete -c signalbox -n ").append(quoted(own));
          names.forEach(name ->
              text.append(
                  name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1)));
          text.append(option.placeholder() == null ? "" : " -r");
          text.append(
              option.words().isEmpty() ? "" : " -f -a " + quoted(String.join(" ", option.words())));
          text.append(" -d ").append(quoted(option.help()));
        }
      }
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static List<CommandSpec> all(List<CommandSpec> commands) {
    List<CommandSpec> all = new ArrayList<>();
    for (CommandSpec command : commands) {
      all.add(command);
      all.addAll(command.subcommands());
    }
    return all;
  }

  private static String names(List<CommandSpec> commands) {
    return commands.stream().map(CommandSpec::word).collect(Collectors.joining(" "));
  }

  private static String parents(List<CommandSpec> commands) {
    return commands.stream()
        .filter(command -> !command.subcommands().isEmpty())
        .map(CommandSpec::name)
        .collect(Collectors.joining("|"));
  }

  /** Names that a shell can complete: not the form that stands for any setting. */
  private static List<String> names(OptionSpec option) {
    return option.names().stream().filter(name -> name.indexOf('=') < 0).toList();
  }

  private static String words(CommandSpec command) {
    return Stream.concat(
            command.subcommands().stream().map(CommandSpec::word),
            command.allOptions().stream().flatMap(option -> names(option).stream()))
        .collect(Collectors.joining(" "));
  }

  private static String valued(CommandSpec command) {
    return command.allOptions().stream()
        .filter(option -> option.placeholder() != null)
        .flatMap(option -> names(option).stream())
        .collect(Collectors.joining(" "));
  }
}
