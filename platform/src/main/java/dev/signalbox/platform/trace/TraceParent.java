package dev.signalbox.platform.trace;

import org.jspecify.annotations.Nullable;

/**
 * A W3C trace parent: which trace and which span some work belongs to.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param sampled whether the beginner of the trace keeps it
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {

  private static final int LENGTH = 55;
  private static final int TRACE = 3;
  private static final int SPAN = 36;
  private static final int FLAGS = 53;

  /** Reads a header field; null unless it is well-formed, which the sender decides. */
  public static @Nullable TraceParent parse(@Nullable String text) {
    if (text == null || text.length() < LENGTH || !laidOut(text)) {
      return null;
    }
    String trace = text.substring(TRACE, SPAN - 1);
    String span = text.substring(SPAN, FLAGS - 1);
    if (allZero(trace) || allZero(span)) {
      return null;
    }
    return new TraceParent(trace, span, (digit(text.charAt(FLAGS + 1)) & 1) == 1);
  }

  /** The trace's id, for logs; null unless well-formed. */
  public static @Nullable String traceId(@Nullable String text) {
    TraceParent parsed = parse(text);
    return parsed == null ? null : parsed.traceId();
  }

  /** What names a request in a log: its id, and the trace's id behind it when there is one. */
  public static String label(String requestId, @Nullable String traceParent) {
    String trace = traceId(traceParent);
    return trace == null ? requestId : requestId + " trace " + trace;
  }

  private static boolean laidOut(String text) {
    for (int i = 0; i < LENGTH; i++) {
      boolean dash = i == TRACE - 1 || i == SPAN - 1 || i == FLAGS - 1;
      if (dash ? text.charAt(i) != '-' : digit(text.charAt(i)) < 0) {
        return false;
      }
    }
    // Version ff is forbidden. Version 00 ends here; a later one may go on after a dash.
    if (text.startsWith("ff")) {
      return false;
    }
    return text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-');
  }

  private static int digit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }

  private static boolean allZero(String hex) {
    return hex.chars().allMatch(c -> c == '0');
  }

  /** As a header field of version 00. */
  @Override
  public String toString() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
