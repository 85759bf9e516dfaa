package dev.signalbox.cli.file;

import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/** Fetches a file from a running system. */
public final class DownloadCommand extends FetchCommand {

  private final String path;
  private final String target;

  /** Reads arguments. */
  public DownloadCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec(), given, out, err);
    path = arguments.words("the path").getFirst();
    target = target(path.substring(path.lastIndexOf('/') + 1));
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ClientOptions.with(
        CommandSpec.of(Group.CLIENT, "download", "fetch a file", "PATH [-o FILE]")
            .about(
                """
                Fetches a file and checks its length and, where the system offers one, its digest. Until it is
                complete its name ends in .part; the same command goes on with that when the file is still the
                same. A device, a pipe or a symbolic link is written to as the content comes. PATH is the path
                below the root of the files, such as uploads/notes.txt.
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
    return fetch("/api/v1/files/" + segments(path), target);
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
