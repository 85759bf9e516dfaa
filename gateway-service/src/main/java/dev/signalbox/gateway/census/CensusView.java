package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.routing.Responses;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ledger as {@code /api/v1/census} shows it. */
final class CensusView {

  private CensusView() {}

  /** A task. */
  record Task(
      int taskIndex,
      String network,
      String status,
      int taskStatus,
      @Nullable String worker,
      @Nullable String expiresAt,
      @Nullable Double share,
      @Nullable Integer answered,
      String updatedAt) {

    static Task of(TaskRow row) {
      return new Task(
          row.index(),
          Networks.of(row.index()),
          name(row.status()),
          row.status().code(),
          row.worker(),
          row.expiresAtEpochMs() == null ? null : Responses.time(row.expiresAtEpochMs()),
          row.share(),
          row.answered(),
          Responses.time(row.updatedAtEpochMs()));
    }
  }

  /** An error. */
  record Fault(long id, int taskIndex, String error, String status, String at) {

    static Fault of(TaskFault fault) {
      return new Fault(
          fault.id(),
          fault.taskIndex(),
          fault.error(),
          name(fault.status()),
          Responses.time(fault.atEpochMs()));
    }
  }

  /** A status in words. */
  static String name(TaskStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  /** The status of a word or number; null when it is neither. */
  static @Nullable TaskStatus status(String text) {
    for (TaskStatus status : TaskStatus.values()) {
      if (name(status).equals(text) || Integer.toString(status.code()).equals(text)) {
        return status;
      }
    }
    return null;
  }
}
