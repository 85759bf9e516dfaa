package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.serverfactory.ClearServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.CountServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.DescribeServerRequest;
import dev.signalbox.contracts.serverfactory.ListServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ReplaceRoutesRequest;
import dev.signalbox.contracts.serverfactory.ResetScenariosRequest;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsRequest;
import dev.signalbox.contracts.serverfactory.StartServerReply.Started;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The service on a node of its own: operations, tasks, and what survives. */
class ServerFactoryServiceTest {

  private static final Map<String, String> PORTS =
      Map.of(
          "server-factory.first-port",
          Integer.toString(Web.FIRST_PORT),
          "server-factory.last-port",
          Integer.toString(Web.LAST_PORT));

  @Test
  void tasks_answer_in_the_documents_shapes() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      int port = Web.freePort();
      Map<?, ?> started =
          finished(
              node,
              ServerFactoryContract.START_TASK,
              Map.of("port", port, "page_uri", "/test", "response_data", "This is a test page!"));
      assertThat(started.get("status")).isEqualTo("success");
      assertThat(started.get("port")).isEqualTo(port);
      String id = (String) started.get("server_id");
      assertThat(Web.get(port, "/test").body()).isEqualTo("This is a test page!");

      Map<?, ?> listed = finished(node, ServerFactoryContract.LIST_TASK, Map.of());
      assertThat(Json.text(listed))
          .isEqualTo(
              "{\"status\":\"success\",\"active_servers\":[{\"server_id\":\""
                  + id
                  + "\",\"port\":"
                  + port
                  + ",\"page_uri\":\"/test\"}]}");

      TaskError conflict =
          failed(
              node,
              ServerFactoryContract.START_TASK,
              Map.of("port", port, "page_uri", "/x", "response_data", ""));
      assertThat(conflict)
          .isEqualTo(
              new TaskError(
                  "CONFLICT",
                  "Port " + port + " is already in use by server " + id,
                  null,
                  null,
                  false));

