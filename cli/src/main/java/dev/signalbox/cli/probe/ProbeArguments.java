package dev.signalbox.cli.probe;

import dev.signalbox.cli.command.Arguments;
import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.TaskOptions;
import dev.signalbox.cli.command.Where;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.task.HttpProbeTasks;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.task.TaskSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command {@code probe}.
 *
 * @param params parameters of the task {@code http_probe}
 * @param form what to print
 * @param output file for the body; null for none
 * @param where what sends the request
 */
record ProbeArguments(Map<String, Object> params, Form form, @Nullable Path output, Where where) {

  /**
   * What to print.
   *
   * @param headers the response headers too
   * @param body the response body, and nothing else on standard output
   * @param json the task's result instead
   */
  record Form(boolean headers, boolean body, boolean json) {}

  /** The declaration of the task, with the default settings of its service. */
  static final TaskSpec TASK =
      new HttpProbeTasks(Configuration.defaults("http-probe", HttpProbeConfig.class)).probeSpec();

  ProbeArguments {
    params = Map.copyOf(params);
  }

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first invalid one
   */
  static ProbeArguments parse(List<String> arguments) {
    return new Reader(arguments).read();
  }

  private static final class Reader {

    private final Arguments arguments;
    private final WhereOptions where = new WhereOptions();
    private final Map<String, Object> params = new LinkedHashMap<>();
    private final TaskOptions options = new TaskOptions(TASK, params);
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final List<Object> assertions = new ArrayList<>();
    private @Nullable String url;
    private @Nullable String connectTo;
    private boolean follow;
    private boolean showHeaders;
    private boolean showBody;
    private boolean json;
    private @Nullable String resolve;
    private @Nullable String output;

    Reader(List<String> given) {
      this.arguments = new Arguments(given, ProbeCommand.spec().options().get());
    }

    ProbeArguments read() {
      while (arguments.more()) {
        String argument = arguments.next();
        if (!argument.startsWith("-") || argument.length() == 1) {
          address(argument);
        } else if (!where.take(argument, arguments)) {
          option(argument);
        }
      }
      return finished();
    }

    private void address(String argument) {
      if (url != null) {
        throw new StartException("Only one URL is possible; remove '" + argument + "'");
      }
      url = argument.contains("://") ? argument : "http://" + argument;
    }

    private void option(String option) {
      switch (option) {
        case "--header", "-H" -> header(arguments.value(option));
        case "--user-agent", "-A" -> header("User-Agent: " + arguments.value(option));
        case "--user", "-u" -> header("Authorization: " + basic(arguments.value(option)));
        case "--data", "-d" -> params.put("body", DataOption.read(arguments.value(option)));
        case "--connect-to" -> connectTo = arguments.value(option);
        case "--resolve" -> resolve = arguments.value(option);
        case "--head", "-I" -> {
          params.put("method", "HEAD");
          showHeaders = true;
        }
        case "--output", "-o" -> {
          output = arguments.value(option);
          showBody |= output.equals("-");
        }
        case "--follow", "--location", "-L" -> follow = true;
        case "--assert" -> assertions.add(AssertOption.parse(arguments.value(option)));
        case "--param" -> ParamOption.put(arguments.value(option), params);
        case "-i", "--include" -> showHeaders = true;
        case "--body" -> showBody = true;
        case "--json" -> json = true;
        default -> {
          if (!options.take(option, option, arguments)) {
            throw ProbeCommand.spec().unknown(option);
          }
          follow |= option.equals("--max-redirects");
        }
      }
    }

    private void header(String text) {
      int colon = text.indexOf(':');
      if (colon < 1) {
        throw new StartException("A header must be 'Name: value', not '" + text + "'");
      }
      headers
          .computeIfAbsent(text.substring(0, colon).strip(), name -> new ArrayList<>())
          .add(text.substring(colon + 1).strip());
    }

    private static String basic(String credentials) {
      if (credentials.indexOf(':') < 1) {
        throw new StartException("--user must be NAME:PASSWORD");
      }
      byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }

    private ProbeArguments finished() {
      if (url == null) {
        throw new StartException(
            "The URL is missing; for example: signalbox probe https://example.com/");
      }
      options.finish();
      String target = ConnectOption.target(url, connectTo, resolve);
      if (target != null) {
        params.put("connect_to", target);
      }
      params.put("url", url);
      params.put("follow_redirects", follow);
      if (params.containsKey("body")) {
        params.putIfAbsent("method", "POST");
      }
      if (!headers.isEmpty()) {
        params.put("headers", headers);
      }
      if (!assertions.isEmpty()) {
        params.put("assertions", assertions);
      }
      if (!json && !showBody && output == null) {
        params.put("include_body", false);
      }
      Path file = output == null || output.equals("-") ? null : Path.of(output);
      return new ProbeArguments(params, new Form(showHeaders, showBody, json), file, where.read());
    }
  }
}
