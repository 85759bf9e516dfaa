package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import dev.signalbox.platform.json.StrictJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request as JSON, within the bounds that hold for all JSON from outside. */
public final class JsonBody {

  private static final int MAX_TOKENS = 500_000;

  // Names are not shared between bodies: clients could fill such a table with new names.
  private static final ObjectReader READER =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(StrictJson.MAX_DEPTH)
                          .maxNumberLength(100)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class)
          .with(new FiniteNumbers());

  /**
   * A number beyond the range of a double is the largest that there is, as RFC 8259 section 6 lets
   * a reader limit the range. An infinite one is no number to whatever compares or divides it.
   */
  private static final class FiniteNumbers extends JsonNodeFactory {

    private static final long serialVersionUID = 1L;

    @Override
    public NumericNode numberNode(double value) {
      return super.numberNode(Math.clamp(value, -Double.MAX_VALUE, Double.MAX_VALUE));
    }
  }

  private JsonBody() {}

  /**
   * The value of a body.
   *
   * @return null when it is no JSON, or has more than {@value StrictJson#MAX_DEPTH} levels or half
   *     a million tokens
   */
  public static @Nullable JsonNode parse(byte[] body) {
    try {
      JsonNode node = READER.readValue(body);
      return node == null || node.isMissingNode() ? null : node;
    } catch (IOException none) {
      return null;
    }
  }
}
