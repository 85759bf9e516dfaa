package dev.signalbox.platform.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from: a YAML file, then the environment, then the command line, each
 * overriding the one before. Keys are {@code prefix.kebab-case}; in the environment {@code
 * SIGNALBOX_PREFIX_KEBAB_CASE}.
 */
public final class ConfigSource {

  private static final String ENVIRONMENT_PREFIX = "SIGNALBOX_";

  /** With on, off, yes and no as the texts that they are from other sources too. */
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS).build();

  private static final String COMMAND_LINE = "command line";

  /** One value with where it was set, for messages. */
  record Value(String text, String origin, boolean wellFormed) {
    Value(String text, String origin) {
      this(text, origin, true);
    }
  }

  private final Map<String, Value> byKey;
  private final Map<String, Value> byVariable;

  private ConfigSource(Map<String, Value> byKey, Map<String, Value> byVariable) {
    this.byKey = byKey;
    this.byVariable = byVariable;
  }

  /**
   * Reads the three sources.
   *
   * @param file YAML file with one section for each prefix; null for none
   * @param environment the process's variables; only those beginning with {@code SIGNALBOX_} count
   * @param commandLine keys with values
   * @throws ConfigException when the file cannot be read or is not such a file
   */
  public static ConfigSource of(
      @Nullable Path file, Map<String, String> environment, Map<String, String> commandLine) {
    Map<String, Value> byKey = new LinkedHashMap<>();
    if (file != null) {
      readFile(file, byKey);
    }
    Map<String, Value> byVariable = new TreeMap<>();
    environment.forEach((name, value) -> {
      if (name.startsWith(ENVIRONMENT_PREFIX)) {
        byVariable.put(name, new Value(value, "environment variable " + name));
      }
    });
    commandLine.forEach((key, value) -> {
      byKey.put(key, new Value(value, COMMAND_LINE));
      byVariable.remove(variable(key));
    });
    return new ConfigSource(byKey, byVariable);
  }

  private static void readFile(Path file, Map<String, Value> byKey) {
    JsonNode root;
    try {
      root = YAML.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw fault(file.toString(), "is not YAML: " + YamlProblem.of(e));
    } catch (IOException e) {
      throw fault(file.toString(), "cannot be read: " + e.getMessage());
    }
    if (root.isMissingNode() || root.isNull()) {
      return;
    }
    if (!root.isObject()) {
      throw fault(file.toString(), "must be a map of sections");
    }
    root.properties()
        .forEach(section -> {
          if (!section.getValue().isObject()) {
            throw fault(section.getKey(), "must be a section, with settings below it");
          }
          section
              .getValue()
              .properties()
              .forEach(setting ->
                  byKey.put(
                      section.getKey() + "." + setting.getKey(),
                      new Value(
                          text(setting.getValue()), file.toString(), isText(setting.getValue()))));
        });
  }

  /** Whether a setting is one text or number, or a list of those. */
  private static boolean isText(JsonNode node) {
    if (!node.isArray()) {
      return !node.isObject();
    }
    for (JsonNode item : node) {
      if (item.isContainerNode()) {
        return false;
      }
    }
    return true;
  }

  private static String text(JsonNode node) {
    if (!node.isArray()) {
      return node.asText();
    }
    List<String> items = new ArrayList<>();
    node.forEach(item -> items.add(item.asText()));
    return String.join(",", items);
  }

  private static ConfigException fault(String key, String message) {
    return new ConfigException(List.of(new ConfigProblem(key, message)));
  }

  /** The text a key is set to, wherever that was; empty when nothing sets it. */
  public Optional<String> text(String key) {
    return Optional.ofNullable(find(key)).map(Value::text);
  }

  /** The same settings with one more, unless something sets that key already. */
  public ConfigSource orElse(String key, String text) {
    if (find(key) != null) {
      return this;
    }
    Map<String, Value> more = new LinkedHashMap<>(byKey);
    more.put(key, new Value(text, "default of this command"));
    return new ConfigSource(more, byVariable);
  }

  @Nullable Value find(String key) {
    // The command line removed its variables, so a variable here overrides the file alone.
    Value fromEnvironment = byVariable.get(variable(key));
    return fromEnvironment != null ? fromEnvironment : byKey.get(key);
  }

  /**
   * Keys and variables that are in a known section but are none of its settings.
   *
   * @param known the keys of each known section
   * @param strict whether a section that is not known is a problem too; otherwise it is taken to be
   *     another service's
   */
  List<ConfigProblem> unknown(Map<String, List<String>> known, boolean strict) {
    List<ConfigProblem> problems = new ArrayList<>();
    byKey.forEach((key, value) -> {
      String section = key.substring(0, Math.max(0, key.indexOf('.')));
      List<String> keys = known.get(section);
      boolean foreign = keys == null && !strict && !value.origin().equals(COMMAND_LINE);
      if (!foreign && (keys == null || !keys.contains(key))) {
        List<String> all = known.values().stream().flatMap(List::stream).toList();
        problems.add(
            new ConfigProblem(
                key, "is not a setting (" + value.origin() + ")" + Suggestion.question(key, all)));
      }
    });
    // Other programs have variables too, so only those that clearly mean a section are checked.
    byVariable.forEach((name, value) ->
        known.forEach((section, keys) -> {
          if (name.startsWith(variable(section) + "_")
              && keys.stream().noneMatch(key -> variable(key).equals(name))) {
            List<String> all = keys.stream().map(ConfigSource::variable).toList();
            problems.add(
                new ConfigProblem(name, "is not a setting" + Suggestion.question(name, all)));
          }
        }));
    return problems;
  }

  static String variable(String key) {
    return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
