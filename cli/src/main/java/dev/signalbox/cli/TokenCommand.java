package dev.signalbox.cli;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.cli.token.TokenFileCommand;
import java.util.List;

/** Makes a bearer token for the gateway. */
final class TokenCommand {

  private TokenCommand() {}

  static CommandSpec spec() {
    return CommandSpec.of(
            Group.SET_UP,
            "token",
            "make, list and revoke tokens for callers of the gateway",
            "[OPTIONS]",
            "COMMAND")
        .about(
            """
            Without COMMAND it makes a token of 256 random bits and prints the settings to put it in. It is
            stored nowhere. The commands keep a file of tokens with names for gateway.tokens-file, which
            has their digests and not the tokens.
            The roles are reader (GET), worker (census leases and results), operator (tasks, servers,
            files, codes, messages) and admin.
            """)
        .options(
            OptionSpec.choice(
                "reader|worker|operator|admin", "role of the token (default: operator)", "--role"),
            OptionSpec.flag("print role, token and setting as one JSON document", "--json"))
        .exit(23, "write error")
        .examples("signalbox token --role reader")
        .subcommands(TokenFileCommand.parts());
  }

  /** Whether arguments are those of a subcommand. */
  static boolean hasSubcommand(List<String> arguments) {
    return !arguments.isEmpty() && !arguments.getFirst().startsWith("-");
  }

  static String text(List<String> arguments) {
    ParsedArguments parsed = ParsedArguments.parse(spec(), arguments);
    parsed.words();
    String role = parsed.value("--role").orElse("operator");
    String token = TokenFileCommand.random();
    String setting = role + ":" + token;
    // Neither a role nor base64url needs escaping.
    return parsed.has("--json")
        ? "{\"role\":\"%s\",\"token\":\"%s\",\"setting\":\"gateway.tokens\",\"value\":\"%s\"}"
            .formatted(role, token, setting)
        : """
        %s

        For the gateway, one of:
          a line of the file that gateway.tokens-file names:  %s
          in the file of --config:                            gateway: {tokens: ["%s"]}
          in the environment:                                 SIGNALBOX_GATEWAY_TOKENS=%s
        For the caller:
          export SIGNALBOX_TOKEN=%s\
        """
            .formatted(token, setting, setting, setting, token);
  }
}
