package dev.signalbox.gateway.events;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an event is about. */
public enum Topic {
  /** Tasks of the census. */
  CENSUS(1),
  /** Servers on demand. */
  SERVERS(2),
  /** Instances of services. */
  SERVICES(4),
  /** Traffic of tasks through this gateway. */
  TASKS(8);

  /** The bit set of all topics. */
  static final int ALL = 15;

  private final int bit;

  Topic(int bit) {
    this.bit = bit;
  }

  /** The name that clients see. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  int bit() {
    return bit;
  }

  /** The topic of a name; null when there is none. */
  static @Nullable Topic of(String label) {
    for (Topic topic : values()) {
      if (topic.label().equals(label)) {
        return topic;
      }
    }
    return null;
  }
}
