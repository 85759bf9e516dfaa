package dev.signalbox.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks by {@code POST /api/v1/tasks/stream} of a running system. Sends while it receives: the
 * system stops reading when its answers are not read, and each write waits for the one before.
 */
final class RemoteRun implements Run {

  private static final int PIECE = 65_536;
  private static final int LONGEST_ANSWER = 32 * 1024 * 1024;
  private static final int IDLE_S = 600;
  private static final int CONNECT_MS = 10_000;

  private final URI server;
  private final @Nullable String token;
  private final int concurrency;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final AnswerStream received = new AnswerStream();
  private volatile boolean stopped;

  RemoteRun(URI server, @Nullable String token, int concurrency) {
    this.server = server;
    this.token = token;
    this.concurrency = concurrency;
  }

  @Override
  public void stop() {
    stopped = true;
    received.fail(new IOException("stopped"));
  }

  @Override
  public boolean run(InputStream tasks, Answers answers) throws IOException, InterruptedException {
    HttpClientAgent client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(CONNECT_MS).setIdleTimeout(IDLE_S));
    try {
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setAbsoluteURI(
                  server
                      + "/api/v1/tasks/stream"
                      + (concurrency == 0 ? "" : "?concurrency=" + concurrency))
              .putHeader("Content-Type", "application/x-ndjson");
      if (token != null) {
        options.putHeader("Authorization", "Bearer " + token);
      }
      HttpClientRequest request = await(client.request(options));
      request.setChunked(true);
      request.response().onComplete(received::begin, received::fail);
      Thread.ofPlatform().daemon().name("tasks").start(() -> send(tasks, request));
      return receive(answers);
    } finally {
      // Closes the connection, which also cancels the tasks that still run in the system.
      vertx.close();
    }
  }

  private void send(InputStream tasks, HttpClientRequest request) {
    byte[] piece = new byte[PIECE];
    try {
      int length = tasks.read(piece);
      while (length >= 0) {
        await(request.write(Buffer.buffer(length).appendBytes(piece, 0, length)));
        length = tasks.read(piece);
      }
      await(request.end());
    } catch (IOException e) {
      received.fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean receive(Answers answers) throws IOException, InterruptedException {
    int status;
    try {
      status = received.status();
    } catch (IOException e) {
      return cut(e);
    }
    LineReader lines = new LineReader(received, LONGEST_ANSWER);
    if (status != 200) {
      LineReader.Line problem = lines.next();
      JsonNode json = problem == null ? null : Json.mapper().readTree(problem.bytes().bytes());
      String detail = json == null ? "" : ": " + json.path("detail").asText("");
      throw new IOException(server + " answered " + status + detail);
    }
    try {
      while (true) {
        LineReader.Line line = lines.next();
        if (line == null || line.tooLong()) {
          throw new IOException("the results from " + server + " ended without a summary");
        }
        JsonNode json = Json.mapper().readTree(line.bytes().bytes());
        if (json.has("summary")) {
          return true;
        }
        answers.add(line.bytes().bytes(), json.path("status").asText().equals("finished"));
        if (received.available() == 0) {
          answers.idle();
        }
      }
    } catch (IOException e) {
      return cut(e);
    }
  }

  private boolean cut(IOException e) throws IOException {
    if (stopped) {
      return false;
    }
    throw e;
  }

  private static <T> T await(Future<T> future) throws IOException, InterruptedException {
    CompletableFuture<T> result = future.toCompletionStage().toCompletableFuture();
    try {
      return result.get(IDLE_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException | CancellationException e) {
      throw new IOException("no progress for " + IDLE_S + " s", e);
    }
  }
}
