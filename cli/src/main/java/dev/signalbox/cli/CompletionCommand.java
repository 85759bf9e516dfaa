package dev.signalbox.cli;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.Completion;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.platform.config.Suggestion;
import dev.signalbox.platform.node.StartException;
import java.util.ArrayList;
import java.util.List;

/** Makes the completion script of a shell. */
final class CompletionCommand {

  /** Shells there is a script for. */
  static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  private CompletionCommand() {}

  static CommandSpec spec() {
    return CommandSpec.of(
            Group.SET_UP, "completion", "print the completion script of a shell", "bash|zsh|fish")
        .about(
            """
            Prints a script that completes commands, options and the words options take, for the
            command signalbox and for ./signalbox.
            """)
        .exit(23, "write error")
        .examples(
            "source <(signalbox completion bash)                    # in ~/.bashrc",
            "signalbox completion zsh > ~/.zfunc/_signalbox         # a folder of fpath",
            "signalbox completion fish > ~/.config/fish/completions/signalbox.fish");
  }

  /**
   * The script.
   *
   * @throws StartException when the arguments name no shell that is known
   */
  static String script(List<String> arguments) {
    String shell = ParsedArguments.parse(spec(), arguments).words("the shell").getFirst();
    List<CommandSpec> commands = new ArrayList<>();
    for (CommandSpec command : Catalog.commands()) {
      if (command.name().equals("SERVICE")) {
        Catalog.SERVICES.forEach(service -> commands.add(command.named(service)));
      } else if (command.group() != Group.HIDDEN) {
        commands.add(command);
      }
    }
    return switch (shell) {
      case "bash" -> Completion.bash(commands);
      case "zsh" -> Completion.zsh(commands);
      case "fish" -> Completion.fish(commands);
      default ->
          throw new StartException(
              "Unknown shell '"
                  + shell
                  + "'; the shells are bash, zsh and fish"
                  + Suggestion.question(shell, SHELLS));
    };
  }
}
