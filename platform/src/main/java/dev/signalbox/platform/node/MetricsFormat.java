package dev.signalbox.platform.node;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The text formats of metrics. OpenMetrics, which alone has exemplars, for whoever prefers it by
 * name, as Prometheus does; Prometheus's own for everybody else.
 */
public enum MetricsFormat {
  /** Prometheus's text format. */
  PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
  /** OpenMetrics' text format. */
  OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private final String contentType;

  MetricsFormat(String contentType) {
    this.contentType = contentType;
  }

  /** What Content-Type says; the registry takes it as well. */
  public String contentType() {
    return contentType;
  }

  /** The format for a request's Accept (RFC 9110 section 12.5.1), which may say anything. */
  public static MetricsFormat of(@Nullable String accept) {
    if (accept == null) {
      return PROMETHEUS;
    }
    double open = 0;
    double plain = 0;
    for (String range : accept.split(",", -1)) {
      String[] parts = range.split(";", -1);
      switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
        case "application/openmetrics-text" -> open = Math.max(open, weight(parts));
        case "text/plain" -> plain = Math.max(plain, weight(parts));
        default -> {}
      }
    }
    return open > 0 && open >= plain ? OPEN_METRICS : PROMETHEUS;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        String value = parameter.substring(2).strip();
        return value.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(value) : 0;
      }
    }
    return 1;
  }
}
