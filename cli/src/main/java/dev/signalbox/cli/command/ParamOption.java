package dev.signalbox.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.node.StartException;
import java.util.Map;

/**
 * {@code --param NAME=VALUE}: any parameter of the task, for those without an option of their own.
 */
public final class ParamOption {

  /** The option. */
  public static final OptionSpec SPEC =
      OptionSpec.value(
          "NAME=VALUE",
          "any other parameter of the task; VALUE is JSON, otherwise text",
          "--param");

  private ParamOption() {}

  /** Parses NAME=VALUE and adds it to the parameters. */
  public static void put(String text, Map<String, Object> params) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new StartException("--param must be NAME=VALUE, not '" + text + "'");
    }
    String value = text.substring(equals + 1);
    Object parsed = value;
    try {
      Object json = Json.mapper().readValue(value, Object.class);
      parsed = json == null ? value : json;
    } catch (JsonProcessingException e) {
      // Not JSON: a text without quotes.
    }
    params.put(text.substring(0, equals), parsed);
  }
}
