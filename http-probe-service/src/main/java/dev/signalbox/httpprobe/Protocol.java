package dev.signalbox.httpprobe;

import java.util.List;

/** Which HTTP may be spoken. */
enum Protocol {
  /** What the target prefers over TLS, HTTP/1.1 in the clear. */
  AUTO("auto", List.of("h2", "http/1.1")),
  /** HTTP/1.1. */
  HTTP_1_1("1.1", List.of("http/1.1")),
  /** HTTP/2: over TLS by ALPN, in the clear with prior knowledge. */
  HTTP_2("2", List.of("h2"));

  private final String key;
  private final List<String> alpn;

  Protocol(String key, List<String> alpn) {
    this.key = key;
    this.alpn = alpn;
  }

  String key() {
    return key;
  }

  List<String> alpn() {
    return alpn;
  }
}
