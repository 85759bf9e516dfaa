package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A page of documentation with its blocks of code.
 *
 * @param blocks in their order
 */
record MarkdownPage(List<Block> blocks) {

  /**
   * A block of code.
   *
   * @param language its first word
   * @param note what follows the language; mostly empty
   * @param text its lines
   */
  record Block(String language, String note, String text) {}

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+) ?([^\n]*)\n(.*?)^```$");

  /** Reads a page by its path from the root of the repository. */
  static MarkdownPage read(String path) {
    return new MarkdownPage(
        BLOCK
            .matcher(text(path))
            .results()
            .map(block -> new Block(block.group(1), block.group(2), block.group(3)))
            .toList());
  }

  /** All of a page. */
  static String text(String path) {
    Path page = Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling(path);
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The texts of the blocks in a language. */
  List<String> texts(String language) {
    return blocks.stream()
        .filter(block -> block.language().equals(language))
        .map(Block::text)
        .toList();
  }

  /** A command with the ports of a running system in place of the usual ones. */
  static String atDoors(String command, Doors doors) {
    return command
        .replace(":8080", ":" + doors.main())
        .replace(":5000/", ":" + doors.tasks() + "/")
        .replace(":8000", ":" + doors.codes())
        .replace(":8001", ":" + doors.messages());
  }
}
