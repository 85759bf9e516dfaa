package dev.signalbox.cli;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** Makes a bearer token for the gateway. */
final class TokenCommand {

  private static final int BYTES = 32;

  private TokenCommand() {}

  static CommandSpec spec() {
    return CommandSpec.of(
            Group.SET_UP, "token", "make a token for callers of the gateway", "[OPTIONS]")
        .about(
            """
            Makes a token of 256 random bits and prints the settings to put it in. It is stored nowhere.
            The roles are reader (GET), worker (census leases and results), operator (tasks, servers,
            files, codes, messages) and admin.
            """)
        .options(
            OptionSpec.choice(
                "reader|worker|operator|admin", "role of the token (default: operator)", "--role"),
            OptionSpec.flag("print role, token and setting as one JSON document", "--json"))
        .exit(23, "write error")
        .examples("signalbox token --role reader");
  }

  static String text(List<String> arguments) {
    ParsedArguments parsed = ParsedArguments.parse(spec(), arguments);
    parsed.words();
    String role = parsed.value("--role").orElse("operator");
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
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
