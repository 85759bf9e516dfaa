package dev.signalbox.gateway.files;

import java.util.ArrayList;
import java.util.List;

/** Which bytes of a file a Range header asks for (RFC 9110 section 14). */
final class ByteRanges {

  /** More pieces than this are not worth their overhead; the whole file is sent. */
  private static final int MAX_RANGES = 64;

  private static final int MAX_DIGITS = 18;

  private ByteRanges() {}

  /** What to send. */
  sealed interface Asked {}

  /** The whole file, as if there were no Range. */
  record Whole() implements Asked {}

  /** These pieces, in this order. */
  record Pieces(List<Piece> pieces) implements Asked {
    Pieces {
      pieces = List.copyOf(pieces);
    }
  }

  /** None of it can be sent: 416. */
  record Unsatisfiable() implements Asked {}

  /**
   * A piece of a file.
   *
   * @param first its first byte
   * @param last its last byte, inclusive
   */
  record Piece(long first, long last) {
    long length() {
      return last - first + 1;
    }
  }

  private static final Whole WHOLE = new Whole();
  private static final Unsatisfiable UNSATISFIABLE = new Unsatisfiable();

  /**
   * Reads a header.
   *
   * @param size of the file
   */
  static Asked parse(String header, long size) {
    int equals = header.indexOf('=');
    if (equals < 0 || !header.substring(0, equals).strip().equalsIgnoreCase("bytes")) {
      return WHOLE; // a unit nobody knows here is ignored, section 14.2
    }
    List<Piece> pieces = new ArrayList<>(2);
    int specs = 0;
    long total = 0;
    int begin = equals + 1;
    while (begin <= header.length()) {
      int comma = header.indexOf(',', begin);
      int end = comma < 0 ? header.length() : comma;
      String spec = header.substring(begin, end).strip();
      begin = end + 1;
      if (spec.isEmpty()) {
        continue; // lists may have empty elements, section 5.6.1
      }
      if (++specs > MAX_RANGES) {
        return WHOLE;
      }
      switch (piece(spec, size)) {
        case Good(Piece piece) -> {
          pieces.add(piece);
          total += piece.length();
        }
        case Everything() -> {
          return WHOLE;
        }
        case Beyond() -> {
          // the others may still be there
        }
        case Bad() -> {
          return UNSATISFIABLE;
        }
      }
    }
    if (pieces.isEmpty()) {
      return UNSATISFIABLE;
    }
    // Overlaps that add up to more than the file are an attack or a mistake, section 17.15.
    return pieces.size() > 1 && total > size ? WHOLE : new Pieces(pieces);
  }

  private sealed interface Spec {}

  private record Good(Piece piece) implements Spec {}

  private record Everything() implements Spec {}

  private record Beyond() implements Spec {}

  private record Bad() implements Spec {}

  private static Spec piece(String spec, long size) {
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return new Bad();
    }
    String from = spec.substring(0, dash).strip();
    String to = spec.substring(dash + 1).strip();
    if (!digits(from) || !digits(to) || (from.isEmpty() && to.isEmpty())) {
      return new Bad();
    }
    if (from.isEmpty()) {
      long suffix = number(to);
      if (suffix == 0) {
        return new Beyond();
      }
      // Section 14.1.2: of a shorter file the suffix is all of it, be it nothing.
      return size == 0
          ? new Everything()
          : new Good(new Piece(Math.max(0, size - suffix), size - 1));
    }
    long first = number(from);
    long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
    if (last < first) {
      return new Bad();
    }
    return first >= size ? new Beyond() : new Good(new Piece(first, Math.min(last, size - 1)));
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** Numbers beyond any file are as good as the largest there is. */
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
