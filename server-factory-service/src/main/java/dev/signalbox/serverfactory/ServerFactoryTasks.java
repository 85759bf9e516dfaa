package dev.signalbox.serverfactory;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.platform.task.ParamsSchema;
import java.util.List;

/** The tasks of this service as clients see them: descriptions, results and refusals. */
final class ServerFactoryTasks {

  private ServerFactoryTasks() {}

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

  static TaskType start(int maxResponse) {
    return type(
        "start_http_server",
        List.of("create_http_server", "create_http_server_task"),
        "Starts an HTTP server that answers one page",
        ParamsSchema.object()
            .optional(
                "port",
                ParamsSchema.integer(
                    "Port to listen on; left out: a free one",
                    ServerFactoryConfig.LOWEST_PORT,
                    ServerFactoryConfig.HIGHEST_PORT))
            .required(
                "page_uri",
                ParamsSchema.text("Path of the page, beginning with a slash", Page.LONGEST_URI))
            .optional("response_data", ParamsSchema.text("What the page shows", maxResponse, "")),
        ServerFactoryContract.START_TASK);
  }

  static TaskType stop() {
    return type(
        "stop_http_server",
        List.of("stop_http_active_server"),
        "Stops a server on demand",
        ParamsSchema.object()
            .required("server_id", ParamsSchema.text("Id that start_http_server gave", 64)),
        ServerFactoryContract.STOP_TASK);
  }

  static TaskType list() {
    return type(
        "list_http_servers",
        List.of("list_http_active_servers"),
        "Lists the servers on demand",
        ParamsSchema.object(),
        ServerFactoryContract.LIST_TASK);
  }

  private static TaskType type(
      String name,
      List<String> aliases,
      String description,
      ParamsSchema schema,
      Operation<TaskRequest, TaskReply> operation) {
    return new TaskType(
        name,
        aliases,
        description,
        schema.build(),
        operation.address(),
        operation.timeout().toMillis(),
        operation.repeatable());
  }
}
