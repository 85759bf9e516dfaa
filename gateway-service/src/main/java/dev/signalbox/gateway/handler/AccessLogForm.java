package dev.signalbox.gateway.handler;

/** How the request log writes its lines. */
public enum AccessLogForm {
  /** One line of text. */
  TEXT,
  /** Fields of a JSON line. */
  JSON,
  /** Not at all. */
  OFF
}
