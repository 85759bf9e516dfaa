package dev.signalbox.serverfactory.definition;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What goes wrong on the wire instead of a response. */
public enum Fault {
  /** The connection closes without a byte. */
  EMPTY_RESPONSE,
  /** A head that promises chunks, then bytes that are none, then the connection closes. */
  MALFORMED_CHUNK,
  /** Bytes that are no HTTP, then the connection closes. */
  GARBAGE,
  /** TCP resets the connection. */
  CONNECTION_RESET,
  /** Half of the body that Content-Length promises, then the connection closes. */
  CLOSE_MID_BODY;

  /** All names. */
  public static final List<String> NAMES = Arrays.stream(values()).map(Fault::label).toList();

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in definitions, journals and counters. */
  public String label() {
    return label;
  }

  static Fault of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
