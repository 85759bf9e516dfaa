package dev.signalbox.cli.probe;

import dev.signalbox.cli.command.Arguments;
import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.Where;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.platform.node.StartException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command {@code probe}.
 *
 * @param params parameters of the task {@code http_probe}
 * @param form what to print
 * @param where what sends the request
 * @param help whether to print the usage and do nothing else
 */
record ProbeArguments(Map<String, Object> params, Form form, Where where, boolean help) {

  /**
   * What to print.
   *
   * @param headers the response headers too
   * @param body the response body, and nothing else on standard output
   * @param json the task's result instead
   */
  record Form(boolean headers, boolean body, boolean json) {}

  ProbeArguments {
    params = Map.copyOf(params);
  }

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first invalid one
   */
  static ProbeArguments parse(List<String> arguments) {
    return new Reader(new Arguments(arguments)).read();
  }

  private static final class Reader {

    private final Arguments arguments;
    private final WhereOptions where = new WhereOptions();
    private final Map<String, Object> params = new LinkedHashMap<>();
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final List<Object> assertions = new ArrayList<>();
    private @Nullable String url;
    private boolean follow;
    private boolean showHeaders;
    private boolean showBody;
    private boolean json;
    private boolean help;

    Reader(Arguments arguments) {
      this.arguments = arguments;
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
      return help
          ? new ProbeArguments(Map.of(), new Form(false, false, false), where.read(), true)
          : finished();
    }

    private void address(String argument) {
      if (url != null) {
        throw new StartException("Only one URL is possible; remove '" + argument + "'");
      }
      url = argument.contains("://") ? argument : "http://" + argument;
    }

    private void option(String option) {
      switch (option) {
        case "--help", "-h" -> help = true;
        case "--method", "-X" ->
            params.put("method", arguments.value(option).toUpperCase(Locale.ROOT));
        case "--header", "-H" -> header(arguments.value(option));
        case "--data", "-d" -> params.put("body", arguments.value(option));
        case "--insecure", "-k" -> params.put("verify_tls", false);
        case "--http1.1" -> params.put("http_version", "1.1");
        case "--http2", "--http2-prior-knowledge" -> params.put("http_version", "2");
        case "-4", "--ipv4" -> params.put("ip_family", "ipv4");
        case "-6", "--ipv6" -> params.put("ip_family", "ipv6");
        case "--connect-to" -> params.put("connect_to", arguments.value(option));
        case "--server-name" -> params.put("server_name", arguments.value(option));
        case "--follow", "-L" -> follow = true;
        case "--max-redirects" -> {
          params.put("max_redirects", arguments.number(option, 0, 30));
          follow = true;
        }
        case "--timeout", "-m" -> params.put("timeout_ms", arguments.duration(option).toMillis());
        case "--max-body" ->
            params.put("max_body_bytes", arguments.number(option, 0, Integer.MAX_VALUE));
        case "--assert" -> assertions.add(AssertOption.parse(arguments.value(option)));
        case "--param" -> ParamOption.put(arguments.value(option), params);
        case "-i", "--include" -> showHeaders = true;
        case "--body" -> showBody = true;
        case "--json" -> json = true;
        default ->
            throw new StartException("Unknown option " + option + "; see signalbox probe --help");
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

    private ProbeArguments finished() {
      if (url == null) {
        throw new StartException(
            "The URL is missing; for example: signalbox probe https://example.com/");
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
      if (!json && !showBody) {
        params.put("include_body", false);
      }
      return new ProbeArguments(params, new Form(showHeaders, showBody, json), where.read(), false);
    }
  }
}
