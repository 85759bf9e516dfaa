package dev.signalbox.platform.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.signalbox.contracts.Binary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes that travel beside a JSON message: each {@link Binary} becomes its length in the JSON,
 * and the bytes follow in the order of writing.
 */
public final class BinaryParts {

  /** Attribute of a reader or writer under which the parts are found. */
  public static final Object ATTRIBUTE = BinaryParts.class;

  private final List<byte[]> written = new ArrayList<>(1);
  private final byte[] source;
  private int position;

  private BinaryParts(byte[] source) {
    this.source = source;
  }

  /** Collects what a writer meets. */
  public static BinaryParts collecting() {
    return new BinaryParts(new byte[0]);
  }

  /** Hands out what came beside a message. */
  public static BinaryParts of(byte[] bytes) {
    return new BinaryParts(bytes);
  }

  /** What was collected, in order. */
  public List<byte[]> written() {
    return written;
  }

  private Binary take(int length) {
    int from = position;
    position += length;
    return length == source.length
        ? new Binary(source)
        : new Binary(Arrays.copyOfRange(source, from, position));
  }

  private boolean has(int length) {
    return length >= 0 && length <= source.length - position;
  }

  static final class Writer extends StdSerializer<Binary> {

    private static final long serialVersionUID = 1L;

    Writer() {
      super(Binary.class);
    }

    @Override
    public void serialize(Binary value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (!(provider.getAttribute(ATTRIBUTE) instanceof BinaryParts parts)) {
        throw JsonMappingException.from(out, "binary values travel beside JSON, not in it");
      }
      parts.written.add(value.bytes());
      out.writeNumber(value.length());
    }
  }

  static final class Reader extends StdDeserializer<Binary> {

    private static final long serialVersionUID = 1L;

    Reader() {
      super(Binary.class);
    }

    @Override
    public Binary deserialize(JsonParser in, DeserializationContext context) throws IOException {
      int length = in.getIntValue();
      if (!(context.getAttribute(ATTRIBUTE) instanceof BinaryParts parts) || !parts.has(length)) {
        throw JsonMappingException.from(in, "bytes are missing beside the message");
      }
      return parts.take(length);
    }
  }
}
