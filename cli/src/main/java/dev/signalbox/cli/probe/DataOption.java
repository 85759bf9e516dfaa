package dev.signalbox.cli.probe;

import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The value of {@code --data}: a text, or {@code @FILE} for the content of a file, as with curl.
 */
final class DataOption {

  /** Longer bodies are refused by the task anyway. */
  private static final int LONGEST = 16 * 1024 * 1024;

  private DataOption() {}

  static String read(String value) {
    if (!value.startsWith("@")) {
      return value;
    }
    String file = value.substring(1);
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new StartException("The file " + file + " of --data is larger than 16 MiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StartException("Cannot read the file of --data: " + e, e);
    }
  }
}
