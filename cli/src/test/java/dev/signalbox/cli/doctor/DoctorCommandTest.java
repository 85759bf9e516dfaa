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
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  private static final String PARTLY_OLD =
      """
      {"status":"ok","findings":[],"processes":[{}],"unanswered":[],"not_asked":[
       {"service":"dns-service","node":"n-1","host":"h1","version":"0.9"},
       {"service":"file-service","node":"n-2","host":"h2","version":"0.8\\u001b[31m\\nEND"}]}
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

  @ParameterizedTest
  @ValueSource(strings = {"--ca", "--certificate"})
  void givenAnOptionOfTheClients_whenReadInEitherForm_thenItIsTheirs(String option) {
    String file = directory.resolve("a.pem").toString();
    String rule = option + " needs a --server whose URL begins with https://";

    assertThatThrownBy(() -> run("--server", url(), option, file)).hasMessage(rule);
    assertThatThrownBy(() -> run(option + "=" + file, "--server=" + url())).hasMessage(rule);
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
            "error     STORAGE of code-service at h (process p), since 2026-01-01T00:00:00.000Z",
            "No database. gone",
            "→ Mend it. (page.md#storage)",
            "no answer: dns-service m at h2: no answer")
        .doesNotContain("\u001b", "\nEND");
  }

  @Test
  void givenInstancesOfAVersionWithoutDiagnostics_whenAsked_thenEachIsALineAndNoFault()
      throws Exception {
    body = PARTLY_OLD;

    assertThat(run("--server", url(), "--color", "never")).isZero();
    assertThat(printed().lines())
        .contains(
            "  -         not asked: dns-service n-1 at h1: its version 0.9 has no diagnostics",
            "  ok        nothing is wrong; processes asked: 1")
        .filteredOn(line -> line.contains("not asked: "))
        .hasSize(2)
        .allMatch(line -> line.endsWith(" has no diagnostics"));
    assertThat(printed()).doesNotContain("\u001b", "\nEND");
  }

  @Test
  void givenAnInstanceNotAskedOfTheVersionOfOthers_whenAsked_thenItsVersionIsNotBlamed()
      throws Exception {
    body = PARTLY_OLD.replace("[{}]", "[{\"version\":\"0.9\"}]");

    assertThat(run("--server", url(), "--color", "never")).isZero();
    assertThat(printed())
        .contains("dns-service n-1 at h1: it serves no diagnostics, which its version 0.9 has;")
        .contains("file-service n-2 at h2: its version 0.8");
  }

  @Test
  void givenInstancesOfAVersionWithoutDiagnostics_whenAskedForJson_thenTheyAreThereAsTheyCame()
      throws Exception {
    body = PARTLY_OLD;

    assertThat(run("--server", url(), "--json")).isZero();
    assertThat(json().path("system")).isEqualTo(new JsonMapper().readTree(PARTLY_OLD));
    assertThat(json().path("not_asked").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"not_asked\":null", ",\"not_asked\":{}", ",\"not_asked\":\"x\""})
  void givenNoListOfInstancesNotAsked_whenAsked_thenNoneIsPrinted(String field) throws Exception {
    body = "{\"status\":\"ok\",\"findings\":[],\"processes\":[{}]" + field + "}";

    assertThat(run("--server", url())).isZero();
    assertThat(printed()).contains("nothing is wrong").doesNotContain("not asked");
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

  /** The checks of a name, as {@code status detail}. */
  private List<String> checks(String name) throws IOException {
    List<String> found = new ArrayList<>();
    for (JsonNode check : json().path("place")) {
      if (check.path("check").asText().equals(name)) {
        found.add(check.path("status").asText() + " " + check.path("detail").asText());
      }
    }
    return found;
  }

  private String port() {
    return "port " + server.getAddress().getPort();
  }

  @ParameterizedTest
  @CsvSource({"401,--token-file", "403,answered 403", "503,answered 503", "404,answered 404"})
  void givenASystemThatRefuses_whenThePlaceIsChecked_thenThatIsAWarningAndTheRestIsStillSaid(
      int code, String reason) throws Exception {
    status = code;
    body = "{\"type\":\"urn:signalbox:problem:x\",\"code\":\"X\",\"detail\":\"Why\"}";

    assertThat(here("--json")).isEqualTo(1);

    assertThat(json().path("system").isNull()).isTrue();
    assertThat(json().path("status").asText()).isNotEqualTo("ok");
    assertThat(json().path("not_asked").asText()).contains("Why", reason);
    assertThat(checks("system"))
        .singleElement()
        .asString()
        .startsWith("warning not asked: ")
        .contains(reason);
    assertThat(checks(port())).singleElement().asString().startsWith("ok taken");
    assertThat(checks("data directory")).isNotEmpty();
  }

  @Test
  void givenASystemThatRefuses_whenThePlaceIsChecked_thenTheTextSaysSoToo() throws Exception {
    status = 401;
    body = "{\"type\":\"urn:signalbox:problem:unauthenticated\",\"detail\":\"Not yours\"}";

    assertThat(here("--color=never")).isEqualTo(1);
    assertThat(printed())
        .contains("  warning   system: not asked: ", "Not yours")
        .doesNotContain("\\x0a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200|{}",
        "200|<html>",
        "200|[]",
        "200|{\"status\":\"fine\",\"processes\":[]}",
        "200|{\"status\":\"ok\",\"processes\":{}}",
        "200|''",
        "401|{\"code\":\"UNAUTHENTICATED\",\"detail\":\"A token is needed\"}",
        "404|<html>",
        "500|''",
        "302|''"
      })
  void givenAForeignServer_whenThePlaceIsChecked_thenItIsNotTakenForSignalbox(int code, String text)
      throws Exception {
    status = code;
    body = text;

    assertThat(here("--json")).isEqualTo(1);

    assertThat(json().path("status").asText()).isEqualTo("error");
    assertThat(checks("system")).singleElement().asString().contains("is not Signalbox");
    assertThat(checks(port()))
        .singleElement()
        .asString()
        .startsWith("error taken")
        .endsWith("it is not Signalbox");
  }

  @Test
  void givenAServerOfAnotherProtocol_whenThePlaceIsChecked_thenItIsNotTakenForSignalbox()
      throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = other.accept()) {
              socket.getOutputStream().write("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
              socket.getInputStream().readAllBytes();
            } catch (IOException e) {
              // The test fails for want of an answer.
            }
          });

      assertThat(here("--json", "--timeout=5", "--port=" + other.getLocalPort())).isEqualTo(1);
      assertThat(checks("system")).singleElement().asString().contains("is not Signalbox");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenAProcessThatDoesNotAnswer_whenThePlaceIsChecked_thenNobodyIsToldToStopIt(boolean closes)
      throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      if (closes) {
        Thread.ofVirtual()
            .start(() -> {
              while (!other.isClosed()) {
                try (Socket socket = other.accept()) {
                  socket.getInputStream().read(new byte[4096]);
                } catch (IOException e) {
                  return;
                }
              }
            });
      }
      assertThat(here("--json", "--timeout=1", "--port=" + other.getLocalPort())).isEqualTo(1);

      assertThat(checks("system")).singleElement().asString().startsWith("warning not asked: ");
      assertThat(checks("port " + other.getLocalPort()))
          .singleElement()
          .asString()
          .contains("(pid " + ProcessHandle.current().pid() + ") listens and does not answer");
      assertThat(printed()).doesNotContain("Stop what has it");
    }
  }

  @Test
  void givenTheProxyProtocolAtTheMainDoor_whenThePlaceIsChecked_thenAnotherDoorIsAsked()
      throws Exception {
    String port = Integer.toString(server.getAddress().getPort());
    try (ServerSocket main = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      here(
          "--json",
          "--port=" + main.getLocalPort(),
          "--gateway.tasks-port=" + port,
          "--gateway.proxy-protocol=main",
          "--gateway.trusted-proxies=127.0.0.1");

      assertThat(json().path("system").path("status").asText()).isEqualTo("ok");
      assertThat(checks("system"))
          .singleElement()
          .asString()
          .startsWith("ok asked at " + url())
          .contains("gateway.proxy-protocol has main");
      assertThat(checks("port " + main.getLocalPort()))
          .singleElement()
          .asString()
          .startsWith("ok taken");
    }
  }

  @Test
  void givenTheProxyProtocolAtTheOnlyDoor_whenThePlaceIsChecked_thenThatIsSaid() throws Exception {
    int code =
        here("--json", "--gateway.proxy-protocol=main", "--gateway.trusted-proxies=127.0.0.1");

    assertThat(code).isEqualTo(1);
    assertThat(json().path("not_asked").asText()).contains("gateway.proxy-protocol");
    assertThat(checks(port())).singleElement().asString().startsWith("warning taken");
    assertThat(printed()).doesNotContain("Stop what has it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.yaml", "bad.yaml", "list.yaml", "binary.yaml"})
  void givenABrokenFileOfSettings_whenChecked_thenThatIsAnErrorAndTheRestIsStillSaid(String name)
      throws Exception {
    Files.writeString(directory.resolve("bad.yaml"), "gateway: [");
    Files.writeString(directory.resolve("list.yaml"), "- a");
    Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0, 1});
    String file = directory.resolve(name).toString();

    assertThat(here("--json", "--config=" + file)).isEqualTo(1);

    assertThat(checks("settings")).singleElement().asString().startsWith("error " + file);
    assertThat(json().path("system").path("status").asText()).isEqualTo("ok");
    assertThat(checks("data directory")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"status\":\"ok\"}", "{\"processes\":[]}", "", "<html>"})
  void givenAnythingElse_whenARemoteSystemIsAsked_thenItIsNotSignalboxAndItEndsWith10(String text)
      throws Exception {
    body = text;

    assertThat(run("--server", url())).isEqualTo(10);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("is not Signalbox");
    assertThat(printed()).isEmpty();
  }

  @Test
  void givenTwoProcessesOfAHost_whenTheirFindingsAreShown_thenThePidTellsThemApart()
      throws Exception {
    String finding =
        "{\"code\":\"MEMBER\",\"severity\":\"error\",\"host\":\"h\",\"process\":\"%s\"}";
    body =
        "{\"status\":\"error\",\"findings\":["
            + finding.formatted("a")
            + ","
            + finding.formatted("b")
            + "],\"processes\":[{\"process\":\"a\",\"pid\":11},{\"process\":\"b\",\"pid\":12}]}";

    assertThat(run("--server", url())).isEqualTo(1);
    assertThat(printed()).contains("MEMBER at h (pid 11)", "MEMBER at h (pid 12)");
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
