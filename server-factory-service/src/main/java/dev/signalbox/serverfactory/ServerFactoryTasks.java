package dev.signalbox.serverfactory;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import dev.signalbox.platform.task.TaskSpec;
import dev.signalbox.serverfactory.definition.Page;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tasks of this service as clients see them: declarations, results and refusals. */
final class ServerFactoryTasks {

  /** Names are as long at most. */
  private static final int LONGEST_ID = 100;

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

  static final Param<@Nullable String> PAGE_URI =
      Param.optionalText("page_uri", "Path of the page, beginning with a slash", Page.LONGEST_URI);

  private static final Param<@Nullable Object> ROUTES =
      field("routes", "array", "What it answers, as in POST /api/v1/servers")
          .with("maxItems", ServerFactoryConfig.MOST_ROUTES)
          .with("items", Map.of("type", "object"));

  private static final Param<@Nullable Object> WIREMOCK =
      field("wiremock", List.of("object", "array"), "Stub mappings of WireMock to take as routes");

  private static final Param<@Nullable Object> OPENAPI =
      field(
          "openapi", List.of("object", "string"), "OpenAPI 3 document, whose examples it answers");

  private static final Param<@Nullable Object> PROXY =
      field("proxy", "object", "Where requests go that no route matches");

  /** The parameters that are read as fields of a definition. */
  private static final List<Param<@Nullable Object>> DEFINITION =
      List.of(
          field("name", "string", "Name, unique in the cluster, good in place of the id")
              .with("maxLength", LONGEST_ID)
              .with("pattern", "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"),
          ROUTES,
          WIREMOCK,
          OPENAPI,
          PROXY,
          field("expires_in_s", "integer", "Seconds after which it stops by itself")
              .with("minimum", 1)
              .with("maximum", 31_536_000),
          field("tls", List.of("boolean", "object"), "TLS: true, or certificate and key"),
          field("http2", "boolean", "Whether it speaks HTTP/2 too").with("default", true),
          field("cors", List.of("boolean", "object"), "What browsers on other origins may do"),
          field("lax", "boolean", "Takes requests without a Host header").with("default", false),
          field("journal", "object", "How many requests it remembers"),
          field("seed", "integer", "Makes random values repeatable"));

  static final Param<String> SERVER_ID =
      Param.text("server_id", "Id that start_http_server gave, or name", LONGEST_ID);

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
                "Starts an HTTP server that answers a page or routes",
                ServerFactoryContract.START_TASK,
                Stream.concat(Stream.of(PORT, PAGE_URI, responseData), DEFINITION.stream())
                    .toArray(Param<?>[]::new))
            .aliases("create_http_server", "create_http_server_task")
            .atLeastOne(PAGE_URI, ROUTES, WIREMOCK, OPENAPI, PROXY)
            .notTogether(ROUTES, WIREMOCK)
            .notTogether(ROUTES, OPENAPI)
            .notTogether(WIREMOCK, OPENAPI);
  }

  private static Param<@Nullable Object> field(String name, Object type, String description) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", type);
    schema.put("description", description);
    return Param.custom(name, schema, TaskParams::any);
  }

  /** What a task wants; its problems are noted, and that it lacks a page is left to the reader. */
  StartServerRequest wish(TaskParams params) {
    Integer given = PORT.read(params);
    String pageUri = PAGE_URI.read(params);
    String data = responseData.read(params);
    Map<String, @Nullable Object> definition = new LinkedHashMap<>();
    for (Param<@Nullable Object> field : DEFINITION) {
      Object value = field.read(params);
      if (value != null) {
        definition.put(field.name(), value);
      }
    }
    // Only a port left out means any: a client that sends 0 has always got the range as an error.
    int port = given == null ? 0 : given == 0 ? -1 : given;
    return new StartServerRequest(
        port,
        pageUri == null ? "" : pageUri,
        data == null ? "" : data,
        null,
        definition.isEmpty() ? null : Json.text(definition));
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

  /** The reply to {@code start_http_server}. */
  static TaskReply reply(StartServerReply reply) {
    return switch (reply) {
      case StartServerReply.Started(ServerInfo server, boolean _) ->
          TaskReply.Finished.of(new Started("success", server.serverId(), server.port()));
      case StartServerReply.Refused(Reason reason, String message, boolean _) ->
          new TaskReply.Failed(refusal(reason, message));
    };
  }

  /**
   * Why a server could not be started.
   *
   * @param problems of the parameters, found before
   * @return empty for a fault, which is no reply of the task
   */
  static Optional<TaskReply> failure(Throwable failure, List<FieldProblem> problems) {
    if (!(failure instanceof ServiceException fault)) {
      return Optional.empty();
    }
    return switch (fault.code()) {
      case INVALID_REQUEST -> Optional.of(badTask(problems, fault.problems()));
      case CONFLICT, LIMIT_REACHED ->
          Optional.of(
              new TaskReply.Failed(
                  new TaskError(
                      fault.code().name(), String.valueOf(fault.getMessage()), null, null, false)));
      default -> Optional.empty();
    };
  }

  /** All problems in one sentence; of two with one field the first. */
  static TaskReply badTask(List<FieldProblem> problems, List<FieldProblem> more) {
    Map<String, String> byField = new LinkedHashMap<>();
    Stream.concat(problems.stream(), more.stream())
        .forEach(problem -> byField.putIfAbsent(problem.pointer(), problem.message()));
    return new TaskReply.Failed(
        TaskError.badTask(
            byField.entrySet().stream()
                .map(problem ->
                    problem.getKey().isEmpty()
                        ? problem.getValue()
                        : problem.getKey().substring(1) + " " + problem.getValue())
                .collect(Collectors.joining("; "))));
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
