package dev.signalbox.cli.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/** Prints the code of a uuid. */
public final class CodeCommand extends ClientCommand {

  private final String uuid;

  /** Reads arguments. */
  public CodeCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec(), given, out, err);
    uuid = arguments.words("the uuid").getFirst();
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ClientOptions.with(
        CommandSpec.of(Group.CLIENT, "code", "print the code of a uuid", "UUID")
            .about(
                "Prints the code of a uuid, which is issued at the first time and stays the same.")
            .examples("signalbox code 6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11"));
  }

  @Override
  protected int execute() {
    JsonNode code =
        client.json(
            "POST", "/api/v1/codes", ClientJson.mapper().createObjectNode().put("uuid", uuid));
    out.println(json() ? code.toString() : Printable.of(code.path("unique")));
    return 0;
  }
}
