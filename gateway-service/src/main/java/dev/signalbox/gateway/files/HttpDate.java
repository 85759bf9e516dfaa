package dev.signalbox.gateway.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/** Dates of HTTP (RFC 9110 section 5.6.7): written in one form, read in three. */
final class HttpDate {

  /** What {@link #seconds} answers for text that is no date. */
  static final long NONE = Long.MIN_VALUE;

  private static final int MAX_LENGTH = 64;

  private static final DateTimeFormatter FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH);

  private HttpDate() {}

  /** A time as text; before the year 1 and after 9999 the nearest that can be written. */
  static String text(long epochMs) {
    long seconds = Math.clamp(Math.floorDiv(epochMs, 1_000L), -62_135_596_800L, 253_402_300_799L);
    return FIXDATE.format(LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC));
  }

  /** Seconds since 1970; {@link #NONE} when the text is not a date. */
  static long seconds(String text) {
    if (text.length() > MAX_LENGTH) {
      return NONE;
    }
    for (DateTimeFormatter form : List.of(FIXDATE, rfc850(), ASCTIME)) {
      try {
        return LocalDateTime.parse(text, form).toEpochSecond(ZoneOffset.UTC);
      } catch (DateTimeException _) {
        // Perhaps in the next form.
      }
    }
    return NONE;
  }

  /** Two-digit years are those within fifty years of now. */
  private static DateTimeFormatter rfc850() {
    int pivot = Year.from(Instant.now().atZone(ZoneOffset.UTC)).getValue() - 49;
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, pivot)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }
}
