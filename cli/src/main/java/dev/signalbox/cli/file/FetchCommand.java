package dev.signalbox.cli.file;

import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.platform.node.StartException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A command that writes what it fetches to the file of {@code --output}. */
public abstract class FetchCommand extends ClientCommand {

  private static final String STANDARD_OUTPUT = "-";

  /** Reads arguments. */
  protected FetchCommand(CommandSpec spec, List<String> given, OutputStream out, PrintStream err) {
    super(spec, given, out, err);
  }

  /**
   * Where to.
   *
   * @param otherwise the file without {@code --output}
   * @throws StartException when it is no file
   */
  protected final String target(String otherwise) {
    String target = arguments.value("--output").orElse(otherwise);
    if (target.isEmpty() || Files.isDirectory(Path.of(target))) {
      throw new StartException("'" + target + "' is no name for a file; give one with --output");
    }
    if (target.equals(STANDARD_OUTPUT) && json()) {
      throw new StartException("--json cannot be combined with --output -");
    }
    return target;
  }

  /** Fetches a path of the REST interface. */
  protected final int fetch(String path, String target) {
    Download download = new Download(client, err);
    if (target.equals(STANDARD_OUTPUT)) {
      download.to(path, out);
      return 0;
    }
    long bytes = download.to(path, Path.of(target));
    if (json()) {
      print(ClientJson.mapper().createObjectNode().put("file", target).put("bytes", bytes));
    } else {
      out.println(Printable.of(target) + "  " + bytes + " bytes");
    }
    return 0;
  }
}
