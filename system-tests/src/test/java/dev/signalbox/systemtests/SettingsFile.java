package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings as a file: on the command line a service refuses sections that are not its own, while
 * one file may serve all.
 */
final class SettingsFile {

  private SettingsFile() {}

  /** Writes settings, given by {@code section.key}, as YAML. */
  static Path write(Path directory, Map<String, String> settings) {
    Map<String, StringBuilder> sections = new TreeMap<>();
    settings.forEach((key, value) -> {
      int dot = key.indexOf('.');
      sections
          .computeIfAbsent(key.substring(0, dot), section -> new StringBuilder(section + ":\n"))
          .append("  " + key.substring(dot + 1) + ": '" + value.replace("'", "''") + "'\n");
    });
    try {
      Path file = Files.createTempFile(Files.createDirectories(directory), "settings-", ".yaml");
      return Files.writeString(file, String.join("", sections.values()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
