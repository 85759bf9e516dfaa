package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import dev.signalbox.platform.task.TaskSpec;
import dev.signalbox.serverfactory.definition.Page;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The tasks of this service as clients see them: declarations, results and refusals. */
final class ServerFactoryTasks {

  private static final int LONGEST_ID = 64;

  private static final String NO_PORT =
      "must be a whole number between "
          + ServerFactoryConfig.LOWEST_PORT
          + " and "
          + ServerFactoryConfig.HIGHEST_PORT;

  /**
   * Null when absent. A whole number beyond the range passes, as the nearest {@code int}: the
   * operation refuses it, with its own words.
   */
  static final Param<@Nullable Integer> PORT =
      Param.optionalIntegerOrDigits(
              "port",
              "Port to listen on; left out: a free one",
              ServerFactoryConfig.LOWEST_PORT,
              ServerFactoryConfig.HIGHEST_PORT)
          .readBy(ServerFactoryTasks::port);

  static final Param<String> PAGE_URI =
      Param.text("page_uri", "Path of the page, beginning with a slash", Page.LONGEST_URI);

  static final Param<String> SERVER_ID =
      Param.text("server_id", "Id that start_http_server gave", LONGEST_ID);

  static final TaskSpec STOP =
      TaskSpec.of(
              "stop_http_server",
              "Stops a server on demand",
              ServerFactoryContract.STOP_TASK,
              SERVER_ID)
          .aliases("stop_http_active_server");

  static final TaskSpec LIST =
      TaskSpec.of(
              "list_http_servers", "Lists the servers on demand", ServerFactoryContract.LIST_TASK)
          .aliases("list_http_active_servers");

  final Param<@Nullable String> responseData;
  final TaskSpec start;

  ServerFactoryTasks(int maxResponse) {
    responseData =
        Param.content("response_data", "What the page shows", maxResponse).with("default", "");
    start =
        TaskSpec.of(
                "start_http_server",
                "Starts an HTTP server that answers one page",
                ServerFactoryContract.START_TASK,
                PORT,
                PAGE_URI,
                responseData)
            .aliases("create_http_server", "create_http_server_task");
  }

  private static @Nullable Integer port(TaskParams params, String name) {
    Object value = params.any(name);
    if (value == null) {
      return null;
    }
    OptionalLong port =
        value instanceof String digits
            ? WholeNumber.parse(digits, Long.MIN_VALUE, Long.MAX_VALUE)
            : RequestObject.wholeNumber(value);
    if (port.isEmpty()) {
      params.problem(name, NO_PORT);
    }
    return Math.clamp(port.orElse(0), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Result of {@code start_http_server}. */
  record Started(String status, String serverId, int port) {}

  /** Result of {@code stop_http_server}. */
  record Stopped(String status, String message) {}

  /** Result of {@code list_http_servers}. */
  record Listed(String status, List<Server> activeServers) {

    /** One of them. */
    record Server(String serverId, int port, String pageUri) {

      static Server of(ServerInfo info) {
        return new Server(info.serverId(), info.port(), info.pageUri());
      }
    }
  }

  static TaskError refusal(Reason reason, String message) {
    String code =
        switch (reason) {
          case LIMIT -> "LIMIT_REACHED";
          case PORT_RANGE -> TaskError.BAD_TASK;
          case PORT_TAKEN, PAGE_URI_TAKEN, PORT_NOT_AVAILABLE -> "CONFLICT";
        };
    return new TaskError(code, message, null, null, false);
  }

  static TaskError notFound(ServiceException fault) {
    return new TaskError(
        fault.code().name(), String.valueOf(fault.getMessage()), null, null, false);
  }
}
