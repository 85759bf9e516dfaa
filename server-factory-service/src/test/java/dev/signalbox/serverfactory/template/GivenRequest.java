package dev.signalbox.serverfactory.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A request as templates see it: what is not given here is absent. */
record GivenRequest(
    Map<String, String> query,
    Map<String, String> headers,
    Map<String, String> cookies,
    Map<String, String> variables,
    String body)
    implements TemplateRequest {

  static final Instant NOW = Instant.parse("2026-11-28T12:30:45.678901Z");

  static GivenRequest ofBody(String body) {
    return new GivenRequest(Map.of(), Map.of(), Map.of(), Map.of(), body);
  }

  TemplateScope scope() {
    return new TemplateScope(this, 7, NOW, new Random(1));
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return "/users/12";
  }

  @Override
  public @Nullable String query(String name) {
    return query.get(name);
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public @Nullable String cookie(String name) {
    return cookies.get(name);
  }

  @Override
  public @Nullable String pathVariable(String name) {
    return variables.get(name);
  }

  @Override
  public @Nullable JsonNode json() {
    try {
      return Json.mapper().readTree(body);
    } catch (JsonProcessingException none) {
      return null;
    }
  }
}
