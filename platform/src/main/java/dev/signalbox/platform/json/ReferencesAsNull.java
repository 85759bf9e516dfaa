package dev.signalbox.platform.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleDeserializers;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.signalbox.contracts.ByReference;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What passes by reference alone is null in JSON. */
final class ReferencesAsNull {

  private ReferencesAsNull() {}

  static Module module() {
    SimpleModule module = new SimpleModule("references").addSerializer(new Writer());
    module.setDeserializers(new Readers());
    return module;
  }

  private static final class Writer extends StdSerializer<ByReference> {

    private static final long serialVersionUID = 1L;

    Writer() {
      super(ByReference.class);
    }

    @Override
    public void serialize(ByReference value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeNull();
    }
  }

  private static final class Readers extends SimpleDeserializers {

    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable JsonDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription description) {
      return type.isTypeOrSubTypeOf(ByReference.class) ? new Reader(type) : null;
    }
  }

  private static final class Reader extends StdDeserializer<ByReference> {

    private static final long serialVersionUID = 1L;

    Reader(JavaType type) {
      super(type);
    }

    @Override
    @SuppressWarnings("NullAway") // Jackson allows null results.
    public ByReference deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      in.skipChildren();
      return null;
    }
  }
}
