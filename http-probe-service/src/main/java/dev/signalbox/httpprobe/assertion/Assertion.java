package dev.signalbox.httpprobe.assertion;

import dev.signalbox.platform.json.JsonPath;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must look like.
 *
 * @param source where to look
 * @param property which header, or where in the JSON document; empty for other sources
 * @param comparison how to compare
 * @param target what to compare with, as text; numbers are compared as numbers
 * @param path the property as a place in a JSON document; null for other sources
 */
public record Assertion(
    Source source, String property, Comparison comparison, String target, @Nullable JsonPath path) {

  /** Where to look. */
  public enum Source {
    /** The status code. */
    STATUS,
    /** A header's value. */
    HEADER,
    /** The body as text. */
    BODY,
    /** A value inside the body's JSON document. */
    JSON,
    /** Milliseconds in total. */
    TIME,
    /** Days until the certificate ends. */
    TLS_EXPIRY;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is always a number. */
    boolean isNumber() {
      return this == STATUS || this == TIME || this == TLS_EXPIRY;
    }
  }

  /** How to compare. */
  public enum Comparison {
    EQUALS,
    NOT_EQUALS,
    LESS_THAN,
    GREATER_THAN,
    CONTAINS,
    NOT_CONTAINS,
    IS_EMPTY,
    NOT_EMPTY,
    EXISTS,
    NOT_EXISTS;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a target is of any use. */
    boolean needsTarget() {
      return switch (this) {
        case IS_EMPTY, NOT_EMPTY, EXISTS, NOT_EXISTS -> false;
        default -> true;
      };
    }

    /** Whether it orders numbers. */
    boolean isOrder() {
      return this == LESS_THAN || this == GREATER_THAN;
    }

    /** Whether it says what may not be there, so that every value has to satisfy it. */
    boolean isNegative() {
      return this == NOT_EQUALS || this == NOT_CONTAINS || this == IS_EMPTY;
    }
  }

  public boolean needsBody() {
    return source == Source.BODY || source == Source.JSON;
  }

  /** The names of an enum's values as requests write them. */
  public static <E extends Enum<E>> List<String> keys(E[] values, Function<E, String> key) {
    return List.of(values).stream().map(key).toList();
  }
}
