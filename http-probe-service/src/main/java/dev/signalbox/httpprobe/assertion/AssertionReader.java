package dev.signalbox.httpprobe.assertion;

import dev.signalbox.httpprobe.assertion.Assertion.Comparison;
import dev.signalbox.httpprobe.assertion.Assertion.Source;
import dev.signalbox.platform.task.TaskParams;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a client asserts about an answer. */
public final class AssertionReader {

  public static final int MOST = 50;
  static final int LONGEST_TARGET = 4_096;
  public static final int LONGEST_PROPERTY = 256;

  // RFC 9110, 5.6.2.
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  private AssertionReader() {}

  public static List<String> sources() {
    return Assertion.keys(Source.values(), Source::key);
  }

  public static List<String> comparisons() {
    return Assertion.keys(Comparison.values(), Comparison::key);
  }

  public static List<Assertion> read(TaskParams params, String param) {
    List<Assertion> assertions = new ArrayList<>();
    for (TaskParams members : params.nestedList(param, MOST)) {
      assertions.add(one(members));
    }
    return assertions;
  }

  private static Assertion one(TaskParams members) {
    for (String required : List.of("source", "comparison")) {
      if (!members.has(required)) {
        members.problem(required, "is required");
      }
    }
    String source = members.oneOf("source", Source.STATUS.key(), sources());
    String comparison = members.oneOf("comparison", Comparison.EQUALS.key(), comparisons());
    String property = members.optionalText("property", LONGEST_PROPERTY);
    Comparison how = Comparison.valueOf(comparison.toUpperCase(java.util.Locale.ROOT));
    Source what = Source.valueOf(source.toUpperCase(java.util.Locale.ROOT));
    String target = "";
    Object value = members.any("target");
    if (value != null) {
      if (value instanceof Number || value instanceof Boolean) {
        target = value.toString();
      } else {
        String text = members.optionalContent("target", LONGEST_TARGET);
        target = text == null ? "" : text;
      }
    } else if (how.needsTarget()) {
      members.problem("target", "is required");
    }
    // A comparison that cannot be made would never hold, or worse, always.
    boolean numeric =
        how.isOrder()
            || (what.isNumber() && (how == Comparison.EQUALS || how == Comparison.NOT_EQUALS));
    if (numeric && value != null && Decimals.parse(target).isEmpty()) {
      members.problem("target", "must be a number");
    }
    String place = property == null ? "" : property;
    if (what == Source.HEADER && !place.matches(TOKEN)) {
      members.problem("property", "must name the header");
    }
    return new Assertion(
        what, place, how, target, what == Source.JSON ? path(members, place) : null);
  }

  private static @Nullable JsonPath path(TaskParams members, String property) {
    try {
      return JsonPath.parse(property);
    } catch (JsonPath.JsonPathException broken) {
      members.problem("property", broken.rule());
      return null;
    }
  }
}
