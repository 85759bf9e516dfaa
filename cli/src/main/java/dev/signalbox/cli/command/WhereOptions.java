package dev.signalbox.cli.command;

import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the options every command has for {@link Where}, and settings such as {@code
 * --dns.retries=1}.
 */
public final class WhereOptions {

  /** The options. */
  public static final List<OptionSpec> SPECS =
      Stream.of(
              List.of(
                  OptionSpec.value(
                      "URL", "use a running system, such as http://127.0.0.1:8080", "--server"),
                  OptionSpec.value("TOKEN", "token for that system", "--token"),
                  OptionSpec.value("FILE", "read the token from a file", "--token-file")),
              ClientTls.SPECS,
              List.of(
                  OptionSpec.flag(
                      "any setting of the service, such as --resolver.tls-trust-file=ca.pem",
                      "--KEY=VALUE")))
          .flatMap(List::stream)
          .toList();

  private static final int LONGEST_TOKEN = 10_000;

  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, String> tls = new HashMap<>();
  private @Nullable URI server;
  private @Nullable String token;

  /** Takes an option if it is one of these. */
  public boolean take(String option, Arguments arguments) {
    switch (option) {
      case "--server" -> server = url(arguments.value(option));
      case "--token" -> token = arguments.value(option);
      case "--token-file" -> token = content(arguments.value(option));
      case "--ca", "--certificate", "--key" -> tls.put(option, arguments.value(option));
      default -> {
        if (!option.startsWith("--") || option.indexOf('.') < 0) {
          return false;
        }
        settings.put(option.substring(2), arguments.value(option));
      }
    }
    return true;
  }

  /** The options read so far. */
  public Where read() {
    if (server == null && token != null) {
      throw new StartException("--token needs --server");
    }
    if (server != null && !settings.isEmpty()) {
      throw new StartException(
          "--"
              + settings.keySet().iterator().next()
              + " cannot be combined with --server: it is a setting of this process, and the"
              + " system there has its own");
    }
    return new Where(server, token, ClientTls.of(tls::get, server), settings);
  }

  /** A base URL without a slash at its end. */
  public static URI url(String text) {
    try {
      URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (uri.getScheme() != null
          && Set.of("http", "https").contains(uri.getScheme())
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new StartException(
        "--server must be a URL such as http://127.0.0.1:8080, not '" + text + "'");
  }

  /** The content of a small file, such as a token. */
  public static String content(String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > LONGEST_TOKEN) {
        throw new StartException("The file " + file + " is too large for a token");
      }
      return Files.readString(path).strip();
    } catch (IOException e) {
      throw new StartException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
