package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * All that a system says it keeps.
 *
 * @param messages as listed, with ids, uuids, times and hashes, in their order
 * @param files contents by path
 * @param results bitmaps of finished tasks of the census, by index
 * @param servers descriptions by id, without the instance that runs them
 * @param progress of the census
 */
record Contents(
    List<JsonNode> messages,
    Map<String, String> files,
    Map<Integer, List<Byte>> results,
    Map<String, JsonNode> servers,
    JsonNode progress) {

  /** Reads everything of a system in which nothing changes meanwhile. */
  static Contents of(int main) {
    List<JsonNode> messages = new ArrayList<>();
    pages(main, "/api/v1/messages?limit=1000", messages::add);
    Map<String, String> files = new TreeMap<>();
    pages(
        main,
        "/api/v1/files?limit=1000",
        file ->
            files.put(
                file.path("path").asText(), Http.get(main, file.path("href").asText()).text()));
    Map<Integer, List<Byte>> results = new TreeMap<>();
    pages(
        main,
        "/api/v1/census/tasks?status=done&limit=1000",
        task -> {
          int index = task.path("task_index").asInt();
          results.put(index, result(main, index));
        });
    Map<String, JsonNode> servers = new TreeMap<>();
    pages(
        main,
        "/api/v1/servers?limit=1000",
        server -> {
          String id = server.path("server_id").asText();
          JsonNode described = Http.get(main, "/api/v1/servers/" + id).json();
          servers.put(id, ((ObjectNode) described).without("node"));
        });
    return new Contents(
        messages, files, results, servers, Http.get(main, "/api/v1/census/progress").json());
  }

  private static List<Byte> result(int main, int index) {
    Reply reply =
        Http.get(
            main, "/api/v1/census/tasks/" + index + "/result", "Accept: application/octet-stream");
    if (reply.status() != 200) {
      throw new AssertionError(index + ": " + reply);
    }
    return bytes(reply.body());
  }

  /** Bytes that compare by their values. */
  static List<Byte> bytes(byte[] array) {
    List<Byte> bytes = new ArrayList<>(array.length);
    for (byte each : array) {
      bytes.add(each);
    }
    return bytes;
  }

  private static void pages(int main, String path, Consumer<JsonNode> each) {
    String after = "";
    while (true) {
      Reply reply = Http.get(main, path + after);
      if (reply.status() != 200) {
        throw new AssertionError(path + after + ": " + reply);
      }
      reply.json().path("items").forEach(each);
      if (reply.json().path("next").isNull()) {
        return;
      }
      String next = "&after=" + reply.json().path("next").asText();
      if (next.equals(after)) {
        throw new AssertionError(path + " has no end after " + after);
      }
      after = next;
    }
  }
}
