package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** How rows of the ledger become messages. */
final class Rows {

  /** The columns {@link #task} reads. */
  static final String TASK_COLUMNS =
      "task_index, status, worker, expires_at, share, answered, updated_at";

  private Rows() {}

  static TaskRow task(ResultSet row) throws SQLException {
    TaskStatus status = TaskStatus.of(row.getInt("status"));
    return new TaskRow(
        row.getInt("task_index"),
        status,
        // The last holder may still submit its result, but the lease has ended.
        status == TaskStatus.AVAILABLE ? null : row.getString("worker"),
        longOrNull(row, "expires_at"),
        intOrNull(row, "answered"),
        row.getLong("updated_at"),
        doubleOrNull(row, "share"));
  }

  /** A result, of the columns {@code packing}, {@code data} and {@code answered}. */
  static PackedResult packed(ResultSet row) throws SQLException {
    return packed(row, "");
  }

  /** The same, of columns whose names end in a suffix. */
  static PackedResult packed(ResultSet row, String suffix) throws SQLException {
    return new PackedResult(
        PackedResult.Packing.of(row.getInt("packing" + suffix)),
        row.getBytes("data" + suffix),
        row.getInt("answered" + suffix));
  }

  static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  static @Nullable Integer intOrNull(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? null : value;
  }

  static @Nullable Double doubleOrNull(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }
}
