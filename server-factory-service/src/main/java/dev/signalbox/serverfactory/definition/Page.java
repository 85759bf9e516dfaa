package dev.signalbox.serverfactory.definition;

import java.util.regex.Pattern;

/**
 * What a server answers.
 *
 * @param uri the path, beginning with a slash
 * @param data the body
 */
public record Page(String uri, String data) {

  public static final int LONGEST_URI = 2_048;

  private static final Pattern HTML =
      Pattern.compile(
          "\\s*<(!doctype\\s+html|html|head|body|title|h[1-6]|div|p|table|ul|ol|span|a|br|pre)\\b.*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** Which rule a path breaks, fit to follow its name; empty when none. */
  public static String problem(String uri) {
    if (!uri.startsWith("/")) {
      return "must begin with a slash";
    }
    if (uri.length() > LONGEST_URI) {
      return "must be at most " + LONGEST_URI + " characters";
    }
    if (uri.chars().anyMatch(c -> c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '\\')) {
      return "must be a path without spaces, control characters, query or fragment";
    }
    return "";
  }

  /** Whether a request's path means this page (RFC 3986 section 6.2.2). */
  public boolean isAt(String path) {
    return uri.equals(path) || PagePath.normal(uri).equals(PagePath.normal(path));
  }

  public String contentType() {
    return contentType(data);
  }

  /** HTML for a text that begins like it, plain text else. */
  static String contentType(String data) {
    return HTML.matcher(data).matches() ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
  }
}
