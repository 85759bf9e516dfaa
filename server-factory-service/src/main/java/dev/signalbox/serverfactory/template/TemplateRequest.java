package dev.signalbox.serverfactory.template;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What a template may say of the request it answers. */
public interface TemplateRequest {

  /** The method as it was sent. */
  String method();

  /** The path, without the query. */
  String path();

  /** The first value of a query parameter, decoded; null when there is none. */
  @Nullable String query(String name);

  /** The first value of a header, in any case of the name; null when there is none. */
  @Nullable String header(String name);

  /** The value of a cookie; null when there is none. */
  @Nullable String cookie(String name);

  /** The value of a variable of the route's path pattern, decoded; null when there is none. */
  @Nullable String pathVariable(String name);

  /** The body as text. */
  String body();

  /** The body as JSON; null when it is none. */
  @Nullable JsonNode json();
}
