package dev.signalbox.cli.file;

import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.client.RestClient;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.StartException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Fetches a file from a running system. */
public final class DownloadCommand extends ClientCommand {

  private final String path;
  private final String target;

  /** Reads arguments. */
  public DownloadCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec(), given, out, err);
    path = arguments.words("the path").getFirst();
    String name = path.substring(path.lastIndexOf('/') + 1);
    target = arguments.value("--output").orElse(name);
    if (target.isEmpty() || Files.isDirectory(Path.of(target))) {
      throw new StartException("'" + target + "' is no name for a file; give one with --output");
    }
    if (target.equals("-") && json()) {
      throw new StartException("--json cannot be combined with --output -");
    }
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ClientOptions.with(
        CommandSpec.of(Group.CLIENT, "download", "fetch a file", "PATH [-o FILE]")
            .about(
                """
                Fetches a file and checks its length and, where the system offers one, its digest. Until it is
                complete its name ends in .part; the same command goes on with that when the file is still the
                same. PATH is the path below the root of the files, such as uploads/notes.txt.
                """)
            .options(
                OptionSpec.value(
                    "FILE",
                    "where to (default: the last name of PATH); - is standard output",
                    "--output",
                    "-o"))
            .exit(56, "what came does not have the digest that the system names")
            .examples("signalbox download uploads/notes.txt -o notes.txt"));
  }

  @Override
  protected int execute() {
    String address = "/api/v1/files/" + segments(path);
    Download download = new Download(client, err);
    if (target.equals("-")) {
      download.to(address, out);
      return 0;
    }
    long bytes = download.to(address, Path.of(target));
    if (json()) {
      print(RestClient.MAPPER.createObjectNode().put("file", target).put("bytes", bytes));
    } else {
      out.println(Printable.of(target) + "  " + bytes + " bytes");
    }
    return 0;
  }

  private static String segments(String path) {
    StringBuilder segments = new StringBuilder();
    String relative = path.startsWith("/") ? path.substring(1) : path;
    for (String name : relative.split("/", -1)) {
      segments.append(segments.isEmpty() ? "" : "/").append(encoded(name));
    }
    return segments.toString();
  }
}
