package dev.signalbox.httpprobe;

/**
 * One header field as sent.
 *
 * @param name a token (RFC 9110, 5.1)
 * @param value without line breaks
 */
record Header(String name, String value) {

  boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }
}
