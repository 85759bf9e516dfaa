package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.EntityTags;
import dev.signalbox.gateway.routing.HttpDates;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Evaluates the preconditions of a request, in the order of RFC 9110 section 13.2.2. */
final class Preconditions {

  private static final CharSequence IF_UNMODIFIED_SINCE =
      HttpHeaders.createOptimized("if-unmodified-since");

  private Preconditions() {}

  /** The result of the preconditions. */
  enum Outcome {
    /** Send the file. */
    PROCEED,
    /** 304. */
    NOT_MODIFIED,
    /** 412. */
    FAILED
  }

  /** Evaluates the preconditions of a GET or HEAD. */
  static Outcome evaluate(MultiMap headers, PreparedFile file) {
    String match = tags(headers, HttpHeaders.IF_MATCH);
    if (match != null) {
      if (!EntityTags.name(match, file.etag(), false)) {
        return Outcome.FAILED;
      }
    } else {
      String unmodified = headers.get(IF_UNMODIFIED_SINCE);
      if (unmodified != null && !unmodifiedSince(unmodified, file, true)) {
        return Outcome.FAILED;
      }
    }
    String noneMatch = tags(headers, HttpHeaders.IF_NONE_MATCH);
    if (noneMatch != null) {
      return EntityTags.name(noneMatch, file.etag(), true) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }
    String modified = headers.get(HttpHeaders.IF_MODIFIED_SINCE);
    return modified != null && unmodifiedSince(modified, file, false)
        ? Outcome.NOT_MODIFIED
        : Outcome.PROCEED;
  }

  /** A condition of tags, its lines joined (section 5.3); null without one. */
  static @Nullable String tags(MultiMap headers, CharSequence name) {
    String first = headers.get(name);
    if (first == null) {
      return null;
    }
    List<String> lines = headers.getAll(name);
    return lines.size() == 1 ? first : String.join(", ", lines);
  }

  /** Whether a Range refers to this version of the file (section 13.1.5). */
  static boolean rangeApplies(@Nullable String ifRange, PreparedFile file, long nowSeconds) {
    if (ifRange == null) {
      return true;
    }
    String validator = ifRange.strip();
    if (validator.startsWith("\"") || validator.startsWith("W/")) {
      return validator.equals(file.etag());
    }
    // A file modified within the last second may have been modified twice in that second.
    return validator.contentEquals(file.lastModified()) && file.modifiedSeconds() < nowSeconds - 1;
  }

  /** Whether the file is not newer than a date; {@code otherwise} if the text is no date. */
  private static boolean unmodifiedSince(String text, PreparedFile file, boolean otherwise) {
    if (text.contentEquals(file.lastModified())) {
      return true;
    }
    OptionalLong seconds = HttpDates.seconds(text);
    return seconds.isEmpty() ? otherwise : file.modifiedSeconds() <= seconds.getAsLong();
  }
}
