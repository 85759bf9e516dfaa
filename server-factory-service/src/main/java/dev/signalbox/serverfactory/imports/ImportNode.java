package dev.signalbox.serverfactory.imports;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a document that is imported. A member of the wrong type is noted and counts as
 * absent; members that were not asked for are noted at the end.
 */
final class ImportNode {

  private final Map<?, ?> members;
  private final String pointer;
  private final ImportNotes notes;
  private final Set<String> known = new HashSet<>();

  ImportNode(Map<?, ?> members, String pointer, ImportNotes notes) {
    this.members = members;
    this.pointer = pointer;
    this.notes = notes;
  }

  static String below(String pointer, Object name) {
    return pointer + "/" + String.valueOf(name).replace("~", "~0").replace("/", "~1");
  }

  String pointer(String name) {
    return below(pointer, name);
  }

  String pointer() {
    return pointer;
  }

  ImportNotes notes() {
    return notes;
  }

  void note(String name, String text) {
    notes.add(pointer(name), text);
  }

  /** Members that have no effect here. */
  void ignore(String... names) {
    known.addAll(List.of(names));
  }

  @Nullable Object any(String name) {
    known.add(name);
    return members.get(name);
  }

  boolean has(String name) {
    return any(name) != null;
  }

  @Nullable String text(String name) {
    Object value = any(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    note(name, "is no text");
    return null;
  }

  @Nullable Number number(String name) {
    Object value = any(name);
    if (value instanceof String text) {
      try {
        return new BigDecimal(text.length() > 100 ? "" : text);
      } catch (NumberFormatException none) {
        note(name, "is no number");
        return null;
      }
    }
    if (value == null || value instanceof Number) {
      return (Number) value;
    }
    note(name, "is no number");
    return null;
  }

  /** A whole number; fractions are cut off. */
  @Nullable Long whole(String name) {
    Number number = number(name);
    return number == null ? null : number.longValue();
  }

  boolean flag(String name) {
    Object value = any(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value != null) {
      note(name, "is neither true nor false");
    }
    return false;
  }

  @Nullable ImportNode object(String name) {
    Object value = any(name);
    if (value instanceof Map<?, ?> map) {
      return new ImportNode(map, pointer(name), notes);
    }
    if (value != null) {
      note(name, "is no object");
    }
    return null;
  }

  /** The objects of an array. */
  List<ImportNode> objects(String name) {
    List<ImportNode> objects = new ArrayList<>();
    int i = 0;
    for (Object value : list(name)) {
      String place = below(pointer(name), i++);
      if (value instanceof Map<?, ?> map) {
        objects.add(new ImportNode(map, place, notes));
      } else {
        notes.add(place, "is no object");
      }
    }
    return objects;
  }

  List<?> list(String name) {
    Object value = any(name);
    if (value instanceof List<?> list) {
      return list;
    }
    if (value != null) {
      note(name, "is no array");
    }
    return List.of();
  }

  /** The members whose values are objects, by their names. */
  Map<String, ImportNode> members() {
    Map<String, ImportNode> objects = new LinkedHashMap<>();
    for (String name : names()) {
      ImportNode object = object(name);
      if (object != null) {
        objects.put(name, object);
      }
    }
    return objects;
  }

  List<String> names() {
    return members.keySet().stream().map(String::valueOf).toList();
  }

  Map<?, ?> raw() {
    return members;
  }

  /** Notes the members that were not asked for. */
  void end() {
    for (String name : names()) {
      if (!known.contains(name)) {
        note(name, "is not supported");
      }
    }
  }
}
