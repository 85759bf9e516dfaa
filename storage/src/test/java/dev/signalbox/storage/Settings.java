package dev.signalbox.storage;

import dev.signalbox.testsupport.TestPostgres;
import java.util.HashMap;
import java.util.Map;

/** Where a test's database is, with the settings the test changes. */
record Settings(Map<String, String> values) {

  /** An empty database; the test is skipped where its engine cannot run. */
  static Settings of(Engine engine) {
    return switch (engine) {
      case SQLITE -> new Settings(Map.of());
      case POSTGRESQL -> new Settings(TestPostgres.freshDatabase().settings());
    };
  }

  Settings with(String key, String value) {
    Map<String, String> more = new HashMap<>(values);
    more.put(key, value);
    return new Settings(more);
  }

  StorageConfig config() {
    return StorageConfig.of(values);
  }
}
