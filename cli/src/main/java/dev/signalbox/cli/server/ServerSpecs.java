package dev.signalbox.cli.server;

import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;

/** What the commands for servers on demand are. */
final class ServerSpecs {

  private static final OptionSpec NAME =
      OptionSpec.value("NAME", "name of the server, good in place of its id", "--name");
  private static final OptionSpec PORT =
      OptionSpec.value("PORT", "its port; without it a free one", "--port", "-p");
  private static final OptionSpec EXPIRES =
      OptionSpec.value("SECONDS", "stop it after so long", "--expires-in");

  private ServerSpecs() {}

  static CommandSpec server() {
    return CommandSpec.of(Group.CLIENT, "server", "make, list, watch and stop servers on demand")
        .subcommands(create(), list(), show(), stop(), log(), importing())
        .examples(
            "signalbox server create --path /hello --body 'Hello!'",
            "signalbox server log orders -f");
  }

  private static CommandSpec part(String name, String summary, String usage) {
    return ClientOptions.with(CommandSpec.of(Group.CLIENT, "server " + name, summary, usage));
  }

  private static CommandSpec create() {
    return part("create", "create a server", "[OPTIONS]")
        .about(
            """
            Creates an HTTP server: one page by --path and --body, or what a file defines, which is the
            body of POST /api/v1/servers in JSON or YAML. Options win over the file.
            """)
        .options(
            OptionSpec.value(
                "FILE", "definition in JSON or YAML; - is standard input", "--file", "-f"),
            NAME,
            PORT,
            OptionSpec.value("URI", "path of its page, such as /hello", "--path"),
            OptionSpec.value("TEXT", "content of its page; @FILE reads a file", "--body", "-d"),
            EXPIRES)
        .examples(
            "signalbox server create --port 50010 --path /hello --body 'Hello!'",
            "signalbox server create --file orders.yaml --name orders");
  }

  private static CommandSpec list() {
    return part("list", "list servers", "[OPTIONS]")
        .about("Lists the servers of the whole cluster, oldest first; with --json one a line.")
        .examples("signalbox server list");
  }

  private static CommandSpec show() {
    return part("show", "print a server with its definition", "SERVER")
        .about("Prints a server with its definition as JSON. SERVER is its id or its name.")
        .examples("signalbox server show orders");
  }

  private static CommandSpec stop() {
    return part("stop", "stop a server", "SERVER").examples("signalbox server stop orders");
  }

  private static CommandSpec log() {
    return part("log", "print the requests a server received", "SERVER [-f]")
        .about("Prints the journal of a server, oldest first; with --json one request a line.")
        .options(
            OptionSpec.flag("go on with requests as they come", "--follow", "-f"),
            OptionSpec.flag("only requests that no route matched", "--unmatched"))
        .examples("signalbox server log orders -f --unmatched");
  }

  private static CommandSpec importing() {
    return part("import", "create a server from WireMock mappings or OpenAPI", "FILE [OPTIONS]")
        .about(
            """
            Creates a server whose routes are WireMock's stub mappings, or answer the examples of an OpenAPI
            document; which of both FILE is, it says itself. What is not understood is printed as a note.
            """)
        .options(NAME, PORT, EXPIRES)
        .examples("signalbox server import openapi.yaml --name petstore");
  }
}
