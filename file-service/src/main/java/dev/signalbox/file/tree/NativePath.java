package dev.signalbox.file.tree;

import dev.signalbox.contracts.file.PathText;
import dev.signalbox.platform.uri.UriPath;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;

/**
 * Converts between {@link PathText} and {@link Path}, whose own text loses what is not in the
 * encoding of the platform. URIs keep every byte.
 */
public final class NativePath {

  /** Whether a backslash is an ordinary character and names are bytes. */
  static final boolean UNIX = Path.of("").getFileSystem().getSeparator().equals("/");

  private NativePath() {}

  /** A name, or several separated by slashes, as a relative path. */
  public static Path of(String text) {
    if (!UNIX || isAscii(text)) {
      return Path.of(text);
    }
    StringBuilder uri = new StringBuilder(3 * text.length() + 8).append("file:///");
    for (byte b : PathText.bytes(text)) {
      char c = (char) (b & 0xff);
      if (c == '/' || UriPath.isUnreserved(c)) {
        uri.append(c);
      } else {
        UriPath.encode(b, uri);
      }
    }
    Path absolute = Path.of(URI.create(uri.toString()));
    return absolute.subpath(0, absolute.getNameCount());
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == 0 || text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** The last name of a path. */
  public static String name(Path path) {
    String name = String.valueOf(path.getFileName());
    if (!UNIX || name.indexOf('\ufffd') < 0) {
      return name;
    }
    // The name of a directory ends in a slash here.
    String uri = path.toUri().getRawPath();
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(end);
    for (int i = uri.lastIndexOf('/', end - 1) + 1; i < end; i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(UriPath.decode(uri, i));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return PathText.of(bytes.toByteArray());
  }
}
