package dev.signalbox.httpprobe.exchange;

import java.util.List;

/** Which HTTP may be spoken. */
public enum Protocol {
  /** What the target prefers over TLS, HTTP/1.1 in the clear. */
  AUTO("auto"),
  /** HTTP/1.1. */
  HTTP_1_1("1.1"),
  /** HTTP/2: over TLS by ALPN, in the clear with prior knowledge. */
  HTTP_2("2");

  private final String key;

  Protocol(String key) {
    this.key = key;
  }

  public String key() {
    return key;
  }

  public List<String> alpn() {
    return switch (this) {
      case AUTO -> List.of("h2", "http/1.1");
      case HTTP_1_1 -> List.of("http/1.1");
      case HTTP_2 -> List.of("h2");
    };
  }
}
