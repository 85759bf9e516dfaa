package dev.signalbox.cli.probe;

import dev.signalbox.platform.node.StartException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An assertion as people write it: {@code status == 200}, {@code header content-type contains
 * json}, {@code json /items/0/id == 3}, {@code time < 500}.
 */
final class AssertOption {

  /** What comes between source and target, in words and signs; the service judges the words. */
  private static final Map<String, String> COMPARISONS =
      Map.ofEntries(
          Map.entry("==", "equals"),
          Map.entry("=", "equals"),
          Map.entry("equals", "equals"),
          Map.entry("!=", "not_equals"),
          Map.entry("not_equals", "not_equals"),
          Map.entry("<", "less_than"),
          Map.entry("less_than", "less_than"),
          Map.entry(">", "greater_than"),
          Map.entry("greater_than", "greater_than"),
          Map.entry("contains", "contains"),
          Map.entry("not_contains", "not_contains"),
          Map.entry("is_empty", "is_empty"),
          Map.entry("not_empty", "not_empty"),
          Map.entry("exists", "exists"),
          Map.entry("not_exists", "not_exists"));

  private static final List<String> WITH_PROPERTY = List.of("header", "json");

  private AssertOption() {}

  static Map<String, Object> parse(String text) {
    String[] source = text.strip().split("\\s+", 2);
    String rest = source.length > 1 ? source[1] : "";
    Map<String, Object> assertion = new LinkedHashMap<>();
    assertion.put("source", source[0]);
    if (WITH_PROPERTY.contains(source[0])) {
      String[] property = rest.split("\\s+", 2);
      assertion.put("property", property[0]);
      rest = property.length > 1 ? property[1] : "";
    }
    String[] comparison = rest.split("\\s+", 2);
    String known = COMPARISONS.get(comparison[0]);
    if (known == null) {
      throw new StartException(
          "--assert must be SOURCE COMPARISON TARGET, such as 'status == 200' or 'header"
              + " content-type contains json', not '"
              + text
              + "'");
    }
    assertion.put("comparison", known);
    if (comparison.length > 1) {
      assertion.put("target", comparison[1]);
    }
    return assertion;
  }
}
