package dev.signalbox.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All operations and events that the contracts declare. */
final class Addresses {

  private Addresses() {}

  static List<Operation<?, ?>> operations() {
    List<Operation<?, ?>> operations = new ArrayList<>();
    for (Object constant : constants()) {
      if (constant instanceof Operation<?, ?> operation) {
        operations.add(operation);
      }
    }
    operations.sort(Comparator.comparing(Operation::address));
    return operations;
  }

  static List<EventType<?>> events() {
    List<EventType<?>> events = new ArrayList<>();
    for (Object constant : constants()) {
      if (constant instanceof EventType<?> event) {
        events.add(event);
      }
    }
    events.sort(Comparator.comparing(EventType::address));
    return events;
  }

  static List<String> servedBy(String service) {
    return operations().stream()
        .filter(operation -> operation.service().equals(service))
        .map(Operation::address)
        .toList();
  }

  private static List<Object> constants() {
    List<Object> constants = new ArrayList<>();
    for (JavaClass type : new ClassFileImporter().importPackages("dev.signalbox.contracts")) {
      for (Field field : type.reflect().getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && Modifier.isPublic(field.getModifiers())) {
          try {
            constants.add(field.get(null));
          } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }
    return constants;
  }
}
