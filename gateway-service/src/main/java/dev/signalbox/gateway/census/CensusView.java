package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.routing.Response;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tasks and errors of the census in {@code /api/v1/census}. */
final class CensusView {

  private CensusView() {}

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
          TaskIndex.network(row.index()),
          name(row.status()),
          row.status().code(),
          row.worker(),
          row.expiresAtEpochMs() == null ? null : Response.time(row.expiresAtEpochMs()),
          row.share(),
          row.answered(),
          Response.time(row.updatedAtEpochMs()));
    }
  }

  record Fault(long id, int taskIndex, String error, String status, String at) {

    static Fault of(TaskFault fault) {
      return new Fault(
          fault.id(),
          fault.taskIndex(),
          fault.error(),
          name(fault.status()),
          Response.time(fault.atEpochMs()));
    }
  }

  /** The name of a status. */
  static String name(TaskStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  /** The status of a name or number; null when unknown. */
  static @Nullable TaskStatus status(String text) {
    for (TaskStatus status : TaskStatus.values()) {
      if (name(status).equals(text) || Integer.toString(status.code()).equals(text)) {
        return status;
      }
    }
    return null;
  }
}
