package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names of the entries of one archive, which every system can unpack into the folder it unpacks to.
 * What is not UTF-8, and what Windows has another meaning for, is percent-encoded as in URLs. No
 * segment is longer than a name may be; a longer one is cut before its extension. A name that
 * another one has by then, also for systems that ignore case and Unicode normalisation, gets a
 * number before its extension. For one thread.
 */
final class ArchiveNames {

  /** Has a meaning for Windows, with or without an extension, which may have line breaks. */
  private static final Pattern DEVICE =
      Pattern.compile("(?is)(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³]) *(\\..*)?");

  private static final String RESERVED = "<>:\"|?*\\";

  /** The longest name that the usual file systems have, in UTF-8. */
  private static final int MAX_BYTES = 255;

  /** What comes after a dot and is longer belongs to the name. */
  private static final int MAX_EXTENSION_BYTES = 32;

  /** Entries for folders by their paths. */
  private final Map<String, String> folders = new HashMap<>();

  /** Entries of files and folders, as {@link #key}, and the number that the last one alike got. */
  private final Map<String, Integer> taken = new HashMap<>();

  /**
   * The entry of a file.
   *
   * @param path of the file below the folder, a {@code PathText}: a byte that is not UTF-8 is a NUL
   *     and two hexadecimal digits
   */
  String file(String path) {
    int slash = path.lastIndexOf('/');
    String folder = slash < 0 ? "" : folder(path.substring(0, slash)) + "/";
    return unused(folder, path.substring(slash + 1));
  }

  private String folder(String path) {
    String known = folders.get(path);
    if (known != null) {
      return known;
    }
    int slash = path.lastIndexOf('/');
    String above = slash < 0 ? "" : folder(path.substring(0, slash)) + "/";
    String entry = unused(above, path.substring(slash + 1));
    folders.put(path, entry);
    return entry;
  }

  private String unused(String folder, String segment) {
    String name = encode(segment);
    String first = fit(name, "");
    String key = folder + key(first);
    if (taken.putIfAbsent(key, 1) == null) {
      return folder + first;
    }
    while (true) {
      int number = taken.merge(key, 1, Integer::sum);
      String numbered = fit(name, " (" + number + ")");
      if (taken.putIfAbsent(folder + key(numbered), 1) == null) {
        return folder + numbered;
      }
    }
  }

  /**
   * The same for names that some system takes for one: NTFS and APFS ignore case, APFS and HFS+
   * canonical equivalence too. This is a canonical caseless match (Unicode 3.13, D145), with the
   * two mappings of case in place of full case folding, which Java does not have.
   */
  private static String key(String name) {
    String folded =
        Normalizer.normalize(name, Normalizer.Form.NFD)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
    return Normalizer.normalize(folded, Normalizer.Form.NFC);
  }

  /** A name with a suffix before its extension, cut so that it is no longer than a name may be. */
  private static String fit(String name, String suffix) {
    int dot = name.lastIndexOf('.');
    boolean extended = dot > 0 && name.substring(dot).getBytes(UTF_8).length <= MAX_EXTENSION_BYTES;
    String stem = extended ? name.substring(0, dot) : name;
    String end = suffix + (extended ? name.substring(dot) : "");
    String cut = cut(stem, MAX_BYTES - end.getBytes(UTF_8).length);
    return cut + end;
  }

  /** The beginning of a text, of so many bytes at most in UTF-8. */
  private static String cut(String text, int maxBytes) {
    if (text.getBytes(UTF_8).length <= maxBytes) {
      return text;
    }
    int end = 0;
    for (int bytes = 0; end < text.length(); ) {
      int codePoint = text.codePointAt(end);
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > maxBytes) {
        break;
      }
      end += Character.charCount(codePoint);
    }
    // Windows leaves these out at the end, as below.
    while (end > 1 && isLeftOutAtTheEnd(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  private static boolean isLeftOutAtTheEnd(char c) {
    return c == ' ' || c == '.';
  }

  private static String encode(String segment) {
    // Windows leaves dots and spaces at the end out; "." and ".." lead elsewhere everywhere.
    int plainEnd = segment.length();
    while (plainEnd > 0 && isLeftOutAtTheEnd(segment.charAt(plainEnd - 1))) {
      plainEnd--;
    }
    boolean device = DEVICE.matcher(segment).matches();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '\0') {
        int end = Math.min(i + 3, segment.length());
        name.append('%').append(segment.substring(i + 1, end).toUpperCase(Locale.ROOT));
        i = end - 1;
      } else if (Character.isISOControl(c)
          || RESERVED.indexOf(c) >= 0
          || i >= plainEnd
          || (device && i == 0)) {
        for (byte b : String.valueOf(c).getBytes(UTF_8)) {
          name.append("%%%02X".formatted(b));
        }
      } else {
        name.append(c);
      }
    }
    return name.toString();
  }
}
