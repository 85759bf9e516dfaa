package dev.signalbox.gateway.listener;

/** Where a door is, as configured: a number, {@code any} free port, or {@code off}. */
public sealed interface DoorPort {

  /** A port of its own. */
  record Fixed(int number) implements DoorPort {}

  /** Any free port; the door says which. */
  record Any() implements DoorPort {}

  /** The door stays shut. */
  record Off() implements DoorPort {}

  /**
   * Reads a setting.
   *
   * @throws IllegalArgumentException unless 1 to 65535, {@code any} or {@code off}
   */
  static DoorPort parse(String text) {
    String setting = text.strip();
    if (setting.equals("any")) {
      return new Any();
    }
    if (setting.equals("off") || setting.equals("0")) {
      return new Off();
    }
    try {
      int number = Integer.parseInt(setting);
      if (number >= 1 && number <= 65_535) {
        return new Fixed(number);
      }
    } catch (NumberFormatException e) {
      // Said below, with the rule.
    }
    throw new IllegalArgumentException("must be 1 to 65535, 'any' or 'off'");
  }
}
