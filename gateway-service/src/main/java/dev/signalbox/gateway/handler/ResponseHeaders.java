package dev.signalbox.gateway.handler;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The headers of every response. Belongs to one event loop: the date is written once a second. */
final class ResponseHeaders {

  static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
  private static final CharSequence SERVER = HttpHeaders.createOptimized("signalbox");
  private static final CharSequence CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("X-Content-Type-Options");
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  // RFC 9110 section 5.6.7; the JDK's RFC_1123_DATE_TIME writes one-digit days.
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final CharSequence keepAlive;
  private long second = -1;
  private CharSequence date = "";

  ResponseHeaders(long idleSeconds, int requestsPerConnection) {
    this.keepAlive =
        HttpHeaders.createOptimized("timeout=" + idleSeconds + ", max=" + requestsPerConnection);
  }

  /** Sets those that are known before there is a response. */
  void begin(MultiMap headers, String requestId) {
    headers.set(HttpHeaders.SERVER, SERVER);
    headers.set(HttpHeaders.DATE, date());
    headers.set(REQUEST_ID, requestId);
    headers.set(CONTENT_TYPE_OPTIONS, NOSNIFF);
  }

  /** What Keep-Alive says of a connection that goes on. */
  CharSequence keepAlive() {
    return keepAlive;
  }

  private CharSequence date() {
    long now = System.currentTimeMillis() / 1_000;
    if (now != second) {
      second = now;
      date = HttpHeaders.createOptimized(IMF_FIXDATE.format(Instant.ofEpochSecond(now)));
    }
    return date;
  }
}
