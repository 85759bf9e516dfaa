package dev.signalbox.ping.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operator's file of opt-outs: a line for each network, with the day it was asked for, who
 * asked, and perhaps why, separated by spaces: {@code 192.0.2.0/24 2026-11-27 noc@example.net
 * reason}. Empty lines are skipped, and what follows {@code #}.
 */
final class OptOutFile {

  /** More than an operator keeps by hand; the file is read as a whole. */
  private static final long MAX_BYTES = 16L << 20;

  private static final int MAX_REASON = 500;

  /**
   * One line.
   *
   * @param range what is left out
   * @param epochMs when it was asked for, milliseconds since 1970-01-01 UTC
   * @param requester who asked
   * @param reason why; null when it does not say
   */
  record Line(AddressRange range, long epochMs, String requester, @Nullable String reason) {}

  private OptOutFile() {}

  /**
   * Reads the file.
   *
   * @throws IOException when it cannot be read, or says something else; names the line
   */
  static List<Line> read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
    }
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String text : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      number++;
      int comment = text.indexOf('#');
      String content = (comment < 0 ? text : text.substring(0, comment)).strip();
      if (!content.isEmpty()) {
        lines.add(line(content, file + " line " + number));
      }
    }
    return lines;
  }

  private static Line line(String content, String place) throws IOException {
    String[] words = content.split("\\s+", 4);
    Optional<AddressRange> range = OptOuts.parse(words[0]);
    if (range.isEmpty()) {
      throw new IOException(place + ": " + words[0] + " is not an IPv4 network from /8 to /32");
    }
    if (words.length < 3) {
      throw new IOException(place + ": the day (2026-11-27) and who asked must follow the network");
    }
    String reason = words.length == 4 ? words[3] : null;
    if (reason != null && reason.length() > MAX_REASON) {
      throw new IOException(place + ": the reason is longer than " + MAX_REASON + " characters");
    }
    try {
      return new Line(
          range.get(),
          LocalDate.parse(words[1]).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
          words[2],
          reason);
    } catch (DateTimeParseException e) {
      throw new IOException(place + ": " + words[1] + " is not a day such as 2026-11-27", e);
    }
  }
}
