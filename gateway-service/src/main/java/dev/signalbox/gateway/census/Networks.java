package dev.signalbox.gateway.census;

/** Which block of addresses a task is. */
final class Networks {

  private static final int TASKS = 65_536;

  private Networks() {}

  /** The block of a task, such as {@code 1.2.0.0/16}; empty for tasks added beyond IPv4. */
  static String of(int index) {
    return index >= 0 && index < TASKS ? index / 256 + "." + index % 256 + ".0.0/16" : "";
  }

  /** One address of a task's block. */
  static String address(int index, int position) {
    return index / 256 + "." + index % 256 + "." + position / 256 + "." + position % 256;
  }
}
