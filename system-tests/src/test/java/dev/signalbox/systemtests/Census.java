package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;

/** The census from the side of administrators and volunteers, at the door of its site. */
final class Census {

  static final int ADDRESSES = 65_536;

  private final int port;

  Census(int port) {
    this.port = port;
  }

  /** Leaves no task available, so that the next one added is the next one given out. */
  void takeAll() {
    while (get("/get_task").has("task_index")) {
      // Another one is in progress.
    }
  }

  JsonNode get(String path) {
    return Clients.requestsGet(port, path).json();
  }

  JsonNode post(String path, String json) {
    return Clients.requestsPost(port, path, json).json();
  }

  /** Adds a task and tells its index. */
  int add(int status) {
    return post("/add_task", "{\"task_status\": " + status + "}").path("task_index").asInt(-1);
  }

  /** Takes the lowest available task and tells its index. */
  int take() {
    return get("/get_task").path("task_index").asInt(-1);
  }

  /** Submits a result as the worker of the document does. */
  JsonNode submit(int index, String result) {
    return post(
        "/submit_result",
        """
        {"task_index": %d, "result": {"success": true, "result_data": "%s"}}\
        """
            .formatted(index, result));
  }

  /** A result in which every so manieth address answers. */
  static String result(int every) {
    StringBuilder result = new StringBuilder(ADDRESSES);
    for (int i = 0; i < ADDRESSES; i++) {
      result.append(i % every == 0 ? '1' : '0');
    }
    return result.toString();
  }

  /** The status of a task. */
  int status(int index) {
    JsonNode task = get("/api/v1/census/tasks/" + index);
    return task.path("task_status").asInt(task.path("status").asInt(-1));
  }
}
