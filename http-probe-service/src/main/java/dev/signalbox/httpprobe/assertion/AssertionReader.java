package dev.signalbox.httpprobe.assertion;

import dev.signalbox.httpprobe.assertion.Assertion.Comparison;
import dev.signalbox.httpprobe.assertion.Assertion.Source;
import dev.signalbox.platform.json.JsonPath;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a client asserts about an answer. */
public final class AssertionReader {

  private static final int MOST = 50;
  private static final int LONGEST_TARGET = 4_096;
  private static final int LONGEST_PROPERTY = 256;

  // RFC 9110, 5.6.2.
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  private static final Param<String> SOURCE =
      Param.oneOf("source", "Where to look", Source.STATUS.key(), sources())
          .titled("Source")
          .required();

  private static final Param<@Nullable String> PROPERTY =
      Param.optionalText(
              "property",
              "Header name, or place in the JSON document: a JSON Pointer, or a path of"
                  + " names, indexes and [*]",
              LONGEST_PROPERTY)
          .titled("Property")
          .examples("content-type", "/items/0/id", "$.items[0].id", "$.items[*]['a b']");

  private static final Param<String> COMPARISON =
      Param.oneOf("comparison", "How to compare", Comparison.EQUALS.key(), comparisons())
          .titled("Comparison")
          .required();

  private static final Param<@Nullable String> TARGET =
      Param.custom("target", target(), AssertionReader::target)
          .titled("Target")
          .examples(200, "application/json", true);

  private static final Param<TaskParams> ASSERTION =
      Param.object("assertion", "One assertion", SOURCE, PROPERTY, COMPARISON, TARGET)
          .titled("Assertion");

  /** The parameter {@code assertions}. */
  public static final Param<List<Assertion>> ASSERTIONS =
      Param.objects("assertions", "What the answer must look like for success", MOST, ASSERTION)
          .titled("Assertions")
          .map(assertions -> assertions.stream().map(AssertionReader::one).toList());

  private AssertionReader() {}

  private static List<String> sources() {
    return Assertion.keys(Source.values(), Source::key);
  }

  static List<String> comparisons() {
    return Assertion.keys(Comparison.values(), Comparison::key);
  }

  private static Map<String, Object> target() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", List.of("string", "number", "boolean"));
    schema.put(
        "description",
        "What to compare with; milliseconds for time, days for"
            + " tls_expiry; not needed for is_empty, not_empty, exists and not_exists");
    return schema;
  }

  /** The target as a text; null when absent. */
  private static @Nullable String target(TaskParams members, String name) {
    Object value = members.any(name);
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value == null ? null : value.toString();
    }
    String text = members.optionalContent(name, LONGEST_TARGET);
    return text == null ? "" : text;
  }

  private static Assertion one(TaskParams members) {
    String source = SOURCE.read(members);
    String comparison = COMPARISON.read(members);
    String property = PROPERTY.read(members);
    Comparison how = Comparison.valueOf(comparison.toUpperCase(Locale.ROOT));
    Source what = Source.valueOf(source.toUpperCase(Locale.ROOT));
    String given = TARGET.read(members);
    if (given == null && how.needsTarget()) {
      TARGET.problem(members, "is required");
    }
    // A comparison that cannot be made would never hold, or worse, always.
    boolean numeric =
        how.isOrder()
            || (what.isNumber() && (how == Comparison.EQUALS || how == Comparison.NOT_EQUALS));
    String target = given == null ? "" : given;
    if (numeric && given != null && Decimals.parse(target).isEmpty()) {
      TARGET.problem(members, "must be a number");
    }
    String place = property == null ? "" : property;
    if (what == Source.HEADER && !place.matches(TOKEN)) {
      PROPERTY.problem(members, "must name the header");
    }
    return new Assertion(
        what, place, how, target, what == Source.JSON ? path(members, place) : null);
  }

  private static @Nullable JsonPath path(TaskParams members, String property) {
    try {
      return JsonPath.parse(property);
    } catch (JsonPath.JsonPathException broken) {
      PROPERTY.problem(members, broken.rule());
      return null;
    }
  }
}
