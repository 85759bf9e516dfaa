package dev.signalbox.code;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message as one line of the log file: id, time, uuid, hash and text, separated by tabs. Control
 * characters, line separators of any kind and controls of the direction of text are escaped as in
 * Java ({@code \n}, {@code \\u0000}), the backslash too, so a line can neither be forged from
 * inside a message nor look like another one.
 */
final class LogLine {

  private static final Pattern LINE =
      Pattern.compile("([1-9]\\d{0,18})\t[^\t]{24,40}\t[^\t]+\t([0-9a-f]{64})\t[^\t]*");
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
  private static final HexFormat HEX = HexFormat.of();

  private LogLine() {}

  /** Appends a message's line, its end included. */
  static void write(Message message, StringBuilder to) {
    write(message, true, to);
  }

  /** The same as files from before controls of the direction of text were escaped have it. */
  static void writeWithBidiControls(Message message, StringBuilder to) {
    write(message, false, to);
  }

  /** Whether the two differ. */
  static boolean hasBidiControls(Message message) {
    return hasBidiControls(message.uuid()) || hasBidiControls(message.text());
  }

  private static boolean hasBidiControls(String text) {
    return text.chars().anyMatch(c -> isBidiControl((char) c));
  }

  private static void write(Message message, boolean bidi, StringBuilder to) {
    to.append(message.id()).append('\t');
    TIME.formatTo(Instant.ofEpochMilli(message.storedAtMs()), to);
    to.append('\t');
    escape(message.uuid(), bidi, to);
    to.append('\t').append(message.hash().hex()).append('\t');
    escape(message.text(), bidi, to);
    to.append('\n');
  }

  /** Which message a line is of. */
  record Of(long id, String hash) {}

  /**
   * Reads a line without its end.
   *
   * @return null when this is no such line
   */
  static @Nullable Of read(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return null;
    }
    try {
      return new Of(Long.parseLong(matcher.group(1)), matcher.group(2));
    } catch (NumberFormatException e) {
      return null; // nineteen digits above the largest long
    }
  }

  private static void escape(String text, boolean bidi, StringBuilder to) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> to.append("\\\\");
        case '\n' -> to.append("\\n");
        case '\r' -> to.append("\\r");
        case '\t' -> to.append("\\t");
        default -> {
          if (Character.isISOControl(c) || isSeparator(c) || (bidi && isBidiControl(c))) {
            to.append("\\u").append(HEX.toHexDigits(c));
          } else {
            to.append(c);
          }
        }
      }
    }
  }

  private static boolean isSeparator(char c) {
    return c == '\u2028' || c == '\u2029';
  }

  /** The Unicode property Bidi_Control, Unicode Standard Annex 9 section 2. */
  private static boolean isBidiControl(char c) {
    return c == '\u061C'
        || c == '\u200E'
        || c == '\u200F'
        || (c >= '\u202A' && c <= '\u202E')
        || (c >= '\u2066' && c <= '\u2069');
  }
}
