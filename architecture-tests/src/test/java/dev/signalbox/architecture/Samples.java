package dev.signalbox.architecture;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ByReference;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One instance of each message, made from its components alone and always the same. */
final class Samples {

  private Samples() {}

  /** The records a message type stands for: itself, or all that a sealed interface permits. */
  static Set<Class<?>> records(Class<?> type) {
    Set<Class<?>> records = new LinkedHashSet<>();
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        records.addAll(records(permitted));
      }
    } else {
      records.add(type);
    }
    return records;
  }

  static Object of(Class<?> record) {
    RecordComponent[] components = record.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        Arrays.stream(components)
            .map(component -> value(component.getName(), component.getGenericType()))
            .toArray();
    try {
      var constructor = record.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no sample of " + record, e);
    }
  }

  private static Object value(String name, Type type) {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == List.class) {
        return List.of(value(name, generic.getActualTypeArguments()[0]));
      }
      Map<Object, Object> map = new LinkedHashMap<>();
      Type key = generic.getActualTypeArguments()[0];
      map.put(key == Integer.class ? 7 : "key", value(name, generic.getActualTypeArguments()[1]));
      return map;
    }
    Class<?> raw = (Class<?>) type;
    if (raw == String.class || raw == Object.class) {
      return name;
    }
    if (raw == int.class || raw == Integer.class) {
      return 7;
    }
    if (raw == long.class || raw == Long.class) {
      return 1_700_000_000_000L;
    }
    if (raw == double.class || raw == Double.class) {
      return 0.5;
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return true;
    }
    if (ByReference.class.isAssignableFrom(raw)) {
      return null; // As it is on the wire.
    }
    if (raw == Binary.class) {
      return new Binary(new byte[] {1, 2, 3});
    }
    if (raw.isEnum()) {
      return raw.getEnumConstants()[0];
    }
    if (raw.isSealed()) {
      return of(records(raw).iterator().next());
    }
    return of(raw);
  }
}
