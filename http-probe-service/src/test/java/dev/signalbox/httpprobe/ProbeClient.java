package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.testsupport.TestNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Calls the service of a node and unwraps what comes back. */
final class ProbeClient {

  private final TestNode node;

  ProbeClient(TestNode node) {
    this.node = node;
  }

  Map<String, Object> probe(String url, Object... more) {
    return finished(node.call(HttpProbeContract.PROBE_TASK, request("http_probe", url, more)));
  }

  TaskError failedProbe(String url, Object... more) {
    return failed(node.call(HttpProbeContract.PROBE_TASK, request("http_probe", url, more)));
  }

  Map<String, Object> get(Map<String, Object> params) {
    return finished(node.call(HttpProbeContract.GET, new TaskRequest("http_get_request", params)));
  }

  TaskError failedGet(Map<String, Object> params) {
    return failed(node.call(HttpProbeContract.GET, new TaskRequest("http_get_request", params)));
  }

  private static TaskRequest request(String name, String url, Object... more) {
    Map<String, Object> params = new HashMap<>();
    params.put("url", url);
    for (int i = 0; i < more.length; i += 2) {
      params.put((String) more[i], more[i + 1]);
    }
    return new TaskRequest(name, params);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> finished(TaskReply reply) {
    assertThat(reply).isInstanceOf(TaskReply.Finished.class);
    return (Map<String, Object>) ((TaskReply.Finished) reply).result();
  }

  private static TaskError failed(TaskReply reply) {
    assertThat(reply).isInstanceOf(TaskReply.Failed.class);
    return ((TaskReply.Failed) reply).error();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Map<String, Object> result, String key) {
    return (Map<String, Object>) result.get(key);
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> objects(Map<String, Object> result, String key) {
    return (List<Map<String, Object>>) result.get(key);
  }
}
