package dev.signalbox.file.tree;

import dev.signalbox.contracts.file.PathText;
import dev.signalbox.platform.uri.UriPath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A path under the root by its names alone, before any look at the disk: no dots, no hidden names,
 * neither as it stands nor as another reader may take it.
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

  /** How often a path may be percent-encoded over. */
  private static final int ESCAPE_LEVELS = 5;

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

  /**
   * Reads a decoded path ({@link PathText}), which begins with a slash. Empty names are dropped, as
   * nginx does.
   */
  public static Parsed parse(String text) {
    int length = text.length();
    if (length == 0 || text.charAt(0) != '/') {
      return new Outside("the path does not begin with a slash");
    }
    // Before anything else is done, so that a hostile path costs little; bytes are counted below.
    if (length > 3 * PATH_BYTES) {
      return tooLong();
    }
    if (!PathText.isPath(text)) {
      return new Outside("the path holds a NUL character or half of a surrogate pair");
    }
    if (!NativePath.UNIX && text.indexOf('\\') >= 0) {
      return new Outside("the path holds a backslash");
    }
    if (hasOtherReadings(text) && hidesDots(PathText.bytes(text))) {
      return new Outside("the path disguises a name that begins with a dot");
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

  /** Whether a path can have this name, which a directory has. */
  static boolean mayName(String name) {
    return name.charAt(0) != '.' && (!hasOtherReadings(name) || !hidesDots(PathText.bytes(name)));
  }

  /** Whether a text has what some readers take for something else. */
  private static boolean hasOtherReadings(String text) {
    return text.indexOf('\0') >= 0 || text.indexOf('%') >= 0 || text.indexOf('\\') >= 0;
  }

  /**
   * Whether a name begins with a dot for a reader that takes backslashes for slashes, overlong
   * UTF-8 forms for what they encode (RFC 3629 section 10) or percent-decodes once more.
   */
  private static boolean hidesDots(byte[] path) {
    byte[] reading = path;
    for (int level = 0; level <= ESCAPE_LEVELS; level++) {
      reading = withoutOverlongForms(reading);
      boolean begin = true;
      for (byte b : reading) {
        if (begin && b == '.') {
          return true;
        }
        begin = b == '/' || b == '\\';
      }
      byte[] decoded = percentDecoded(reading);
      if (decoded.length == reading.length) {
        return false;
      }
      reading = decoded;
    }
    return false;
  }

  private static byte[] percentDecoded(byte[] path) {
    String text = new String(path, StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(path.length);
    for (int i = 0; i < path.length; i++) {
      int value = path[i] == '%' ? UriPath.decode(text, i) : -1;
      decoded.write(value < 0 ? path[i] : value);
      i += value < 0 ? 0 : 2;
    }
    return decoded.toByteArray();
  }

  /** Has ASCII where a form of two to six bytes encodes it. */
  private static byte[] withoutOverlongForms(byte[] path) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(path.length);
    int at = 0;
    while (at < path.length) {
      int lead = path[at] & 0xff;
      int length = Integer.numberOfLeadingZeros(~(lead << 24));
      int value = length < 2 || length > 6 ? -1 : lead & (0x7f >> length);
      for (int i = 1; i < length && value >= 0; i++) {
        value =
            at + i < path.length && (path[at + i] & 0xc0) == 0x80
                ? (value << 6) | (path[at + i] & 0x3f)
                : -1;
      }
      boolean overlong = value >= 0 && value < 0x80;
      plain.write(overlong ? value : lead);
      at += overlong ? length : 1;
    }
    return plain.toByteArray();
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
    return PathText.bytes(text).length;
  }
}
