package dev.signalbox.cli.spec;

import dev.signalbox.platform.config.Suggestion;
import dev.signalbox.platform.node.StartException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A command: help, completion, the reading of its arguments and suggestions for typing errors are
 * made of this.
 *
 * @param name with the command it is part of, such as {@code server create}
 * @param group where the list of commands has it
 * @param summary some words, for the list of commands
 * @param usage its arguments, a line for each form, without the name
 * @param description paragraphs for its help
 * @param options made when they are needed: those of tasks are declared by their services
 * @param exits what each exit code means
 * @param examples lines to paste
 * @param subcommands what it consists of; then it has arguments of its own only if it has a usage
 */
public record CommandSpec(
    String name,
    Group group,
    String summary,
    List<String> usage,
    String description,
    Supplier<List<OptionSpec>> options,
    Map<Integer, String> exits,
    List<String> examples,
    List<CommandSpec> subcommands) {

  /** The parts of the list of commands. */
  public enum Group {
    RUN("Run Signalbox"),
    TASKS("Look something up, without a running system or with --server URL"),
    CLIENT("Use a running system (--server URL, default http://127.0.0.1:8080)"),
    SET_UP("Set up"),
    /** Not listed. */
    HIDDEN("");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** The heading. */
    public String title() {
      return title;
    }
  }

  private static final OptionSpec HELP = OptionSpec.flag("print this text", "--help", "-h");

  private static final int INVALID = 2;

  public CommandSpec {
    usage = List.copyOf(usage);
    exits = new TreeMap<>(exits);
    examples = List.copyOf(examples);
    subcommands = List.copyOf(subcommands);
  }

  /** A command with a name, a summary and the forms of its arguments. */
  public static CommandSpec of(Group group, String name, String summary, String... usage) {
    return new CommandSpec(
        name,
        group,
        summary,
        List.of(usage),
        "",
        List::of,
        Map.of(0, "success", INVALID, "invalid arguments"),
        List.of(),
        List.of());
  }

  /** The same with a description. */
  public CommandSpec about(String text) {
    return new CommandSpec(
        name, group, summary, usage, text, options, exits, examples, subcommands);
  }

  /** The same with options. */
  public CommandSpec options(OptionSpec... more) {
    return options(() -> List.of(more));
  }

  /** The same with options, after those it has. */
  public CommandSpec options(Supplier<List<OptionSpec>> more) {
    Supplier<List<OptionSpec>> before = options;
    return new CommandSpec(
        name,
        group,
        summary,
        usage,
        description,
        () -> {
          List<OptionSpec> all = new ArrayList<>(before.get());
          all.addAll(more.get());
          return all;
        },
        exits,
        examples,
        subcommands);
  }

  /** The same with an exit code more. */
  public CommandSpec exit(int code, String meaning) {
    Map<Integer, String> more = new TreeMap<>(exits);
    more.put(code, meaning);
    return new CommandSpec(
        name, group, summary, usage, description, options, more, examples, subcommands);
  }

  /** The same with examples. */
  public CommandSpec examples(String... lines) {
    return new CommandSpec(
        name,
        group,
        summary,
        usage,
        description,
        options,
        exits,
        Arrays.asList(lines),
        subcommands);
  }

  /** The same with subcommands. */
  public CommandSpec subcommands(CommandSpec... parts) {
    return new CommandSpec(
        name, group, summary, usage, description, options, exits, examples, Arrays.asList(parts));
  }

  /** The same under another name. */
  public CommandSpec named(String other) {
    return new CommandSpec(
        other, group, summary, usage, description, options, exits, examples, subcommands);
  }

  /** Whether it has arguments besides those of its subcommands. */
  public boolean takesArguments() {
    return subcommands.isEmpty() || !usage.isEmpty();
  }

  /** The last word of the name. */
  public String word() {
    return name.substring(name.lastIndexOf(' ') + 1);
  }

  /** All options, with that for help. */
  public List<OptionSpec> allOptions() {
    List<OptionSpec> all = new ArrayList<>(options.get());
    all.add(HELP);
    return all;
  }

  /** The option of a name. */
  public Optional<OptionSpec> option(String written) {
    return options.get().stream().filter(option -> option.names().contains(written)).findFirst();
  }

  /** Whether the arguments ask for the help. */
  public static boolean asksForHelp(List<String> arguments) {
    int end = arguments.indexOf("--");
    List<String> before = end < 0 ? arguments : arguments.subList(0, end);
    return before.contains("--help") || before.contains("-h") || before.contains("+help");
  }

  /**
   * The subcommand that the arguments begin with.
   *
   * @throws StartException when they begin with none
   */
  public CommandSpec subcommand(List<String> arguments) {
    List<String> words = subcommands.stream().map(CommandSpec::word).toList();
    if (arguments.isEmpty() || arguments.getFirst().startsWith("-")) {
      throw new StartException(
          "signalbox "
              + name
              + " needs one of: "
              + String.join(", ", words)
              + ". See signalbox "
              + name
              + " --help.");
    }
    String word = arguments.getFirst();
    return subcommands.stream()
        .filter(part -> part.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new StartException(
                "Unknown command '"
                    + name
                    + " "
                    + word
                    + "'"
                    + Suggestion.question(word, words)
                    + " See signalbox "
                    + name
                    + " --help."));
  }

  /** The error for an option that it does not have. */
  public StartException unknown(String option) {
    // dig's + and our -- are two ways to write one name.
    String dashed = option.startsWith("+") ? "--" + option.substring(1) : option;
    List<String> names =
        allOptions().stream()
            .flatMap(known -> known.names().stream())
            .map(name -> option.startsWith("+") ? name.replaceFirst("^\\+", "--") : name)
            .toList();
    String near = Suggestion.question(dashed, names);
    return new StartException(
        "Unknown option "
            + option
            + (option.startsWith("+") ? near.replace(" --", " +") : near)
            + (near.isEmpty() ? "; see" : " See")
            + " signalbox "
            + name
            + " --help");
  }
}
