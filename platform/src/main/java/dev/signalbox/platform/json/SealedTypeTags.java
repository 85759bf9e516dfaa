package dev.signalbox.platform.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tags the permitted records of a sealed interface with their simple names, so that contracts need
 * no annotations and no class name ever comes from the wire.
 */
final class SealedTypeTags extends JacksonAnnotationIntrospector {

  private static final long serialVersionUID = 1L;

  private static final JsonTypeInfo.Value TAG =
      JsonTypeInfo.Value.construct(
          JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "@type", null, false, true, null);

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
      MapperConfig<?> config, Annotated annotated) {
    return isSealed(annotated) ? TAG : super.findPolymorphicTypeInfo(config, annotated);
  }

  @Override
  public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
    if (!isSealed(annotated)) {
      return super.findSubtypes(annotated);
    }
    return Arrays.stream(annotated.getRawType().getPermittedSubclasses())
        .map(type -> new NamedType(type, type.getSimpleName()))
        .toList();
  }

  private static boolean isSealed(Annotated annotated) {
    return annotated instanceof AnnotatedClass && annotated.getRawType().isSealed();
  }
}
