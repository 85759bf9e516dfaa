package dev.signalbox.gateway.probe;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The log of one probe, for {@code debug=true}: bounded lines in logfmt. */
final class ProbeLog {

  private static final int LONGEST_VALUE = 1_024;

  private final String module;
  private final String target;
  private final StringBuilder lines = new StringBuilder();

  ProbeLog(String module, String target) {
    this.module = quoted(module);
    this.target = quoted(target);
  }

  void info(String message, Object... fields) {
    line("info", message, fields);
  }

  void error(String message, Object... fields) {
    line("error", message, fields);
  }

  /** Adds a line with fields, {@code name, value, name, value…}. */
  private void line(String level, String message, Object... fields) {
    lines.append("ts=").append(Instant.now().truncatedTo(ChronoUnit.MICROS));
    lines.append(" module=").append(module).append(" target=").append(target);
    lines.append(" level=").append(level).append(" msg=").append(quoted(message));
    for (int i = 0; i < fields.length; i += 2) {
      lines.append(' ').append(fields[i]).append('=').append(quoted(String.valueOf(fields[i + 1])));
    }
    lines.append('\n');
  }

  String text() {
    return lines.toString();
  }

  private static String quoted(String value) {
    if (value.matches("[!#-<>-~]{1,200}")) {
      return value;
    }
    return quote(value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "…" : value);
  }

  /** A text of others in quotation marks, fit for one line. */
  static String quote(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        default -> {
          if (Character.isISOControl(c)
              || Character.isSurrogate(c)
              || Character.getType(c) == Character.FORMAT) {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append('"').toString();
  }
}
