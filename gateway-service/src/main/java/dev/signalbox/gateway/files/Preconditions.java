package dev.signalbox.gateway.files;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Conditions of a request for a file, in the order of RFC 9110 section 13.2.2. */
final class Preconditions {

  private static final CharSequence IF_UNMODIFIED_SINCE =
      HttpHeaders.createOptimized("if-unmodified-since");

  private Preconditions() {}

  /** What the conditions make of a request. */
  enum Outcome {
    /** Send what was asked for. */
    PROCEED,
    /** 304: the client has it. */
    NOT_MODIFIED,
    /** 412: it is not what the client thinks. */
    FAILED
  }

  /** Judges a GET or HEAD. */
  static Outcome judge(MultiMap headers, PreparedFile file) {
    String match = headers.get(HttpHeaders.IF_MATCH);
    if (match != null) {
      if (!lists(match, file.etag(), false)) {
        return Outcome.FAILED;
      }
    } else {
      String unmodified = headers.get(IF_UNMODIFIED_SINCE);
      if (unmodified != null && !unmodifiedSince(unmodified, file)) {
        return Outcome.FAILED;
      }
    }
    String noneMatch = headers.get(HttpHeaders.IF_NONE_MATCH);
    if (noneMatch != null) {
      return lists(noneMatch, file.etag(), true) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }
    String modified = headers.get(HttpHeaders.IF_MODIFIED_SINCE);
    return modified != null && notModifiedSince(modified, file)
        ? Outcome.NOT_MODIFIED
        : Outcome.PROCEED;
  }

  /** Whether a Range still means this version of the file (section 13.1.5). */
  static boolean rangeApplies(@Nullable String ifRange, PreparedFile file, long nowSeconds) {
    if (ifRange == null) {
      return true;
    }
    String validator = ifRange.strip();
    if (validator.startsWith("\"") || validator.startsWith("W/")) {
      return validator.equals(file.etag());
    }
    // A file changed within the last second could have been changed twice in it.
    return validator.contentEquals(file.lastModified()) && file.modifiedSeconds() < nowSeconds - 1;
  }

  private static boolean unmodifiedSince(String text, PreparedFile file) {
    if (text.contentEquals(file.lastModified())) {
      return true;
    }
    long seconds = HttpDate.seconds(text);
    return seconds == HttpDate.NONE || file.modifiedSeconds() <= seconds;
  }

  private static boolean notModifiedSince(String text, PreparedFile file) {
    if (text.contentEquals(file.lastModified())) {
      return true;
    }
    long seconds = HttpDate.seconds(text);
    return seconds != HttpDate.NONE && file.modifiedSeconds() <= seconds;
  }

  /** Whether a list of entity tags has one; {@code *} has every. */
  static boolean lists(String list, String etag, boolean weakly) {
    if (list.equals(etag)) {
      return true;
    }
    String text = list.strip();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ',' || c == ' ' || c == '\t') {
        at++;
        continue;
      }
      if (c == '*') {
        return true;
      }
      boolean weak = text.startsWith("W/", at);
      int begin = weak ? at + 2 : at;
      int close =
          begin < text.length() && text.charAt(begin) == '"' ? text.indexOf('"', begin + 1) : -1;
      if (close < 0) {
        return false; // what cannot be read names nothing
      }
      if ((!weak || weakly) && close + 1 - begin == etag.length() && text.startsWith(etag, begin)) {
        return true;
      }
      at = close + 1;
    }
    return false;
  }
}
