package dev.signalbox.httpprobe.phase;

import java.util.Locale;

/** The stages of one hop, in order. */
public enum Phase {
  /** From the name to its addresses. */
  DNS,
  /** TCP's handshake, over all addresses tried. */
  CONNECT,
  /** TLS's handshake. */
  TLS,
  /** From the request being sent to the first byte of the answer. */
  FIRST_BYTE,
  /** From the first byte to the last. */
  DOWNLOAD;

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
