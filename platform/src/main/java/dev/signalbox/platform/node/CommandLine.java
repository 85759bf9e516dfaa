package dev.signalbox.platform.node;

import dev.signalbox.platform.config.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The options of every main class: {@code --cluster}, {@code --data DIR}, {@code --threads N},
 * {@code --config FILE} and any setting as {@code --section.key=value} or {@code --section.key
 * value}.
 *
 * @param configFile file of settings; null for none
 * @param settings values by key
 * @param help whether to print the usage and do nothing else
 */
public record CommandLine(@Nullable Path configFile, Map<String, String> settings, boolean help) {

  private static final Map<String, String> SHORT =
      Map.of("data", "platform.data", "threads", "platform.threads");

  public CommandLine {
    settings = Map.copyOf(settings);
  }

  /**
   * Reads arguments.
   *
   * @param more further short names, with the settings they stand for
   * @throws StartException naming the first invalid argument
   */
  public static CommandLine parse(List<String> arguments, Map<String, String> more) {
    Path file = null;
    boolean help = false;
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> rest = new ArrayList<>(arguments);
    while (!rest.isEmpty()) {
      String argument = rest.removeFirst();
      if (!argument.startsWith("--")) {
        throw new StartException("Unknown argument '" + argument + "'; options begin with --");
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
      switch (name) {
        case "help" -> help = true;
        case "cluster" ->
            settings.put("platform.cluster", equals < 0 ? "true" : argument.substring(equals + 1));
        default -> {
          String value = equals < 0 ? next(argument, rest) : argument.substring(equals + 1);
          if (name.equals("config")) {
            file = Path.of(value);
          } else {
            settings.put(key(name, more), value);
          }
        }
      }
    }
    return new CommandLine(file, settings, help);
  }

  private static String next(String option, List<String> rest) {
    if (rest.isEmpty() || rest.getFirst().startsWith("--")) {
      throw new StartException("Option " + option + " needs a value");
    }
    return rest.removeFirst();
  }

  private static String key(String name, Map<String, String> more) {
    if (name.contains(".")) {
      return name;
    }
    String key = more.getOrDefault(name, SHORT.get(name));
    if (key == null) {
      Set<String> known = new TreeSet<>(more.keySet());
      known.addAll(SHORT.keySet());
      known.addAll(List.of("cluster", "config", "help"));
      throw new StartException(
          "Unknown option --"
              + name
              + Suggestion.question("--" + name, known.stream().map(word -> "--" + word).toList()));
    }
    return key;
  }
}
