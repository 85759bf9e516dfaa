package dev.signalbox.httpprobe.assertion;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.signalbox.httpprobe.body.BodyText;
import dev.signalbox.httpprobe.exchange.HopAnswer;
import dev.signalbox.httpprobe.phase.Timings;
import dev.signalbox.httpprobe.tls.TlsFacts;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares an answer with what it should look like. What cannot be looked at, such as a value in a
 * body that is no JSON or a text in a part of the body that was not read, never passes.
 */
public final class AssertionCheck {

  private static final int LONGEST_ACTUAL = 1_024;

  private static final ObjectReader DOCUMENTS =
      Json.mapper()
          .readerFor(JsonNode.class)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

  /**
   * One comparison made.
   *
   * @param assertion what should be
   * @param actual the value that decided, the first where all agree; null when there is none
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
    return assertions.stream().map(this::one).toList();
  }

  private Outcome one(Assertion assertion) {
    return switch (assertion.source()) {
      case STATUS -> single(assertion, Integer.toString(answer.status()));
      case HEADER -> header(assertion);
      case BODY -> body(assertion);
      case JSON -> json(assertion);
      case TIME -> single(assertion, Double.toString(Timings.millis(totalNanos)));
      case TLS_EXPIRY -> daysLeft(assertion);
    };
  }

  private static Outcome single(Assertion assertion, String actual) {
    return new Outcome(
        assertion, actual, holds(assertion.comparison(), actual, assertion.target()));
  }

  private Outcome daysLeft(Assertion assertion) {
    if (tls == null || tls.certificate() == null) {
      boolean absent =
          switch (assertion.comparison()) {
            case IS_EMPTY, NOT_EXISTS -> true;
            default -> false;
          };
      return new Outcome(assertion, null, absent);
    }
    return single(assertion, Long.toString(tls.certificate().daysLeft()));
  }

  /** One value is enough, but of what must not be there none may be. */
  private Outcome header(Assertion assertion) {
    List<String> values = answer.headers(assertion.property());
    if (values.isEmpty()) {
      boolean absent =
          assertion.comparison().isNegative()
              || assertion.comparison() == Assertion.Comparison.NOT_EXISTS;
      return new Outcome(assertion, null, absent);
    }
    boolean every = assertion.comparison().isNegative();
    for (String value : values) {
      if (holds(assertion.comparison(), value, assertion.target()) != every) {
        return new Outcome(assertion, value, !every);
      }
    }
    return new Outcome(assertion, values.getFirst(), every);
  }

  private Outcome body(Assertion assertion) {
    if (!body.cut()) {
      return single(assertion, body.text());
    }
    boolean known =
        switch (assertion.comparison()) {
          case CONTAINS -> body.text().contains(assertion.target());
          case NOT_EQUALS -> !assertion.target().startsWith(body.text());
          case NOT_EMPTY, EXISTS -> true;
          // What was not read may decide.
          default -> false;
        };
    return new Outcome(assertion, body.text(), known);
  }

  /** Every value at the path must do, and there must be one. */
  private Outcome json(Assertion assertion) {
    JsonNode document = document();
    if (document.isMissingNode()) {
      return new Outcome(assertion, null, false);
    }
    List<JsonNode> nodes = Objects.requireNonNull(assertion.path()).find(document);
    if (nodes.isEmpty()) {
      return new Outcome(
          assertion, null, assertion.comparison() == Assertion.Comparison.NOT_EXISTS);
    }
    for (JsonNode node : nodes) {
      if (!holds(assertion, node)) {
        return new Outcome(assertion, text(node), false);
      }
    }
    return new Outcome(assertion, text(nodes.getFirst()), true);
  }

  private static boolean holds(Assertion assertion, JsonNode node) {
    return switch (assertion.comparison()) {
      case IS_EMPTY -> isEmpty(node);
      case NOT_EMPTY -> !isEmpty(node);
      default -> holds(assertion.comparison(), text(node), assertion.target());
    };
  }

  private static boolean isEmpty(JsonNode node) {
    return node.isNull() || (node.isContainerNode() ? node.isEmpty() : node.asText().isEmpty());
  }

  private static boolean holds(Assertion.Comparison comparison, String actual, String target) {
    return switch (comparison) {
      case EQUALS -> same(actual, target);
      case NOT_EQUALS -> !same(actual, target);
      case LESS_THAN -> compare(actual, target).map(sign -> sign < 0).orElse(false);
      case GREATER_THAN -> compare(actual, target).map(sign -> sign > 0).orElse(false);
      case CONTAINS -> actual.contains(target);
      case NOT_CONTAINS -> !actual.contains(target);
      case IS_EMPTY -> actual.isEmpty();
      case NOT_EMPTY -> !actual.isEmpty();
      case EXISTS -> true;
      case NOT_EXISTS -> false;
    };
  }

  private static boolean same(String actual, String target) {
    return actual.equals(target) || compare(actual, target).map(sign -> sign == 0).orElse(false);
  }

  private static Optional<Integer> compare(String actual, String target) {
    return Decimals.parse(actual)
        .flatMap(left -> Decimals.parse(target).map(right -> left.compareTo(right)));
  }

  /** The body as JSON; missing when it is none, or was not read whole. */
  private JsonNode document() {
    JsonNode known = json;
    if (known == null) {
      known = parsed();
      json = known;
    }
    return known;
  }

  private JsonNode parsed() {
    if (body.cut() || !body.encoding().equals("text")) {
      return MissingNode.getInstance();
    }
    // RFC 8259, 8.1: a byte order mark may be ignored.
    String text = body.text().startsWith("\ufeff") ? body.text().substring(1) : body.text();
    try {
      return DOCUMENTS.readTree(text);
    } catch (IOException notJson) {
      return MissingNode.getInstance();
    }
  }

  private static String text(JsonNode node) {
    return node.isValueNode() ? node.asText() : node.toString();
  }
}
