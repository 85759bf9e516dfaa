package dev.signalbox.gateway.json;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a query with types, as {@link RequestObject} reads JSON. Problems are reported under {@code
 * ?name}, since a query has no JSON Pointer.
 */
public final class Query {

  private static final int MAX_PARAMETERS = 100;

  private final Map<String, String> parameters;
  private final FieldProblems problems = new FieldProblems();
  private final List<String> known = new ArrayList<>();

  private Query(Map<String, String> parameters) {
    this.parameters = parameters;
  }

  /**
   * The query of a request.
   *
   * @throws HttpException 400 when it is malformed or names a parameter twice
   */
  public static Query of(RoutingContext ctx) {
    return parse(ctx.request().query(), StandardCharsets.UTF_8);
  }

  /**
   * The query of a request whose parameters may have any bytes, each as the character of the same
   * value.
   *
   * @throws HttpException 400 as {@link #of}
   */
  public static Query ofBytes(RoutingContext ctx) {
    return parse(ctx.request().query(), StandardCharsets.ISO_8859_1);
  }

  static Query parse(@Nullable String raw) {
    return parse(raw, StandardCharsets.UTF_8);
  }

  private static Query parse(@Nullable String raw, Charset charset) {
    var parameters = new LinkedHashMap<String, String>();
    try {
      // One more than the limit, to detect queries beyond it.
      QueryStringDecoder.builder()
          .hasPath(false)
          .charset(charset)
          .semicolonIsNormalChar(true)
          .maxParams(MAX_PARAMETERS + 1)
          .build(raw == null ? "" : raw)
          .parameters()
          .forEach((name, values) -> {
            if (values.size() > 1) {
              throw HttpException.malformed("The query names a parameter twice");
            }
            parameters.put(name, values.getFirst());
          });
    } catch (IllegalArgumentException e) {
      throw HttpException.malformed("The query is not well-formed percent-encoding");
    }
    if (parameters.size() > MAX_PARAMETERS) {
      throw HttpException.malformed("The query has more than " + MAX_PARAMETERS + " parameters");
    }
    return new Query(parameters);
  }

  /** A parameter; null when absent. */
  public @Nullable String text(String name) {
    known.add(name);
    return parameters.get(name);
  }

  /** A whole number from {@code min} to {@code max}; {@code otherwise} when absent. */
  public long integer(String name, long otherwise, long min, long max) {
    String text = text(name);
    if (text == null) {
      return otherwise;
    }
    OptionalLong number = WholeNumber.parse(text, min, max);
    if (number.isEmpty()) {
      problem(name, "must be a whole number from " + min + " to " + max);
    }
    return number.orElse(otherwise);
  }

  /** Page size: 100 by default, at most 1,000. */
  public int limit() {
    return (int) integer("limit", 100, 1, 1_000);
  }

  /** Records a problem of a parameter. */
  public void problem(String name, String message) {
    problems.add("?" + FieldProblems.shortened(name), message);
  }

  /**
   * Ends the reading.
   *
   * @throws dev.signalbox.contracts.ServiceException INVALID_REQUEST with all problems, unknown
   *     parameters included
   */
  public void end() {
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        problem(name, "is not a parameter of this request");
      }
    }
    problems.throwIfAny();
  }
}
