package dev.signalbox.contracts.ping;

/** The page a map is shown on. */
public enum MapTheme {
  /** A light page. */
  LIGHT,
  /** A dark page. */
  DARK
}
