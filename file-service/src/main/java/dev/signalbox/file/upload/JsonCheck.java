package dev.signalbox.file.upload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether bytes are one JSON document (RFC 8259) in UTF-8. Holds only a buffer of it in memory. */
final class JsonCheck {

  private final JsonFactory factory;

  JsonCheck(int maxDepth, long maxBytes) {
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxDocumentLength(maxBytes)
                    .build())
            // Names are not looked at, so there is nothing to gain from keeping them.
            .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
            .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();
  }

  /**
   * Reads a document to its end.
   *
   * @return what is wrong, in words for the sender; null when nothing is
   */
  @Nullable String problem(InputStream bytes) throws IOException {
    // The parser alone would guess UTF-16 and let malformed UTF-8 pass in strings it skips.
    Reader text =
        new InputStreamReader(
            bytes,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser parser = factory.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return "The document is empty";
      }
      parser.skipChildren();
      return parser.nextToken() == null ? null : "There is more after the end of the document";
    } catch (CharacterCodingException _) {
      return "The document is not in UTF-8";
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      return where == null
          ? e.getOriginalMessage()
          : e.getOriginalMessage()
              + " (line "
              + where.getLineNr()
              + ", column "
              + where.getColumnNr()
              + ")";
    }
  }
}
