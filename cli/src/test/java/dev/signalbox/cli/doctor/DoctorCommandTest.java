package dev.signalbox.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {

  private static final String WELL =
      "{\"status\":\"ok\",\"findings\":[],\"processes\":[{}],\"unanswered\":[]}";
  private static final String ILL =
      """
      {"status":"error","findings":[{"code":"STORAGE","severity":"error","title":"No database",
       "detail":"gone \\u001b[31m\\nEND","since":"2026-01-01T00:00:00.000Z","service":"code-service",
       "node":"n","process":"p","host":"h","action":"Mend it.","docs":"page.md#storage"}],
       "processes":[],"unanswered":[{"service":"dns-service","node":"m","host":"h2",
       "reason":"no answer"}]}
      """;

  @TempDir Path directory;

  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = WELL;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/api/v1/diagnostics",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int run(String... arguments) throws InterruptedException {
    return DoctorCommand.of(
            List.of(arguments),
            ServiceProvider.all(),
            source -> source,
            out,
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run();
  }

  /** Checks the place too, with all classic doors off. */
  private int here(String... more) throws InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data=" + directory.resolve("data"),
                "--port=" + server.getAddress().getPort(),
                "--gateway.tasks-port=off",
                "--gateway.codes-port=off",
                "--gateway.messages-port=off"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private JsonNode json() throws IOException {
    return new JsonMapper().readTree(printed());
  }

  private static int worst(JsonNode document) {
    return document.path("status").asText().equals("ok") ? 0 : 1;
  }

  @Test
  void givenARemoteSystemThatIsWell_whenAsked_thenItSaysSoAndEndsWith0() throws Exception {
    assertThat(run("--server", url())).isZero();
    assertThat(printed()).contains("nothing is wrong; processes asked: 1").doesNotContain("place");
  }

  @Test
  void givenARemoteSystemThatIsIll_whenAsked_thenFindingsAreShownWithoutTheirControlCharacters()
      throws Exception {
    body = ILL;

    assertThat(run("--server=" + url(), "--color", "never")).isEqualTo(1);
    assertThat(printed())
        .contains(
            "error     STORAGE of code-service at h, since 2026-01-01T00:00:00.000Z",
            "No database. gone",
            "→ Mend it. (page.md#storage)",
            "not asked: dns-service at h2: no answer")
        .doesNotContain("\u001b", "\nEND");
  }

  @Test
  void givenNothingThatAnswers_whenARemoteSystemIsAsked_thenItEndsWith10() throws Exception {
    String gone = url();
    server.stop(0);

    assertThat(run("--server", gone)).isEqualTo(10);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("Nothing answers at");
  }

  @Test
  void givenARunningSystem_whenThePlaceIsChecked_thenItsPortIsNoFault() throws Exception {
    int code = here("--json");

    JsonNode document = json();
    assertThat(code).isEqualTo(worst(document));
    assertThat(document.path("system").path("status").asText()).isEqualTo("ok");
    assertThat(document.path("not_asked").isNull()).isTrue();
    assertThat(document.path("place").findValuesAsText("check"))
        .contains("settings", "java", "data directory", "disk", "loopback", "resolver");
    assertThat(document.path("place"))
        .filteredOn(check -> check.path("check").asText().startsWith("port "))
        .hasSize(1)
        .allMatch(check -> check.path("status").asText().equals("ok"));
  }

  @Test
  void givenASystemThatWantsAToken_whenThePlaceIsChecked_thenTheRestIsStillSaid() throws Exception {
    status = 401;
    body = "{\"code\":\"UNAUTHENTICATED\",\"detail\":\"A token is needed\"}";

    here("--json");

    assertThat(json().path("system").isNull()).isTrue();
    assertThat(json().path("not_asked").asText()).contains("401", "--token-file");
    assertThat(json().path("place")).isNotEmpty();
  }

  @Test
  void givenNoSystem_whenThePlaceIsChecked_thenThatIsNoFaultOfItsOwn() throws Exception {
    server.stop(0);

    int code = here();

    assertThat(code).isIn(0, 1); // 1 where the disk of this machine is almost full.
    assertThat(printed()).contains("This place", "Nothing answers at").doesNotContain("error  ");
  }

  @Test
  void givenWrongSettings_whenChecked_thenEachIsAnErrorAndTheOthersAreStillChecked()
      throws Exception {
    assertThat(here("--json", "--dns.retries=-1", "--gateway.max-waiting=x")).isEqualTo(1);

    assertThat(json().path("place"))
        .filteredOn(check -> check.path("check").asText().equals("settings"))
        .extracting(check -> check.path("detail").asText())
        .anyMatch(detail -> detail.startsWith("dns.retries"))
        .anyMatch(detail -> detail.startsWith("gateway.max-waiting"));
    assertThat(json().path("place").findValuesAsText("check")).contains("data directory");
  }

  @Test
  void givenInvalidArguments_whenRead_thenTheFirstIsNamed() {
    assertThatThrownBy(() -> run("--no-such", "x"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--no-such");
    assertThatThrownBy(() -> run("word")).isInstanceOf(StartException.class);
    assertThatThrownBy(() -> run("--timeout", "0")).hasMessageContaining("--timeout");
  }
}
