package dev.signalbox.httpprobe.assertion;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What an answer must look like.
 *
 * @param source where to look
 * @param property which header, or where in the JSON document; empty for other sources
 * @param comparison how to compare
 * @param target what to compare with, as text; numbers are compared as numbers
 */
public record Assertion(Source source, String property, Comparison comparison, String target) {

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
    NOT_EMPTY;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a target is of any use. */
    boolean needsTarget() {
      return this != IS_EMPTY && this != NOT_EMPTY;
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
