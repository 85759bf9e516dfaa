package dev.signalbox.gateway.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports of servers on demand that the gateway listens on in their place.
 *
 * @param first lowest port; above {@code last} for none
 * @param last highest port
 */
public record PublishedRange(int first, int last) {

  /** No port. */
  public static final PublishedRange NONE = new PublishedRange(1, 0);

  private static final int LOWEST = 1_024;
  private static final int HIGHEST = 65_535;

  /** As many ports can be bound, and in compose published, without harm. */
  private static final int MOST = 1_000;

  private static final Pattern FORM = Pattern.compile("([0-9]{4,5})-([0-9]{4,5})");

  /**
   * Reads a setting.
   *
   * @throws IllegalArgumentException unless two ports from 1024 to 65535 with a hyphen between
   *     them, the lower one first, and at most 1,000 ports in all
   */
  public static PublishedRange parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (form.matches()) {
      int first = Integer.parseInt(form.group(1));
      int last = Integer.parseInt(form.group(2));
      if (first >= LOWEST && last <= HIGHEST && first <= last && last - first < MOST) {
        return new PublishedRange(first, last);
      }
    }
    throw new IllegalArgumentException(
        "must be two ports from 1024 to 65535 such as 50000-50049, at most 1000 in all");
  }

  /** Whether a port is among them. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }
}
