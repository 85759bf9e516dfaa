package dev.signalbox.cli.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The definition of a server, of a file and of options. */
final class ServerDefinition {

  private static final int LARGEST = 5 * 1024 * 1024;
  private static final int LAST_PORT = 65_535;
  private static final int LONGEST_LIFE_S = 31_536_000;

  private ServerDefinition() {}

  /** Of the arguments of {@code server create}. */
  static ObjectNode of(ParsedArguments arguments) {
    ObjectNode definition = ClientJson.mapper().createObjectNode();
    arguments
        .value("--file")
        .ifPresent(file -> {
          JsonNode read = read(file);
          if (read.isArray()) { // Routes alone, as the interface takes them.
            definition.set("routes", read);
          } else if (read.isObject()) {
            definition.setAll((ObjectNode) read);
          } else {
            throw new StartException(file + " must be a definition or a list of routes");
          }
        });
    options(arguments, definition);
    arguments.value("--path").ifPresent(path -> definition.put("page_uri", path));
    arguments
        .value("--body")
        .ifPresent(body ->
            definition.put(
                "response_data",
                body.startsWith("@")
                    ? new String(bytes(body.substring(1)), StandardCharsets.UTF_8)
                    : body));
    if (definition.has("response_data") && !definition.has("page_uri")) {
      throw new StartException("--body needs --path, such as --path /hello");
    }
    if (definition.isEmpty()) {
      throw new StartException(
          "A server needs --path or --file; see signalbox server create --help");
    }
    return definition;
  }

  /** Of the arguments of {@code server import}. */
  static ObjectNode imported(String file, ParsedArguments arguments) {
    JsonNode read = read(file);
    ObjectNode definition = ClientJson.mapper().createObjectNode();
    boolean openapi = read.has("openapi") || read.has("swagger");
    boolean wiremock = read.has("mappings") || read.has("request") || read.isArray();
    if (openapi == wiremock) {
      throw new StartException(
          file
              + " is neither an OpenAPI document nor WireMock's mappings: it has none of openapi,"
              + " mappings and request");
    }
    definition.set(openapi ? "openapi" : "wiremock", read);
    options(arguments, definition);
    return definition;
  }

  private static void options(ParsedArguments arguments, ObjectNode definition) {
    arguments.value("--name").ifPresent(name -> definition.put("name", name));
    if (arguments.has("--port")) {
      definition.put("port", arguments.number("--port", 0, 0, LAST_PORT));
    }
    if (arguments.has("--expires-in")) {
      definition.put("expires_in_s", arguments.number("--expires-in", 0, 1, LONGEST_LIFE_S));
    }
  }

  private static JsonNode read(String file) {
    byte[] bytes = bytes(file);
    try {
      // JSON is YAML too, but its own parser is faster and its errors are clearer.
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      boolean json = text.startsWith("{") || text.startsWith("[");
      return json ? ClientJson.mapper().readTree(bytes) : new YAMLMapper().readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new StartException(
          file + " is neither JSON nor YAML: " + e.getOriginalMessage() + place(e), e);
    } catch (IOException e) {
      throw new StartException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  private static byte[] bytes(String file) {
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new StartException(file + " is larger than 5 MiB");
      }
      return bytes;
    } catch (IOException e) {
      throw new StartException("Cannot read " + file + ": " + e, e);
    }
  }
}
