package dev.signalbox.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One worker of a census on a connection of its own: leases tasks and hands their results in. */
final class CensusWorker {

  private static final String JSON = "Content-Type: application/json\r\n";

  private final HttpConnection door;
  private final CensusContent content;
  private final CensusTally tally;
  private final String name;
  private final int atOnce;

  CensusWorker(
      HttpConnection door, CensusContent content, CensusTally tally, String name, int atOnce) {
    this.door = door;
    this.content = content;
    this.tally = tally;
    this.name = name;
    this.atOnce = atOnce;
  }

  /**
   * Works on one lease by the calls of {@code /api/v1}.
   *
   * @return false when there was none to be had
   */
  boolean lease() throws IOException {
    byte[] wanted =
        ("{\"worker\":\"" + name + "\",\"count\":" + atOnce + "}")
            .getBytes(StandardCharsets.US_ASCII);
    long asked = System.nanoTime();
    HttpConnection.Answer answer = door.send("POST /api/v1/census/leases", JSON, wanted);
    if (answer.status() == 404) {
      return false;
    }
    String lease = expect(201, "", answer).text();
    tally.leased(System.nanoTime() - asked);
    String headers =
        "Content-Type: application/octet-stream\r\nLease-Token: "
            + text(lease, "\"token\":\"")
            + "\r\n";
    for (int task : tasks(lease)) {
      byte[] bitmap = content.bitmap(task);
      long sent = System.nanoTime();
      expect(
          200,
          "\"repeated\":false",
          door.send("PUT /api/v1/census/tasks/" + task + "/result", headers, bitmap));
      tally.submitted(task, System.nanoTime() - sent);
    }
    return true;
  }

  /** The same for one task, by the calls of the older task server. */
  boolean classic() throws IOException {
    long asked = System.nanoTime();
    String task = expect(200, "", door.get("/get_task")).text();
    if (task.contains("No tasks available")) {
      return false;
    }
    tally.leased(System.nanoTime() - asked);
    int index = number(task, "\"task_index\":", 0);
    byte[] before =
        ("{\"task_index\":" + index + ",\"result\":{\"success\":true,\"result_data\":\"")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] after = "\"}}".getBytes(StandardCharsets.US_ASCII);
    byte[] body = new byte[before.length + CensusContent.ADDRESSES + after.length];
    System.arraycopy(before, 0, body, 0, before.length);
    content.text(index, body, before.length);
    System.arraycopy(after, 0, body, before.length + CensusContent.ADDRESSES, after.length);
    long sent = System.nanoTime();
    expect(200, "{\"success\":true}", door.send("POST /submit_result", JSON, body));
    tally.submitted(index, System.nanoTime() - sent);
    return true;
  }

  private static HttpConnection.Answer expect(
      int status, String holding, HttpConnection.Answer answer) throws IOException {
    if (answer.status() != status || !answer.text().contains(holding)) {
      throw new IOException("answered " + answer);
    }
    return answer;
  }

  private static List<Integer> tasks(String lease) {
    List<Integer> tasks = new ArrayList<>();
    String key = "\"task_index\":";
    for (int at = lease.indexOf(key); at >= 0; at = lease.indexOf(key, at + 1)) {
      tasks.add(number(lease, key, at));
    }
    return tasks;
  }

  private static int number(String text, String key, int from) {
    int start = text.indexOf(key, from) + key.length();
    int end = start;
    while (Character.isDigit(text.charAt(end))) {
      end++;
    }
    return Integer.parseInt(text, start, end, 10);
  }

  private static String text(String text, String key) {
    int start = text.indexOf(key) + key.length();
    return text.substring(start, text.indexOf('"', start));
  }
}
