package dev.signalbox.file.tree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A path under the root by its names alone, before any look at the disk: no dots, no hidden names.
 *
 * @param names from the root down; empty for the root itself
 * @param slashAtEnd whether it ended in a slash, so that it can only be a directory
 */
public record TreePath(List<String> names, boolean slashAtEnd) {

  /** The longest name the file systems in use can hold, in bytes (NAME_MAX). */
  private static final int NAME_BYTES = 255;

  /** Leaves room for the root before PATH_MAX, which is 4,096. */
  private static final int PATH_BYTES = 3_072;

  /** Each name costs system calls when a path is walked, and a directory when it is written. */
  public static final int MAX_NAMES = 128;

  public TreePath {
    names = List.copyOf(names);
  }

  /** What the text of a path may turn out to be. */
  public sealed interface Parsed {}

  /** A path that stays below the root as far as its text says. */
  public record Inside(TreePath path) implements Parsed {}

  /** A path no client may use. */
  public record Outside(String message) implements Parsed {}

  /**
   * A path too long or too deep.
   *
   * @param message the rule, such as "may have at most 128 names"
   */
  public record TooLong(String message) implements Parsed {}

  /** Reads a decoded path, which begins with a slash. Empty names are dropped, as nginx does. */
  public static Parsed parse(String text) {
    int length = text.length();
    if (length == 0 || text.charAt(0) != '/') {
      return new Outside("the path does not begin with a slash");
    }
    if (text.indexOf('\0') >= 0) {
      return new Outside("the path holds a NUL character");
    }
    if (text.indexOf('\\') >= 0) {
      return new Outside("the path holds a backslash");
    }
    // Before the names are split, so that a hostile path costs nothing; bytes are counted below.
    if (length > PATH_BYTES) {
      return tooLong();
    }
    List<String> names = new ArrayList<>();
    int begin = 1;
    while (begin < length) {
      int slash = text.indexOf('/', begin);
      int end = slash < 0 ? length : slash;
      if (end > begin) {
        if (text.charAt(begin) == '.') {
          return new Outside(
              text.startsWith("..", begin) && end == begin + 2
                  ? "the path leaves the root"
                  : "the path names a hidden file");
        }
        String name = text.substring(begin, end);
        if (bytes(name) > NAME_BYTES) {
          return new TooLong("has a name longer than " + NAME_BYTES + " bytes");
        }
        if (names.size() == MAX_NAMES) {
          return new TooLong("may have at most " + MAX_NAMES + " names");
        }
        names.add(name);
      }
      begin = end + 1;
    }
    if (bytes(text) > PATH_BYTES) {
      return tooLong();
    }
    return new Inside(new TreePath(names, text.charAt(length - 1) == '/'));
  }

  private static TooLong tooLong() {
    return new TooLong("is longer than " + PATH_BYTES + " bytes");
  }

  /** Whether it is the root. */
  public boolean root() {
    return names.isEmpty();
  }

  /** The last name; there is one unless this is the root. */
  public String name() {
    return names.getLast();
  }

  /** The directory this is in; the root's is the root. */
  public TreePath parent() {
    return root() ? this : new TreePath(names.subList(0, names.size() - 1), true);
  }

  /** A file in this directory. */
  public TreePath child(String name) {
    List<String> deeper = new ArrayList<>(names);
    deeper.add(name);
    return new TreePath(deeper, false);
  }

  /** The file itself, whatever it ended in. */
  public TreePath asFile() {
    return slashAtEnd ? new TreePath(names, false) : this;
  }

  /** The path as text, beginning with a slash and ending in none, whatever it was read from. */
  public String text() {
    return "/" + String.join("/", names);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
