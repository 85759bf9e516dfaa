package dev.signalbox.cli.file;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends a file to a running system. */
public final class UploadCommand extends ClientCommand {

  private final Path file;
  private final @Nullable String to;

  /** Reads arguments. */
  public UploadCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec(), given, out, err);
    List<String> words = arguments.words("the file", "[TO]");
    file = Path.of(words.getFirst());
    to = words.size() > 1 ? words.getLast() : null;
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new StartException("Cannot read " + file + ": it is not a file that can be read");
    }
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ClientOptions.with(
        CommandSpec.of(Group.CLIENT, "upload", "send a file", "FILE [TO]")
            .about(
                """
                Sends a file by tus, the protocol of resumable uploads, and prints its path there. An upload that
                broke off goes on where it was when the same command is given again, as long as the file is
                unchanged. TO is the path below the root of the files; without it the file gets its own name
                below uploads/.
                """)
            .options(OptionSpec.flag("begin anew, whatever was sent before", "--restart"))
            .examples(
                "signalbox upload notes.txt", "signalbox upload site.tar.gz backup/site.tar.gz"));
  }

  @Override
  protected int execute() throws InterruptedException {
    ResumableUpload upload;
    try {
      upload = new ResumableUpload(client, file, to, err);
    } catch (IOException e) {
      throw new StartException("Cannot read " + file + ": " + e.getMessage(), e);
    }
    if (arguments.has("--restart")) {
      upload.forget();
    }
    String path = upload.run(this::pause);
    if (json()) {
      ObjectNode done = ClientJson.mapper().createObjectNode();
      print(
          done.put("path", path)
              .put("bytes", upload.length())
              .put("resumed_at", upload.resumedAt()));
    } else {
      out.println(Printable.of(path));
    }
    return 0;
  }
}
