package dev.signalbox.cli.client;

import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.StartException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The options that every command for a running system has. */
public final class ClientOptions {

  private static final String TOKEN = "SIGNALBOX_TOKEN";
  private static final String DEFAULT_SERVER = "http://127.0.0.1:8080";
  private static final int DEFAULT_TIMEOUT_S = 30;
  private static final int MOST_TIMEOUT_S = 3_600;

  private static final List<OptionSpec> SPECS =
      Stream.of(
              List.of(
                  OptionSpec.value(
                      "URL",
                      "the running system (default: SIGNALBOX_SERVER, else " + DEFAULT_SERVER + ")",
                      "--server"),
                  OptionSpec.value("TOKEN", "token for it (default: " + TOKEN + ")", "--token"),
                  OptionSpec.value("FILE", "read the token from a file", "--token-file")),
              ClientTls.SPECS,
              List.of(
                  OptionSpec.value(
                      "SECONDS", "longest wait for a response (default: 30)", "--timeout"),
                  OptionSpec.flag(
                      "print JSON: one document, or one a line where a list has no end; errors too",
                      "--json"),
                  OptionSpec.choice(
                      "auto|always|never",
                      "colours; auto: on a terminal without NO_COLOR",
                      "--color")))
          .flatMap(List::stream)
          .toList();

  private ClientOptions() {}

  /** The names of those that have a value. */
  public static Set<String> withValue() {
    return SPECS.stream()
        .filter(option -> option.placeholder() != null)
        .flatMap(option -> option.names().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** A command with these options and the exit codes of their errors. */
  public static CommandSpec with(CommandSpec command) {
    return command
        .options(() -> SPECS)
        .exit(CommandException.UNAVAILABLE, "the running system cannot be reached, or failed (5xx)")
        .exit(CommandException.REFUSED, "the running system refused the request (4xx)")
        .exit(CommandException.WRITE_ERROR, "write error")
        .exit(CommandException.TIMEOUT, "no response in time")
        .exit(130, "Ctrl-C");
  }

  /** A variable of the environment; an empty one is as good as none. */
  private static Optional<String> variable(String name) {
    return Optional.ofNullable(Launcher.environment().get(name)).filter(text -> !text.isEmpty());
  }

  private static RestClient.@Nullable Token token(ParsedArguments arguments) {
    RestClient.Token token =
        arguments
            .value("--token")
            .map(text -> new RestClient.Token(text, "--token"))
            .or(() ->
                arguments
                    .value("--token-file")
                    .map(file -> new RestClient.Token(WhereOptions.content(file), "--token-file")))
            .or(() -> variable(TOKEN).map(text -> new RestClient.Token(text, TOKEN)))
            .orElse(null);
    if (token != null && !token.text().matches("[\\x21-\\x7e]+")) {
      throw new StartException(
          "The token of " + token.source() + " must be printable ASCII without spaces");
    }
    return token;
  }

  /** The client that the arguments ask for. */
  static RestClient client(ParsedArguments arguments) {
    String server =
        arguments.value("--server").or(() -> variable("SIGNALBOX_SERVER")).orElse(DEFAULT_SERVER);
    if (arguments.has("--token") && arguments.has("--token-file")) {
      throw new StartException("--token and --token-file cannot be combined");
    }
    RestClient.Token token = token(arguments);
    URI url = WhereOptions.url(server);
    long timeout = arguments.number("--timeout", DEFAULT_TIMEOUT_S, 1, MOST_TIMEOUT_S);
    ClientTls tls = ClientTls.of(option -> arguments.value(option).orElse(null), url);
    return new RestClient(url, token, tls, (int) timeout * 1_000);
  }
}
