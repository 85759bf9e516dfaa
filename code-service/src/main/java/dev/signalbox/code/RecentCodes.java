package dev.signalbox.code;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The codes asked for last. They never change, so there is nothing to invalidate. */
final class RecentCodes {

  private final Map<String, String> byUuid;

  RecentCodes(int capacity) {
    this.byUuid =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized @Nullable String find(String uuid) {
    return byUuid.get(uuid);
  }

  synchronized void add(String uuid, String code) {
    byUuid.put(uuid, code);
  }
}
