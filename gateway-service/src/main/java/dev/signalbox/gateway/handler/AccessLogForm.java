package dev.signalbox.gateway.handler;

/** Whether there is a line for each request; its form is that of the log. */
public enum AccessLogForm {
  /** There is. */
  TEXT,
  /** The same: an older setting. */
  JSON,
  /** Not at all. */
  OFF
}
