package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.signalbox.platform.config.YamlProblem;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads YAML into a tree whose numbers are texts, just as they are written: a password of digits
 * keeps its zeros, and a header {@code 1.10} does not become 1.1.
 */
final class YamlTree {

  /** The factory of parsers and generators; it bounds the depth of what it reads. */
  static final YAMLFactory FACTORY =
      YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private YamlTree() {}

  /** Why a text cannot be read. */
  static final class UnreadableException extends Exception {

    private static final long serialVersionUID = 1L;

    private UnreadableException(String message) {
      super(message);
    }

    private UnreadableException(IOException cause, @Nullable String reason) {
      super("is not YAML: " + reason, cause);
    }
  }

  /**
   * The tree of a document; a missing node when the text is empty.
   *
   * @throws UnreadableException when it is not one document of YAML, or has aliases: an alias may
   *     stand for any number of bytes
   */
  static JsonNode read(String yaml) throws UnreadableException {
    try (YAMLParser parser = FACTORY.createParser(yaml)) {
      if (parser.nextToken() == null) {
        return NODES.missingNode();
      }
      JsonNode root = node(parser);
      if (parser.nextToken() != null) {
        throw new UnreadableException("must be one document");
      }
      return root;
    } catch (JsonProcessingException e) {
      throw new UnreadableException(e, YamlProblem.of(e));
    } catch (IOException e) {
      throw new UnreadableException(e, e.getMessage());
    }
  }

  private static JsonNode node(YAMLParser parser) throws IOException, UnreadableException {
    if (parser.isCurrentAlias()) {
      throw new UnreadableException(
          // Without its name: a password without quotes may begin with an asterisk.
          "must not have aliases, such as that in line "
              + parser.currentTokenLocation().getLineNr());
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> NODES.textNode(parser.getText());
    };
  }

  private static ObjectNode object(YAMLParser parser) throws IOException, UnreadableException {
    ObjectNode object = NODES.objectNode();
    for (JsonToken at = parser.nextToken(); at == JsonToken.FIELD_NAME; at = parser.nextToken()) {
      String name = name(parser);
      parser.nextToken();
      JsonNode value = node(parser);
      // A key without a value, which the parser takes for an empty text.
      boolean none = value.isTextual() && value.textValue().isEmpty();
      object.set(name, none ? NODES.nullNode() : value);
    }
    return object;
  }

  private static String name(JsonParser parser) throws IOException, UnreadableException {
    String name = parser.currentName();
    if (name.equals("<<")) {
      throw new UnreadableException("must not have merge keys (<<)");
    }
    return name;
  }

  private static ArrayNode array(YAMLParser parser) throws IOException, UnreadableException {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken at = parser.nextToken();
        at != JsonToken.END_ARRAY && at != null;
        at = parser.nextToken()) {
      array.add(node(parser));
    }
    return array;
  }
}
