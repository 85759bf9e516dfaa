package dev.signalbox.storage;

import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The span of one work, from its submission until its caller is told, in OpenTelemetry's terms for
 * databases. It has the statements' verbs and tables alone, and neither their text nor their
 * values. Exists for a work that is traced.
 */
final class WorkSpan {

  /** As long as the conventions have a summary at most. */
  private static final int MAX_SUMMARY = 255;

  private static final int MAX_CAUSES = 8;

  private static final Pattern VERB = Pattern.compile("\\s*([A-Za-z]{1,16})");
  private static final Pattern TABLE =
      Pattern.compile("(?i)\\b(?:FROM|INTO|UPDATE)\\s+([a-z_][a-z0-9_]{0,62})");

  private final Span span;
  private final StringBuilder summary = new StringBuilder();
  private String last = "";
  private int runs;

  private WorkSpan(Span span) {
    this.span = span;
  }

  /**
   * Begins one.
   *
   * @param verb {@code read} or {@code write}
   * @param schema names the database
   * @return null when the work is not traced
   */
  static @Nullable WorkSpan start(
      @Nullable TraceContext trace, String verb, String schema, Engine engine) {
    Span span = TraceContext.client(trace, verb + " " + schema);
    if (span == null) {
      return null;
    }
    span.setAttribute("db.system.name", engine.name().toLowerCase(Locale.ROOT));
    span.setAttribute("db.namespace", schema);
    span.setAttribute("db.operation.name", verb);
    return new WorkSpan(span);
  }

  /** A thread begins to run the work, for the first time or again. */
  void running() {
    span.addEvent(runs++ == 0 ? "running" : "running again");
    summary.setLength(0);
    last = "";
  }

  /** The work has run, and what is left is the commit. */
  void ran() {
    span.addEvent("ran");
  }

  /** The work is about to use a statement. */
  void statement(String sql) {
    String shape = shape(sql);
    if (shape.equals(last) || summary.length() + 2 + shape.length() > MAX_SUMMARY) {
      return;
    }
    last = shape;
    summary.append(summary.isEmpty() ? "" : "; ").append(shape);
  }

  /** Verb and first table of a statement. */
  static String shape(String sql) {
    Matcher verb = VERB.matcher(sql);
    Matcher table = TABLE.matcher(sql);
    String said = verb.lookingAt() ? verb.group(1).toUpperCase(Locale.ROOT) : "";
    return table.find() ? said + " " + table.group(1) : said;
  }

  /** How many works its transaction is for, itself included. */
  void batch(int works) {
    span.setAttribute("signalbox.storage.batch_size", works);
  }

  /** The caller is told. */
  void end(@Nullable Throwable failure) {
    if (!summary.isEmpty()) {
      span.setAttribute("db.query.summary", summary.toString());
    }
    if (failure == null) {
      span.end();
      return;
    }
    String state = sqlState(failure);
    if (state != null) {
      span.setAttribute("db.response.status_code", state);
    }
    Spans.fail(span, failure);
  }

  private static @Nullable String sqlState(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (cause instanceof SQLException refusal) {
        // SQLite's driver has numbers of SQLite in place of states.
        return refusal.getSQLState() == null
            ? Integer.toString(refusal.getErrorCode())
            : refusal.getSQLState();
      }
      cause = cause.getCause();
    }
    return null;
  }
}
