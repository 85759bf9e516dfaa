package dev.signalbox.serverfactory.imports;

import dev.signalbox.platform.json.FieldProblems;
import java.util.ArrayList;
import java.util.List;

/** Gathers what an import does not understand; the first hundred of it. */
final class ImportNotes {

  private static final int MAX_KEPT = 100;

  private final List<String> kept = new ArrayList<>();
  private int count;

  void add(String pointer, String text) {
    count++;
    if (kept.size() < MAX_KEPT) {
      kept.add(FieldProblems.shortened(pointer.isEmpty() ? "/" : pointer) + ": " + text);
    }
  }

  List<String> all() {
    if (count <= MAX_KEPT) {
      return List.copyOf(kept);
    }
    List<String> all = new ArrayList<>(kept);
    all.add("/: and " + (count - MAX_KEPT) + " more");
    return all;
  }
}
