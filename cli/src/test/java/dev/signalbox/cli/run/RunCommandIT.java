package dev.signalbox.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.gateway.GatewayMain;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files of tasks, run for real. */
@ExtendWith(VertxExtension.class)
class RunCommandIT {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private RunCommand command(InputStream in, OutputStream to, String... arguments) {
    return new RunCommand(
        List.of(arguments), in, to, new PrintStream(err, true, StandardCharsets.UTF_8), false);
  }

  private int run(String tasks, String... arguments) throws InterruptedException {
    InputStream in = new ByteArrayInputStream(tasks.getBytes(StandardCharsets.UTF_8));
    return command(in, out, arguments).run();
  }

  private static String tasks(FakeDnsServer server, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> task(server, "a.test", Integer.toString(i)))
        .collect(Collectors.joining());
  }

  private static String task(FakeDnsServer server, String name, String id) {
    return "{\"task_name\":\"dns_query\",\"id\":\"n%s\",\"params\":{\"domain\":\"%s\",\"resolver\":\"%s\"}}\n"
        .formatted(id, name, server.resolver());
  }

  private List<JsonNode> printed() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
      lines.add(Json.mapper().readTree(line));
    }
    return lines;
  }

  @Test
  void everyTaskIsAnsweredOnceAndTheSummaryIsLast() throws InterruptedException, IOException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1")) {
      int code = run(tasks(server, 500), "-", "--concurrency", "20");

      List<JsonNode> lines = printed();
      assertThat(code).isZero();
      assertThat(lines).hasSize(501);
      assertThat(lines.subList(0, 500))
          .allMatch(line -> line.path("status").asText().equals("finished"))
          .extracting(line -> line.path("id").asText())
          .doesNotHaveDuplicates();
      assertThat(lines.getLast().path("summary").path("finished").asInt()).isEqualTo(500);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("500 tasks: 500 finished");
    }
  }

  @Test
  void badLinesAreAnswersAndNotTheEnd() throws InterruptedException, IOException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1")) {
      int code =
          run("nonsense\n{\"task_name\":\"issue_code\"}\n" + tasks(server, 1), "-", "--json");

      List<JsonNode> lines = printed();
      assertThat(code).isEqualTo(1);
      assertThat(lines).hasSize(4);
      assertThat(lines.getLast().path("summary").path("failed").asInt()).isEqualTo(2);
      assertThat(out.toString(StandardCharsets.UTF_8)).contains("Unknown task: issue_code");
      assertThat(err.size()).isZero();
    }
  }

  @Test
  void answersGoIntoAFileWhenAsked(@TempDir Path directory)
      throws InterruptedException, IOException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1")) {
      Path in = Files.writeString(directory.resolve("tasks"), tasks(server, 3));
      Path to = directory.resolve("answers");

      assertThat(run("", in.toString(), "--output", to.toString())).isZero();

      assertThat(Files.readAllLines(to)).hasSize(4);
      assertThat(out.size()).isZero();
    }
  }

  @Test
  void aRunningSystemDoesTheSame() throws InterruptedException, IOException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1");
        TestNode node =
            TestNode.start(
                List.of(DnsMain.SERVICE, GatewayMain.SERVICE),
                Map.of(
                    "gateway.port", "any",
                    "gateway.tasks-port", "off",
                    "gateway.codes-port", "off",
                    "gateway.messages-port", "off",
                    "guard.allow-private", "true"))) {
      String door = node.node().banner().get("main").split(" ", 2)[0];

      int code =
          run(tasks(server, 300) + "nonsense\n", "-", "--server", door, "--concurrency", "50");

      List<JsonNode> lines = printed();
      assertThat(code).isEqualTo(1);
      assertThat(lines).hasSize(302);
      assertThat(lines.getLast().path("summary").path("finished").asInt()).isEqualTo(300);
    }
  }

  @Test
  void aProblemOfARunningSystemIsSaidWithItsStatus(Vertx vertx) throws Exception {
    String system =
        answering(
            vertx, 503, "{\"title\":\"Unavailable\",\"status\":503,\"detail\":\"no service\"}");

    assertThat(run("", "-", "--server", system)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("answered 503: no service");
  }

  @Test
  void somethingElseThanAnswersIsSaidSo(Vertx vertx) throws Exception {
    String system = answering(vertx, 502, "<html>Bad Gateway</html>");

    assertThat(run("", "-", "--server", system)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("answered 502");
  }

  @Test
  void answersWithoutTheirSummaryAreCutShort(Vertx vertx) throws Exception {
    String system = answering(vertx, 200, "{\"index\":0,\"status\":\"finished\"}\n");

    assertThat(run("", "-", "--server", system)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("ended without a summary");
  }

  @Test
  void tasksThatCannotBeReadAreSaidSo(Vertx vertx) throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Stale file handle");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    String system = answering(vertx, 200, "");

    assertThat(command(broken, out, "-", "--server", system).run()).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Stale file handle");
  }

  /** A system that answers whatever it is sent, when it has all of it, with the same. */
  private static String answering(Vertx vertx, int status, String body) throws TimeoutException {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(request ->
                request.body().onSuccess(_ -> request.response().setStatusCode(status).end(body)))
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    return "http://127.0.0.1:" + server.actualPort();
  }

  @Test
  void aSystemThatIsNotThereIsSaidSo() throws InterruptedException {
    assertThat(run("", "-", "--server", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("The run ended early: Connection refused");
  }

  @Test
  void stoppedInTheMiddleItStillSumsUp() throws Exception {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1");
        PipedOutputStream tasks = new PipedOutputStream()) {
      RunCommand command = command(new PipedInputStream(tasks), out, "-");
      CompletableFuture<Integer> code =
          CompletableFuture.supplyAsync(() -> {
            try {
              return command.run();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      tasks.write(tasks(server, 1).getBytes(StandardCharsets.UTF_8));
      tasks.flush();
      Awaitility.await().until(() -> out.toString(StandardCharsets.UTF_8).contains("finished"));

      command.stop();

      assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(printed().getLast().path("summary").path("interrupted").asBoolean()).isTrue();
    }
  }

  @Test
  void anOutputThatBreaksEndsTheRun() throws InterruptedException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1")) {
      OutputStream broken =
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              throw new IOException("Input/output error");
            }
          };
      InputStream in =
          new ByteArrayInputStream(tasks(server, 100).getBytes(StandardCharsets.UTF_8));

      assertThat(command(in, broken, "-").run()).isEqualTo(23);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .isEqualTo("Error: cannot write to standard output: Input/output error\n");
    }
  }

  @Test
  void argumentsThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(() -> RunArguments.parse(List.of()))
        .hasMessageContaining("file of tasks is missing");
    assertThatThrownBy(() ->
            RunArguments.parse(
                List.of("-", "--timeout", "5s", "--server", "http://127.0.0.1:8080")))
        .hasMessageContaining("--timeout");
    assertThatThrownBy(() -> RunArguments.parse(List.of("-", "--concurrency", "0")))
        .hasMessageContaining("from 1 to");
  }
}
