package dev.signalbox.serverfactory.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.serverfactory.definition.PathMatch;
import dev.signalbox.serverfactory.template.TemplateRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the templates of a route see of a request. */
final class TemplateView implements TemplateRequest {

  private final ReceivedRequest request;
  private final PathMatch path;
  private @Nullable Map<String, String> variables;

  TemplateView(ReceivedRequest request, PathMatch path) {
    this.request = request;
    this.path = path;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    return request.rawPath();
  }

  @Override
  public @Nullable String query(String name) {
    return first(request.query().getOrDefault(name, List.of()));
  }

  @Override
  public @Nullable String header(String name) {
    return first(request.header(name.toLowerCase(Locale.ROOT)));
  }

  @Override
  public @Nullable String cookie(String name) {
    return first(request.cookies().getOrDefault(name, List.of()));
  }

  private static @Nullable String first(List<String> values) {
    return values.isEmpty() ? null : values.getFirst();
  }

  @Override
  public @Nullable String pathVariable(String name) {
    Map<String, String> known = variables;
    if (known == null) {
      known =
          path instanceof PathMatch.Template template
              ? template.variables(request.path())
              : Map.of();
      variables = known;
    }
    return known.get(name);
  }

  @Override
  public String body() {
    return request.content().text();
  }

  @Override
  public @Nullable JsonNode json() {
    return request.content().json();
  }
}
