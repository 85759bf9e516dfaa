package dev.signalbox.cli.probe;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.command.TaskAnswer;
import dev.signalbox.cli.command.TaskDoor;
import dev.signalbox.cli.command.TaskOptions;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.httpprobe.HttpProbeMain;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.platform.node.Launcher;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends one request and prints the result. Exit codes are curl's where curl has one. */
public final class ProbeCommand implements Launcher.Command {

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(
            Group.TASKS,
            "probe",
            "send an HTTP request and print the result and the time of each phase",
            "URL [OPTIONS]")
        .about(
            """
            Sends an HTTP request and prints the status, the time of each phase of each hop, the
            certificate, and whether the assertions hold. Options with one letter are curl's.
            """)
        .options(() -> TaskOptions.specs(ProbeArguments.TASK))
        .options(
            OptionSpec.value("'Name: value'", "request header", "--header", "-H"),
            OptionSpec.value("TEXT", "the header User-Agent", "--user-agent", "-A"),
            OptionSpec.value("NAME:PASSWORD", "the header Authorization: Basic", "--user", "-u"),
            OptionSpec.value(
                "HOST:PORT:ADDRESS", "connect there for this host and port", "--resolve"),
            OptionSpec.flag("send HEAD and print the response headers", "--head", "-I"),
            OptionSpec.flag("follow redirects", "--follow", "--location", "-L"),
            OptionSpec.value(
                "'SOURCE COMPARISON TARGET'",
                "status, time (ms), tls_expiry (days), body, header NAME or json PATH; == != < >"
                    + " contains not_contains is_empty not_empty exists not_exists; may be"
                    + " repeated",
                "--assert"),
            OptionSpec.flag("print the response headers too", "--include", "-i"),
            OptionSpec.flag(
                "print the body on standard output and the rest on standard error", "--body"),
            OptionSpec.value(
                "FILE", "write the body to a file; - is standard output", "--output", "-o"),
            OptionSpec.flag("print the result of the task http_probe", "--json"),
            ParamOption.SPEC)
        .options(() -> WhereOptions.SPECS)
        .exit(0, "success: the assertions hold; without any, a status below 400")
        .exit(1, "an assertion does not hold")
        .exit(2, "invalid arguments or settings")
        .exit(6, "name not resolved")
        .exit(7, "connection failed")
        .exit(9, "target not allowed")
        .exit(10, "the running system cannot be reached, or an internal error")
        .exit(22, "status 400 or above")
        .exit(23, "write error")
        .exit(28, "timeout")
        .exit(35, "TLS error")
        .exit(47, "too many redirects")
        .exit(56, "not HTTP, or connection lost")
        .exit(63, "body too large")
        .examples(
            "signalbox probe https://example.com/ -i",
            "signalbox probe http://example.com --follow --assert 'tls_expiry > 14' --assert 'time < 800'",
            "signalbox probe https://example.com/api -H 'Accept: application/json' --assert 'json /ok == true'",
            "signalbox probe https://example.com/ --connect-to 192.0.2.7 --insecure --json",
            "signalbox probe -LI example.com",
            "signalbox probe https://example.com/items -d @item.json -H 'Content-Type: application/json'");
  }

  private static final int ASSERTION = 1;
  private static final int INVALID = 2;
  private static final int UNAVAILABLE = 10;
  private static final int HTTP_ERROR = 22;

  private final ProbeArguments arguments;
  private final CommandOutput output;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Reads arguments.
   *
   * @throws dev.signalbox.platform.node.StartException naming the first invalid one
   */
  public ProbeCommand(List<String> arguments, OutputStream out, PrintStream err) {
    this.arguments = ProbeArguments.parse(arguments);
    this.output = CommandOutput.standard(out);
    this.out = output.printStream();
    this.err = err;
  }

  @Override
  public int run() throws InterruptedException {
    int code = probe();
    out.flush();
    return output.exitCode(code, err);
  }

  private int probe() throws InterruptedException {
    try (TaskDoor door = TaskDoor.open(arguments.where(), HttpProbeMain.SERVICE)) {
      TaskAnswer answer =
          door.run(ProbeArguments.TASK.name(), arguments.params(), ProbeArguments.TASK.operation());
      return answer.result() == null ? failed(answer.error()) : finished(answer.result());
    }
  }

  private int finished(JsonNode result) {
    if (arguments.output() != null) {
      int code = save(body(result), arguments.output());
      if (code != 0) {
        return code;
      }
    }
    if (arguments.form().json()) {
      out.println(Json.text(result));
    } else if (arguments.form().body()) {
      err.print(ProbeText.of(result, arguments.form().headers()));
      byte[] body = body(result);
      out.write(body, 0, body.length);
    } else {
      out.print(ProbeText.of(result, arguments.form().headers()));
    }
    if (result.path("success").asBoolean()) {
      return 0;
    }
    return result.path("assertions").isEmpty() ? HTTP_ERROR : ASSERTION;
  }

  private int save(byte[] body, Path file) {
    try {
      Files.write(file, body);
      return 0;
    } catch (IOException e) {
      err.println("Error: cannot write to " + file + ": " + e.getMessage());
      return CommandOutput.WRITE_ERROR;
    }
  }

  private static byte[] body(JsonNode result) {
    String data = result.path("data").asText("");
    return result.path("data_encoding").asText().equals("base64")
        ? Base64.getDecoder().decode(data)
        : data.getBytes(StandardCharsets.UTF_8);
  }

  private int failed(@Nullable TaskError error) {
    if (error == null) {
      return UNAVAILABLE;
    }
    if (arguments.form().json()) {
      out.println(Json.text(Map.of("error", error)));
    } else {
      String phase = error.phase() == null ? "" : " (" + Printable.of(error.phase()) + ")";
      err.println(Printable.of(error.code()) + phase + ": " + Printable.of(error.message()));
    }
    return switch (error.code()) {
      case TaskError.BAD_TASK, "INVALID_REQUEST" -> INVALID;
      case "DNS" -> 6;
      case "CONNECT" -> 7;
      case "BLOCKED_TARGET" -> 9;
      case "TIMEOUT" -> 28;
      case "TLS" -> 35;
      case "TOO_MANY_REDIRECTS" -> 47;
      case "PROTOCOL" -> 56;
      case "BODY_TOO_LARGE" -> 63;
      default -> UNAVAILABLE;
    };
  }
}
