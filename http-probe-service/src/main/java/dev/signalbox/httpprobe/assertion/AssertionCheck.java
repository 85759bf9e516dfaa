package dev.signalbox.httpprobe.assertion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.signalbox.httpprobe.body.BodyText;
import dev.signalbox.httpprobe.exchange.HopAnswer;
import dev.signalbox.httpprobe.phase.Timings;
import dev.signalbox.httpprobe.tls.TlsFacts;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares an answer with what it should look like. */
public final class AssertionCheck {

  private static final int LONGEST_ACTUAL = 1_024;

  /**
   * One comparison made.
   *
   * @param assertion what should be
   * @param actual what is; null when there is nothing there
   * @param passed whether they agree
   */
  public record Outcome(Assertion assertion, @Nullable String actual, boolean passed) {

    /** As in the result. */
    public Map<String, @Nullable Object> toMap() {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      map.put("source", assertion.source().key());
      map.put("property", assertion.property().isEmpty() ? null : assertion.property());
      map.put("comparison", assertion.comparison().key());
      map.put("target", assertion.target());
      map.put("actual", actual == null ? null : shortened(actual));
      map.put("passed", passed);
      return map;
    }

    private static String shortened(String text) {
      return text.length() <= LONGEST_ACTUAL ? text : text.substring(0, LONGEST_ACTUAL) + "…";
    }
  }

  private final HopAnswer answer;
  private final @Nullable TlsFacts tls;
  private final long totalNanos;
  private final BodyText body;
  private @Nullable JsonNode json;

  /**
   * For one answer.
   *
   * @param tls null in the clear
   * @param totalNanos from the probe's beginning to its end
   */
  public AssertionCheck(HopAnswer answer, @Nullable TlsFacts tls, long totalNanos, BodyText body) {
    this.answer = answer;
    this.tls = tls;
    this.totalNanos = totalNanos;
    this.body = body;
  }

  public List<Outcome> all(List<Assertion> assertions) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Assertion assertion : assertions) {
      Optional<String> actual = actual(assertion);
      outcomes.add(
          new Outcome(
              assertion,
              actual.orElse(null),
              holds(assertion.comparison(), actual, assertion.target())));
    }
    return outcomes;
  }

  private Optional<String> actual(Assertion assertion) {
    return switch (assertion.source()) {
      case STATUS -> Optional.of(Integer.toString(answer.status()));
      case HEADER -> answer.header(assertion.property());
      case BODY -> Optional.of(body.text());
      case JSON -> text(find(document(), assertion.property()));
      case TIME -> Optional.of(Double.toString(Timings.millis(totalNanos)));
      case TLS_EXPIRY -> daysLeft();
    };
  }

  private Optional<String> daysLeft() {
    return tls == null || tls.certificate() == null
        ? Optional.empty()
        : Optional.of(Long.toString(tls.certificate().daysLeft()));
  }

  static boolean holds(Assertion.Comparison comparison, Optional<String> actual, String target) {
    return switch (comparison) {
      case EQUALS -> actual.isPresent() && same(actual.get(), target);
      case NOT_EQUALS -> actual.isEmpty() || !same(actual.get(), target);
      case LESS_THAN -> compare(actual, target).map(sign -> sign < 0).orElse(false);
      case GREATER_THAN -> compare(actual, target).map(sign -> sign > 0).orElse(false);
      case CONTAINS -> actual.isPresent() && actual.get().contains(target);
      case NOT_CONTAINS -> actual.isEmpty() || !actual.get().contains(target);
      case IS_EMPTY -> actual.isEmpty() || actual.get().isEmpty();
      case NOT_EMPTY -> actual.isPresent() && !actual.get().isEmpty();
    };
  }

  private static boolean same(String actual, String target) {
    return actual.equals(target)
        || compare(Optional.of(actual), target).map(sign -> sign == 0).orElse(false);
  }

  private static Optional<Integer> compare(Optional<String> actual, String target) {
    if (actual.isEmpty()) {
      return Optional.empty();
    }
    Optional<BigDecimal> left = number(actual.get());
    Optional<BigDecimal> right = number(target);
    return left.isPresent() && right.isPresent()
        ? Optional.of(left.get().compareTo(right.get()))
        : Optional.empty();
  }

  private static Optional<BigDecimal> number(String text) {
    // An exponent of many digits would make compareTo work for years.
    if (!text.matches("[+-]?[0-9]{1,64}(\\.[0-9]{1,64})?([eE][+-]?[0-9]{1,3})?")) {
      return Optional.empty();
    }
    return Optional.of(new BigDecimal(text));
  }

  private JsonNode document() {
    if (json == null) {
      try {
        json = Json.mapper().readTree(body.text());
      } catch (IOException notJson) {
        json = MissingNode.getInstance();
      }
    }
    return json == null ? MissingNode.getInstance() : json;
  }

  /**
   * A value inside a document.
   *
   * @param path a JSON Pointer ({@code /items/0/id}), or a path of names and indices ({@code
   *     $.items[0].id}); empty for the whole document
   */
  static JsonNode find(JsonNode document, String path) {
    if (path.isEmpty() || path.equals("$")) {
      return document;
    }
    if (path.startsWith("/")) {
      JsonNode at = document;
      for (String token : path.substring(1).split("/", -1)) {
        at = step(at, token.replace("~1", "/").replace("~0", "~"));
      }
      return at;
    }
    String steps = path.startsWith("$.") ? path.substring(2) : path;
    steps = steps.startsWith("$") ? steps.substring(1) : steps;
    JsonNode at = document;
    for (String token : steps.replace("]", "").split("[.\\[]", -1)) {
      at = token.isEmpty() ? at : step(at, token);
    }
    return at;
  }

  private static JsonNode step(JsonNode node, String token) {
    if (node.isArray()) {
      return token.matches("[0-9]{1,9}")
          ? node.path(Integer.parseInt(token))
          : MissingNode.getInstance();
    }
    return node.path(token);
  }

  private static Optional<String> text(JsonNode node) {
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(node.isValueNode() ? node.asText() : node.toString());
  }
}
