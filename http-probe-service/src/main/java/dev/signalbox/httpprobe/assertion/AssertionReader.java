package dev.signalbox.httpprobe.assertion;

import dev.signalbox.httpprobe.assertion.Assertion.Comparison;
import dev.signalbox.httpprobe.assertion.Assertion.Source;
import dev.signalbox.platform.task.TaskParams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a client asserts about an answer. */
public final class AssertionReader {

  public static final int MOST = 50;
  static final int LONGEST_TARGET = 4_096;
  public static final int LONGEST_PROPERTY = 256;

  private AssertionReader() {}

  public static List<String> sources() {
    return Assertion.keys(Source.values(), Source::key);
  }

  public static List<String> comparisons() {
    return Assertion.keys(Comparison.values(), Comparison::key);
  }

  public static List<Assertion> read(TaskParams params, String param) {
    List<Assertion> assertions = new ArrayList<>();
    int index = 0;
    for (Object item : params.list(param, MOST)) {
      String where = param + "[" + index++ + "]";
      if (item instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((key, value) -> members.put(String.valueOf(key), value));
        Assertion assertion = one(TaskParams.of(members), members, where, params);
        if (assertion != null) {
          assertions.add(assertion);
        }
      } else {
        params.problem(where, "must be an object");
      }
    }
    return assertions;
  }

  private static @Nullable Assertion one(
      TaskParams members, Map<String, @Nullable Object> raw, String where, TaskParams params) {
    members.text("source", 64);
    members.text("comparison", 64);
    String source = members.oneOf("source", Source.STATUS.key(), sources());
    String comparison = members.oneOf("comparison", Comparison.EQUALS.key(), comparisons());
    String property = members.optionalText("property", LONGEST_PROPERTY);
    Comparison how = Comparison.valueOf(comparison.toUpperCase(java.util.Locale.ROOT));
    Source what = Source.valueOf(source.toUpperCase(java.util.Locale.ROOT));
    String target = "";
    if (members.has("target")) {
      Object value = raw.get("target");
      if (value instanceof Number || value instanceof Boolean) {
        target = value.toString();
      } else {
        String text = members.optionalContent("target", LONGEST_TARGET);
        target = text == null ? "" : text;
      }
    } else if (how.needsTarget()) {
      members.problem("target", "is required");
    }
    if (what == Source.HEADER && (property == null || property.isEmpty())) {
      members.problem("property", "must name the header");
    }
    var problem = members.problem();
    if (problem.isPresent()) {
      params.problem(where, problem.get().message());
      return null;
    }
    return new Assertion(what, property == null ? "" : property, how, target);
  }
}
