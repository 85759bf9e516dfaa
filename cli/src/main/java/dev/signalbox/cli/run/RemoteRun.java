package dev.signalbox.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.cli.command.RemoteSystem;
import dev.signalbox.cli.command.ResponseBody;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks by {@code POST /api/v1/tasks/stream} of a running system. Sends while it receives: the
 * system stops reading when its answers are not read, and this process when the system does.
 */
final class RemoteRun implements Run {

  private static final int LONGEST_ANSWER = 32 * 1024 * 1024;
  private static final int IDLE_S = 600;

  private final URI server;
  private final RemoteSystem system;
  private final String path;
  private volatile @Nullable ResponseBody received;
  private volatile boolean stopped;

  RemoteRun(URI server, @Nullable String token, ClientTls tls, int concurrency) {
    this.server = server;
    this.system = new RemoteSystem(server, token, tls, IDLE_S);
    this.path = "/api/v1/tasks/stream" + (concurrency == 0 ? "" : "?concurrency=" + concurrency);
  }

  @Override
  public void stop() {
    stopped = true;
    ResponseBody response = received;
    if (response != null) {
      response.fail(new IOException("stopped"));
    }
  }

  @Override
  public boolean run(InputStream tasks, Answers answers) throws IOException {
    try (system) {
      ResponseBody response = system.post(path, "application/x-ndjson", tasks);
      received = response;
      if (stopped) {
        return false;
      }
      receive(response, answers);
      return true;
    } catch (IOException e) {
      if (stopped) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Reads up to the summary. A response's status is known at its end, so a problem is told by its
   * shape.
   */
  private void receive(ResponseBody response, Answers answers) throws IOException {
    LineReader lines = new LineReader(response, LONGEST_ANSWER);
    LineReader.Line line = lines.next();
    while (line != null && !line.tooLong()) {
      JsonNode json = parse(line);
      if (json.has("summary")) {
        return;
      }
      if (!json.path("status").isTextual()) {
        response.transferTo(OutputStream.nullOutputStream());
        String detail = json.path("detail").asText();
        throw new IOException(
            server + " answered " + response.status() + (detail.isEmpty() ? "" : ": " + detail));
      }
      answers.add(line.bytes().bytes(), json.path("status").asText().equals("finished"));
      if (response.available() == 0) {
        answers.idle();
      }
      line = lines.next();
    }
    throw new IOException("the results from " + server + " ended without a summary");
  }

  private static JsonNode parse(LineReader.Line line) {
    try {
      return Json.mapper().readTree(line.bytes().bytes());
    } catch (IOException e) {
      return MissingNode.getInstance(); // Not an answer.
    }
  }
}
