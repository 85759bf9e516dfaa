package dev.signalbox.gateway.door;

/** How the request log writes its lines. */
public enum RequestLogForm {
  /** One line of text. */
  TEXT,
  /** Fields of a JSON line. */
  JSON,
  /** Not at all. */
  OFF
}
