package dev.signalbox.gateway.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of the entries of one archive, which every system can unpack into the folder it unpacks to.
 * What is not UTF-8, and what Windows has another meaning for, is percent-encoded as in URLs. A
 * name that another one has by then gets an underscore before its last segment. For one thread.
 */
final class ArchiveNames {

  /** Has a meaning for Windows, with or without an extension. */
  private static final Pattern DEVICE =
      Pattern.compile("(?i)(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³]) *(\\..*)?");

  private static final String RESERVED = "<>:\"|?*\\";

  /** Entries for folders that have a percent sign, by their paths. */
  private final Map<String, String> folders = new HashMap<>();

  /** Entries with a percent sign, of files and folders: only these can be alike. */
  private final Set<String> taken = new HashSet<>();

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
    if (entry.indexOf('%') >= 0) {
      folders.put(path, entry);
    }
    return entry;
  }

  private String unused(String folder, String segment) {
    String name = encode(segment);
    String entry = folder + name;
    while (entry.indexOf('%') >= 0 && !taken.add(entry)) {
      name = "_" + name;
      entry = folder + name;
    }
    return entry;
  }

  private static String encode(String segment) {
    // Windows leaves dots and spaces at the end out; "." and ".." lead elsewhere everywhere.
    int plainEnd = segment.length();
    while (plainEnd > 0 && " .".indexOf(segment.charAt(plainEnd - 1)) >= 0) {
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
