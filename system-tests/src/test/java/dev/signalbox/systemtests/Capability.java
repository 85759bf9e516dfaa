package dev.signalbox.systemtests;

import java.time.Duration;
import java.util.Locale;

/** What clients use the system for; the steady load uses each. */
enum Capability {
  DNS("dns-service", 5, false),
  PROBE("http-probe-service", 5, false),
  SERVERS("server-factory-service", 10, true),
  FILES("file-service", 20, false),
  CODES("code-service", 5, true),
  MESSAGES("code-service", 5, true),
  CENSUS("ping-coordinator", 10, true);

  /** The service behind it: an error has to name it. */
  final String service;

  /** When the system has to have answered. */
  final Duration deadline;

  /** Whether it needs PostgreSQL. */
  final boolean inDatabase;

  Capability(String service, int deadlineSeconds, boolean inDatabase) {
    this.service = service;
    this.deadline = Duration.ofSeconds(deadlineSeconds);
    this.inDatabase = inDatabase;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
