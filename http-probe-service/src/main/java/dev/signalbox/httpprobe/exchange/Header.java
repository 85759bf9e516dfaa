package dev.signalbox.httpprobe.exchange;

/**
 * One header field as sent.
 *
 * @param name a token (RFC 9110, 5.1)
 * @param value without line breaks
 */
public record Header(String name, String value) {

  boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }
}
