package dev.signalbox.serverfactory.template;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The values of one response, shared by the templates of its body and its headers. Used by one
 * thread.
 */
public final class TemplateScope {

  private final TemplateRequest request;
  private final long counter;
  private final Instant now;
  private final RandomGenerator random;
  private @Nullable String uuid;

  /**
   * @param counter how often the route answered, this response included
   * @param random of the server, seeded where its definition says so
   */
  public TemplateScope(TemplateRequest request, long counter, Instant now, RandomGenerator random) {
    this.request = request;
    this.counter = counter;
    this.now = now.truncatedTo(ChronoUnit.MILLIS);
    this.random = random;
  }

  TemplateRequest request() {
    return request;
  }

  String counter() {
    return Long.toString(counter);
  }

  String now() {
    return now.toString();
  }

  String nowMillis() {
    return Long.toString(now.toEpochMilli());
  }

  /** The same in all of a response, so that its body and its headers can speak of one thing. */
  String uuid() {
    if (uuid == null) {
      uuid = randomUuid();
    }
    return uuid;
  }

  /** 0 to 2^31 - 2. */
  String randomInt() {
    return Integer.toString(random.nextInt(Integer.MAX_VALUE));
  }

  /** Sixteen digits. */
  String randomHex() {
    return HexFormat.of().toHexDigits(random.nextLong());
  }

  /** Version 4, RFC 9562. */
  String randomUuid() {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & ~(0b11L << 62)) | (0b10L << 62);
    return new UUID(high, low).toString();
  }
}
