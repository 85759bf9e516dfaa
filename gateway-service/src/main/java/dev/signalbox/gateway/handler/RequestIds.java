package dev.signalbox.gateway.handler;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Names for requests. Belongs to one event loop: a random part once, then a count. */
final class RequestIds {

  private static final int MAX_LENGTH = 128;

  private final String prefix =
      HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + "-";
  private long count;

  /** The client's id if well-formed, else a new one. */
  String take(@Nullable String offered) {
    return offered != null && wellFormed(offered) ? offered : prefix + Long.toHexString(++count);
  }

  // The id goes into logs and other services: letters that cannot break a line or a header.
  private static boolean wellFormed(String id) {
    int length = id.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = id.charAt(i);
      boolean fine =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || c == '.';
      if (!fine) {
        return false;
      }
    }
    return true;
  }
}
