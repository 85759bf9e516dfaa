package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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

  private static final Set<String> OUTPUT = Set.of("text", "json");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+) ?([^\n]*)\n(.*?)^```$");

  /** A file or directory by its path from the root of the repository. */
  static Path path(String path) {
    return Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling(path);
  }

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
    try {
      return Files.readString(path(path));
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

  /** The code of a language that is followed by what it prints, as text or JSON. */
  List<PageExample> examples(String language) {
    return IntStream.range(1, blocks.size())
        .mapToObj(i -> new PageExample(blocks.get(i - 1), blocks.get(i)))
        .filter(example -> example.code().language().equals(language))
        .filter(example -> OUTPUT.contains(example.shown().language()))
        .toList();
  }

  /** A text with the resolver and the web server of the tests in place of those of the pages. */
  static String atSurroundings(String text) {
    return text.replace("127.0.0.1:5353", Surroundings.resolver())
        .replace("127.0.0.1:8090", "127.0.0.1:" + Surroundings.webPort());
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
