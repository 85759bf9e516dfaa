package dev.signalbox.dnsclient.transport;

import java.util.Locale;

/** What carries the messages. */
public enum Protocol {
  /** UDP, and TCP for answers that do not fit (RFC 1035, RFC 7766). */
  UDP(53),
  /** TCP alone (RFC 7766). */
  TCP(53),
  /** TLS over TCP (RFC 7858). */
  TLS(853),
  /** HTTPS (RFC 8484). */
  HTTPS(443);

  private final int defaultPort;

  Protocol(int defaultPort) {
    this.defaultPort = defaultPort;
  }

  /** The port when none is given. */
  public int defaultPort() {
    return defaultPort;
  }

  /** The name clients use, lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
