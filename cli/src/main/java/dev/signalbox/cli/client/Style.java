package dev.signalbox.cli.client;

import dev.signalbox.platform.node.Launcher;

/** Colours of a terminal, or none. */
public enum Style {
  /** With colours. */
  COLOURS,
  /** Text alone. */
  PLAIN;

  /** Set by the script when standard output is a terminal, which Java cannot detect by itself. */
  private static final String TERMINAL = "signalbox.stdout-terminal";

  private static final String RESET = "\u001b[0m";

  /** Whether standard output is a terminal. */
  public static boolean terminal() {
    return Boolean.getBoolean(TERMINAL);
  }

  /** By the word of {@code --color}, then by {@code NO_COLOR} and the terminal. */
  static Style of(String word) {
    boolean automatic = terminal() && Launcher.environment().getOrDefault("NO_COLOR", "").isEmpty();
    return word.equals("always") || (word.equals("auto") && automatic) ? COLOURS : PLAIN;
  }

  /** A text in green. */
  public String good(String text) {
    return coloured("\u001b[32m", text);
  }

  /** A text in red. */
  public String bad(String text) {
    return coloured("\u001b[31m", text);
  }

  /** A heading, in bold. */
  public String heading(String text) {
    return coloured("\u001b[1m", text);
  }

  private String coloured(String begin, String text) {
    return this == COLOURS ? begin + text + RESET : text;
  }
}
