package dev.signalbox.gateway.routing;

import io.netty.handler.codec.DateFormatter;
import java.util.Date;
import java.util.OptionalLong;

/** Formats and parses HTTP dates (RFC 9110 section 5.6.7) with Netty. */
@SuppressWarnings("JavaUtilDate") // Netty's type
public final class HttpDates {

  private static final int MAX_LENGTH = 64;
  private static final long LAST_MS = 253_402_300_799_000L;

  private HttpDates() {}

  /** A date, clamped to 1970 to 9999, which every client can parse. */
  public static String text(long epochMs) {
    return DateFormatter.format(new Date(Math.clamp(epochMs, 0, LAST_MS)));
  }

  /** Seconds since 1970; empty when the text is not a date. */
  public static OptionalLong seconds(String text) {
    Date date = text.length() > MAX_LENGTH ? null : DateFormatter.parseHttpDate(text);
    return date == null ? OptionalLong.empty() : OptionalLong.of(date.getTime() / 1_000);
  }
}
