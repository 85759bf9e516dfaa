package dev.signalbox.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.platform.node.Launcher;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A command for a running system: its output, its errors and its exit code. */
public abstract class ClientCommand implements Launcher.Command {

  /** Its arguments. */
  protected final ParsedArguments arguments;

  /** The system. */
  protected final RestClient client;

  /** Where results go. */
  protected final PrintStream out;

  /** Where errors and progress go. */
  protected final PrintStream err;

  private final CommandOutput output;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * Reads arguments.
   *
   * @throws dev.signalbox.platform.node.StartException naming the first invalid one
   */
  protected ClientCommand(CommandSpec spec, List<String> given, OutputStream out, PrintStream err) {
    this.arguments = ParsedArguments.parse(spec, given);
    this.client = ClientOptions.client(arguments);
    this.output = CommandOutput.standard(out);
    this.out = output.printStream();
    this.err = err;
  }

  /**
   * Does the work.
   *
   * @return the exit code when all results were written
   */
  protected abstract int execute() throws InterruptedException;

  @Override
  public final int run() throws InterruptedException {
    int code;
    try {
      code = execute();
    } catch (CommandException e) {
      code = e.report(json(), out, err);
    }
    out.flush();
    return output.exitCode(code, err);
  }

  @Override
  public final void stop() {
    stopped.countDown();
  }

  /** Whether the output is JSON. */
  protected final boolean json() {
    return arguments.has("--json");
  }

  /** Colours, if they are wanted. */
  protected final Style style() {
    return Style.of(arguments.value("--color").orElse("auto"));
  }

  /** Prints a JSON document as one line. */
  protected final void print(JsonNode document) {
    out.println(document);
  }

  /**
   * Waits before the next look at something that is followed.
   *
   * @return false when the command is to end: its reader is gone, or the process ends
   */
  protected final boolean pause(long millis) throws InterruptedException {
    out.flush();
    return !output.failed() && !stopped.await(millis, TimeUnit.MILLISECONDS) && !output.failed();
  }

  /** Whether what was printed so far could be written. */
  protected final boolean written() {
    out.flush();
    return !output.failed();
  }

  /** A text as part of a path or query. */
  protected static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
