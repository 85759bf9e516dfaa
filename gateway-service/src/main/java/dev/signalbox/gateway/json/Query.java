package dev.signalbox.gateway.json;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of a query. Works as {@link RequestObject} does; problems are under {@code ?name},
 * for a query has no JSON Pointer.
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
   * @throws HttpException 400 when it is not well-formed or names a parameter twice
   */
  public static Query of(RoutingContext ctx) {
    return parse(ctx.request().query());
  }

  static Query parse(@Nullable String raw) {
    var parameters = new LinkedHashMap<String, String>();
    if (raw != null && !raw.isEmpty()) {
      String[] parts = raw.split("&", MAX_PARAMETERS + 1);
      if (parts.length > MAX_PARAMETERS) {
        throw HttpException.malformed("The query has more than " + MAX_PARAMETERS + " parameters");
      }
      for (String part : parts) {
        if (part.isEmpty()) {
          continue;
        }
        int equals = part.indexOf('=');
        String name = decode(equals < 0 ? part : part.substring(0, equals));
        String value = equals < 0 ? "" : decode(part.substring(equals + 1));
        if (parameters.put(name, value) != null) {
          throw HttpException.malformed("The query names a parameter twice");
        }
      }
    }
    return new Query(parameters);
  }

  private static String decode(String raw) {
    try {
      return URLDecoder.decode(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw HttpException.malformed("The query is not well-formed percent-encoding");
    }
  }

  /** A parameter; null when not there. */
  public @Nullable String text(String name) {
    known.add(name);
    return parameters.get(name);
  }

  /** A whole number within bounds, both allowed; {@code otherwise} when not there. */
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

  /** Page size: 100 unless said, at most 1,000. */
  public int limit() {
    return (int) integer("limit", 100, 1, 1_000);
  }

  /** Notes a problem of a parameter. */
  public void problem(String name, String message) {
    problems.add("?" + FieldProblems.shortened(name), message);
  }

  /**
   * The end of reading.
   *
   * @throws dev.signalbox.contracts.ServiceException INVALID_REQUEST with every problem
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