      Map<?, ?> stopped = finished(node, ServerFactoryContract.STOP_TASK, Map.of("server_id", id));
      assertThat(stopped.get("message")).isEqualTo("Server " + id + " stopped");
      assertThat(failed(node, ServerFactoryContract.STOP_TASK, Map.of("server_id", id)))
          .isEqualTo(new TaskError("NOT_FOUND", "Server " + id + " not found", null, null, false));
    }
  }

  @Test
  void a_task_takes_its_port_as_text_as_document_1s_program_does() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      int port = Web.freePort();

      Map<?, ?> started =
          finished(
              node,
              ServerFactoryContract.START_TASK,
              Map.of("port", Integer.toString(port), "page_uri", "/x", "response_data", "text"));

      assertThat(started.get("port")).isEqualTo(port);
      assertThat(Web.get(port, "/x").body()).isEqualTo("text");
    }
  }

  @Test
  void text_that_a_database_cannot_keep_is_refused() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      assertThat(
              failed(
                      node,
                      ServerFactoryContract.START_TASK,
                      Map.of("port", Web.freePort(), "page_uri", "/x", "response_data", "a\u0000b"))
                  .message())
          .isEqualTo("response_data must not contain U+0000 or half a surrogate pair");
    }
  }

  @Test
  void a_tasks_wrong_parameters_are_named() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      assertThat(
              failed(
                      node,
                      ServerFactoryContract.START_TASK,
                      Map.of("port", "http", "page_uri", "test\n", "response_data", 7))
                  .message())
          .contains("port must be", "page_uri must", "response_data must be a string");
      assertThat(
              failed(node, ServerFactoryContract.START_TASK, Map.of("port", 0, "page_uri", "/x")))
          .isEqualTo(TaskError.badTask("Port must be between 1024 and 65535"));
      assertThat(failed(node, ServerFactoryContract.STOP_TASK, Map.of()).message())
          .isEqualTo("server_id is required");
    }
  }

  @Test
  void givenAPortThatIsNone_whenAServerIsStarted_thenTheErrorNamesTheRangeOfPorts() {
    var beyond = TaskError.badTask("Port must be between 1024 and 65535");
    var noNumber = TaskError.badTask("port must be a whole number between 1024 and 65535");
    Map<Object, TaskError> errors =
        Map.of(
            80,
            beyond,
            -1,
            beyond,
            9_999_999_999L,
            beyond,
            "9999999999",
            beyond,
            65_536.0,
            beyond,
            "abc",
            noNumber,
            "",
            noNumber,
            80.5,
            noNumber,
            true,
            noNumber);
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      assertThat(errors)
          .allSatisfy((port, error) ->
              assertThat(
                      failed(
                          node,
                          ServerFactoryContract.START_TASK,
                          Map.of("port", port, "page_uri", "/x")))
                  .isEqualTo(error));
    }
  }

  @Test
  void givenATaskWithRoutes_whenItRuns_thenItsServerAnswersThemAndHasItsName() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      Map<?, ?> started =
          finished(
              node,
              ServerFactoryContract.START_TASK,
              Map.of(
                  "name",
                  "api",
                  "routes",
                  List.of(
                      Map.of(
                          "match", Map.of("path", "/x"), "response", Map.of("body", "routed")))));

      assertThat(Web.get((Integer) started.get("port"), "/x").body()).isEqualTo("routed");
      assertThat(
              node.call(ServerFactoryContract.DESCRIBE, new DescribeServerRequest("api"))
                  .server()
                  .serverId())
          .isEqualTo(started.get("server_id"));
      assertThat(
              failed(
                      node,
                      ServerFactoryContract.START_TASK,
                      Map.of("name", "api", "page_uri", "/other"))
                  .code())
          .isEqualTo("CONFLICT");
      assertThat(
              finished(node, ServerFactoryContract.STOP_TASK, Map.of("server_id", "api"))
                  .get("message"))
          .isEqualTo("Server " + started.get("server_id") + " stopped");
    }
  }

  @Test
  void givenATaskWithProblemsInAllPlaces_whenItRuns_thenAllAreNamedOnce() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      String message =
          failed(
                  node,
                  ServerFactoryContract.START_TASK,
                  Map.of(
                      "port",
                      "http",
                      "page_uri",
                      "no slash",
                      "surprise",
                      1,
                      "expires_in_s",
                      0,
                      "routes",
                      List.of(Map.of("response", Map.of("status", 42)))))
              .message();

      assertThat(message)
          .contains(
              "port must be a whole number",
              "page_uri must begin with a slash",
              "surprise is not a parameter",
              "expires_in_s must be between 1 and",
              "routes/0/response/status must be");
      assertThat(message.split("page_uri")).hasSize(2);
    }
  }

  @Test
  void givenAProxyThatRecords_whenItForwarded_thenTheResponseIsAStoredRoute() {
    Map<String, String> settings = new HashMap<>(PORTS);
    settings.put("guard.allow", "127.0.0.1/32");
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, settings)) {
      int target =
          ((Started)
                  node.call(
                      ServerFactoryContract.START,
                      new StartServerRequest(0, "/real", "from the target", null, null)))
              .server()
              .port();
      int proxy =
          ((Started)
                  node.call(
                      ServerFactoryContract.START,
                      new StartServerRequest(
                          0,
                          "",
                          "",
                          null,
                          "{\"name\":\"proxy\",\"proxy\":{\"url\":\"http://127.0.0.1:"
                              + target
                              + "\",\"record\":true}}")))
              .server()
              .port();

      assertThat(Web.get(proxy, "/real").body()).isEqualTo("from the target");
      await()
          .untilAsserted(() ->
              assertThat(
                      node.call(ServerFactoryContract.DESCRIBE, new DescribeServerRequest("proxy"))
                          .server()
                          .routes())
                  .isEqualTo(1));

      node.call(ServerFactoryContract.STOP, new StopServerRequest(serverAt(node, target)));
      assertThat(Web.get(proxy, "/real").body()).isEqualTo("from the target");
    }
  }

  private static String serverAt(TestNode node, int port) {
    return node.call(ServerFactoryContract.LIST, new ListServersRequest()).servers().stream()
        .filter(server -> server.port() == port)
        .findFirst()
        .orElseThrow()
        .serverId();
  }

  @ParameterizedTest
  @MethodSource
  void givenAServerNobodyKnows_whenItIsAskedFor_thenItIsNotFound(
      Operation<Object, ?> operation, Object request) {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      assertThatThrownBy(() -> node.call(operation, request))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> {
                assertThat(fault.code()).isEqualTo(ErrorCode.NOT_FOUND);
                assertThat(fault).hasMessage("Server nobody not found");
              });
    }
  }

  static List<Arguments> givenAServerNobodyKnows_whenItIsAskedFor_thenItIsNotFound() {
    ServerRequestFilter all = new ServerRequestFilter(null, null, null, null, null, false, null);
    return List.of(
        Arguments.of(ServerFactoryContract.STOP, new StopServerRequest("nobody")),
        Arguments.of(ServerFactoryContract.DESCRIBE, new DescribeServerRequest("nobody")),
        Arguments.of(
            ServerFactoryContract.REPLACE_ROUTES, new ReplaceRoutesRequest("nobody", "[]")),
        Arguments.of(
            ServerFactoryContract.LIST_REQUESTS,
            new ListServerRequestsRequest("nobody", 0, 1, all)),
        Arguments.of(
            ServerFactoryContract.COUNT_REQUESTS, new CountServerRequestsRequest("nobody", all)),
        Arguments.of(
            ServerFactoryContract.CLEAR_REQUESTS, new ClearServerRequestsRequest("nobody")),
        Arguments.of(ServerFactoryContract.STATS, new ServerStatsRequest("nobody")),
        Arguments.of(ServerFactoryContract.RESET_SCENARIOS, new ResetScenariosRequest("nobody")));
  }

  @Test
  void givenALimitBeyondTheRange_whenRequestsAreListed_thenTheErrorNamesIt() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      node.call(
          ServerFactoryContract.START,
          new StartServerRequest(0, "/x", "x", null, "{\"name\":\"api\"}"));

      assertThatThrownBy(() ->
              node.call(
                  ServerFactoryContract.LIST_REQUESTS,
                  new ListServerRequestsRequest(
                      "api",
                      0,
                      1_001,
                      new ServerRequestFilter(null, null, null, null, null, false, null))))
          .hasMessage("must be between 1 and 1000");
    }
  }

  @Test
  void operations_refuse_what_is_not_a_page() {
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, PORTS)) {
      assertThatThrownBy(() ->
              node.call(
                  ServerFactoryContract.START,
                  new StartServerRequest(0, "no slash", "x", null, null)))
          .isInstanceOfSatisfying(
              ServiceException.class,
              fault -> {
                assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                assertThat(fault.problems().getFirst().pointer()).isEqualTo("/page_uri");
              });
    }
  }

  @Test
  void servers_come_back_with_the_next_run(@TempDir Path data) {
    Map<String, String> kept =
        Map.of(
            "platform.data",
            data.toString(),
            "server-factory.first-port",
            Integer.toString(Web.FIRST_PORT),
            "server-factory.last-port",
            Integer.toString(Web.LAST_PORT));
    ServerInfo server;
    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, kept)) {
      server =
          ((Started)
                  node.call(
                      ServerFactoryContract.START,
                      new StartServerRequest(0, "/kept", "still here", null, null)))
              .server();
    }
    assertThat(Web.listens(server.port())).isFalse();

    try (TestNode node = TestNode.start(ServerFactoryMain.SERVICE, kept)) {
      assertThat(Web.get(server.port(), "/kept").body()).isEqualTo("still here");
      assertThat(node.call(ServerFactoryContract.LIST, new ListServersRequest()).servers())
          .extracting(ServerInfo::serverId)
          .containsExactly(server.serverId());
      node.call(ServerFactoryContract.STOP, new StopServerRequest(server.serverId()));
      assertThat(Web.listens(server.port())).isFalse();
    }
  }

  private static Map<?, ?> finished(
      TestNode node, Operation<TaskRequest, TaskReply> operation, Map<String, Object> params) {
    TaskReply reply = node.call(operation, new TaskRequest("task", params));
    assertThat(reply).isInstanceOf(TaskReply.Finished.class);
    return Json.mapper()
        .convertValue(((TaskReply.Finished) reply).result(), java.util.LinkedHashMap.class);
  }

  private static TaskError failed(
      TestNode node, Operation<TaskRequest, TaskReply> operation, Map<String, Object> params) {
    TaskReply reply = node.call(operation, new TaskRequest("task", params));
    assertThat(reply).isInstanceOf(TaskReply.Failed.class);
    return ((TaskReply.Failed) reply).error();
  }
}
