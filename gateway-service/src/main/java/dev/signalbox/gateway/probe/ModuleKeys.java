package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads the keys of a module, and says of each that is wrong which rule it breaks. */
final class ModuleKeys {

  /** Durations as Prometheus writes them. */
  private static final java.util.regex.Pattern DURATION =
      java.util.regex.Pattern.compile(
          "(?=.)(?:(\\d{1,4})d)?(?:(\\d{1,6})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  private static final java.util.regex.Pattern SIZE =
      java.util.regex.Pattern.compile("(\\d{1,12})(?:([KMGT])i?)?B");

  private final String module;
  private final String path;
  private final ObjectNode node;
  private final List<String> problems;
  private final Set<String> known = new HashSet<>();

  ModuleKeys(String module, String path, ObjectNode node, List<String> problems) {
    this.module = module;
    this.path = path;
    this.node = node;
    this.problems = problems;
  }

  /** Keys of which none is there. */
  static ModuleKeys empty() {
    return new ModuleKeys("", "", JsonNodeFactory.instance.objectNode(), new ArrayList<>());
  }

  void problem(String key, String rule) {
    problems.add(module + path + key + " " + rule);
  }

  void ignore(String key) {
    known.add(key);
  }

  /** Refuses keys that blackbox_exporter has and Signalbox has not. */
  void unsupported(String... keys) {
    for (String key : keys) {
      known.add(key);
      if (has(key)) {
        problem(key, "is not supported");
      }
    }
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  private @Nullable JsonNode value(String key) {
    known.add(key);
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  String text(String key, String otherwise) {
    JsonNode value = value(key);
    if (value != null && !value.isValueNode()) {
      problem(key, "must be a text");
      return otherwise;
    }
    return value == null ? otherwise : value.asText();
  }

  @Nullable String text(String key) {
    known.add(key);
    return has(key) ? text(key, "") : null;
  }

  /** One of several words. */
  String oneOf(String key, String otherwise, Set<String> words) {
    String text = text(key, otherwise);
    if (!words.contains(text)) {
      problem(key, "must be one of " + String.join(", ", words.stream().sorted().toList()));
      return otherwise;
    }
    return text;
  }

  boolean bool(String key, boolean otherwise) {
    JsonNode value = value(key);
    if (value != null && !value.isBoolean()) {
      problem(key, "must be true or false");
      return otherwise;
    }
    return value == null ? otherwise : value.booleanValue();
  }

  @Nullable Duration duration(String key) {
    String text = text(key);
    if (text == null) {
      return null;
    }
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      problem(key, "must be a duration such as 5s or 1m30s");
      return null;
    }
    return Duration.ofDays(number(parts.group(1)))
        .plusHours(number(parts.group(2)))
        .plusMinutes(number(parts.group(3)))
        .plusSeconds(number(parts.group(4)))
        .plusMillis(number(parts.group(5)));
  }

  /** Bytes, such as {@code 10MB}; units are powers of 1,024, as there. */
  long size(String key) {
    String text = text(key, "0B");
    Matcher parts = SIZE.matcher(text.equals("0") ? "0B" : text);
    if (!parts.matches()) {
      problem(key, "must be a size such as 10MB");
      return 0;
    }
    String unit = parts.group(2);
    int shift = unit == null ? 0 : 10 * ("KMGT".indexOf(unit) + 1);
    long number = number(parts.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      problem(key, "must be a size below 8 EiB");
      return 0;
    }
    return number << shift;
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  List<JsonNode> list(String key) {
    JsonNode value = value(key);
    if (value != null && !value.isArray()) {
      problem(key, "must be a list");
      return List.of();
    }
    List<JsonNode> items = new ArrayList<>();
    if (value != null) {
      value.forEach(items::add);
    }
    return items;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list(key)) {
      if (item.isValueNode()) {
        texts.add(item.asText());
      } else {
        problem(key, "must be a list of texts");
      }
    }
    return List.copyOf(texts);
  }

  List<Pattern> patterns(String key) {
    List<Pattern> patterns = new ArrayList<>();
    for (String text : texts(key)) {
      Pattern pattern = compile(key, text);
      if (pattern != null) {
        patterns.add(pattern);
      }
    }
    return List.copyOf(patterns);
  }

  @Nullable Pattern compile(String key, String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      problem(
          key,
          "must be regular expressions of RE2: "
              + ProbeModules.shown(text)
              + ", "
              + e.getDescription());
      return null;
    } catch (StackOverflowError deep) {
      // RE2/J calls itself for each level, and writes optional repetitions out as levels.
      problem(
          key,
          "must be regular expressions of RE2: " + ProbeModules.shown(text) + ", nests too deep");
      return null;
    }
  }

  /** The keys below a key. */
  ModuleKeys object(String key) {
    JsonNode value = value(key);
    if (value != null && !(value instanceof ObjectNode)) {
      problem(key, "must be a map of keys");
    }
    ObjectNode members =
        value instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    return new ModuleKeys(module, path + key + ".", members, problems);
  }

  /** The keys of each map in a list. */
  List<ModuleKeys> objects(String key) {
    List<ModuleKeys> all = new ArrayList<>();
    for (JsonNode item : list(key)) {
      if (item instanceof ObjectNode object) {
        all.add(new ModuleKeys(module, path + key + ".", object, problems));
      } else {
        problem(key, "must be a list of maps");
      }
    }
    return all;
  }

  /** The names of all keys, which have texts. */
  List<String> names() {
    return node.propertyStream().map(java.util.Map.Entry::getKey).toList();
  }

  /** The content of a file that a key names; null when the key is not there. */
  @Nullable String file(String key) {
    String name = text(key);
    if (name == null || name.isEmpty()) {
      return null;
    }
    try {
      return SmallFiles.read(name);
    } catch (IOException e) {
      problem(key, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Reports the keys that nothing asked for. */
  void end() {
    for (String key : names()) {
      if (!known.contains(key)) {
        problems.add(module + path + ProbeModules.shown(key) + " is not a known key");
      }
    }
  }
}
