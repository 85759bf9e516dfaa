package dev.signalbox.code;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first line of a file that goes on after a rotated one: the last message of that one. Binds
 * the file to the one before, for the hash is of all messages up to there. No line of a message
 * looks like it.
 *
 * @param id of the last message before the file; 0 when there is none, and then there is no header
 * @param hash of that message
 */
record LogHeader(long id, String hash) {

  /** Of a file that begins with the first message. */
  static final LogHeader NONE = new LogHeader(0, ChainHash.START.hex());

  /** No header is longer. */
  static final int MAX_BYTES = 128;

  private static final Pattern LINE =
      Pattern.compile("# follows message ([1-9]\\d{0,17}) ([0-9a-f]{64})\n");

  /** The line, its end included; empty for {@link #NONE}. */
  String line() {
    return id == 0 ? "" : "# follows message " + id + " " + hash + "\n";
  }

  /** The header of a file that begins so; {@link #NONE} when there is none. */
  static LogHeader of(String start) {
    Matcher matcher = LINE.matcher(start);
    return matcher.lookingAt()
        ? new LogHeader(Long.parseLong(matcher.group(1)), matcher.group(2))
        : NONE;
  }
}
