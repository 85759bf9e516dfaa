package dev.signalbox.gateway.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses a Range header (RFC 9110 section 14). */
public final class ByteRanges {

  /** With more ranges the whole file is sent, which costs less. */
  private static final int MAX_RANGES = 64;

  private static final int MAX_DIGITS = 18;
  private static final Pattern RANGE = Pattern.compile("([0-9]*)\\s*-\\s*([0-9]*)");

  private ByteRanges() {}

  /** What to send. */
  public sealed interface Asked {}

  /** The whole file: ignore the header. */
  public record Whole() implements Asked {}

  /** The pieces, in this order. */
  public record Pieces(List<Piece> pieces) implements Asked {
    public Pieces {
      pieces = List.copyOf(pieces);
    }
  }

  /** No satisfiable range: 416. */
  public record Unsatisfiable() implements Asked {}

  /** A piece of a file; {@code last} is inclusive. */
  public record Piece(long first, long last) {
    /** How many bytes it has. */
    public long length() {
      return last - first + 1;
    }
  }

  private static final Whole WHOLE = new Whole();
  private static final Unsatisfiable UNSATISFIABLE = new Unsatisfiable();

  /** Parses the header for a file of a size. */
  public static Asked parse(String header, long size) {
    int equals = header.indexOf('=');
    if (equals < 0 || !header.substring(0, equals).strip().equalsIgnoreCase("bytes")) {
      return WHOLE; // section 14.2: ignore an unknown unit
    }
    List<Piece> pieces = new ArrayList<>(2);
    int specs = 0;
    long total = 0;
    for (String part : header.substring(equals + 1).split(",")) {
      String spec = part.strip();
      if (spec.isEmpty()) {
        continue; // lists may have empty elements, section 5.6.1
      }
      if (++specs > MAX_RANGES) {
        return WHOLE;
      }
      Matcher range = RANGE.matcher(spec);
      if (spec.equals("-") || !range.matches()) {
        return UNSATISFIABLE;
      }
      String from = range.group(1);
      String to = range.group(2);
      long first = from.isEmpty() ? Math.max(0, size - number(to)) : number(from);
      long last = from.isEmpty() || to.isEmpty() ? Long.MAX_VALUE : number(to);
      if (from.isEmpty() && size == 0 && number(to) > 0) {
        return WHOLE; // section 14.1.2: the suffix of an empty file is the whole file
      }
      if (last < first) {
        return UNSATISFIABLE;
      }
      // Ignores a range beyond the end, since others may be satisfiable.
      if (first < size) {
        Piece piece = new Piece(first, Math.min(last, size - 1));
        pieces.add(piece);
        total += piece.length();
      }
    }
    if (pieces.isEmpty()) {
      return UNSATISFIABLE;
    }
    // Overlaps that add up to more than the file are an attack or a mistake, section 17.15.
    return pieces.size() > 1 && total > size ? WHOLE : new Pieces(pieces);
  }

  /** A number beyond any file size counts as the largest. */
  private static long number(String digits) {
    int begin = 0;
    while (begin < digits.length() - 1 && digits.charAt(begin) == '0') {
      begin++;
    }
    return digits.length() - begin > MAX_DIGITS
        ? Long.MAX_VALUE
        : Long.parseLong(digits, begin, digits.length(), 10);
  }
}
