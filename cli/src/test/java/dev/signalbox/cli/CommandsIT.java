package dev.signalbox.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.signalbox.cli.StagedScript.Java;
import dev.signalbox.cli.StagedScript.Said;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for a running system, through the script, against one that asks for tokens. */
@LongTest
class CommandsIT {

  private static final String READER = "reader-token-of-this-test";
  private static final String OPERATOR = "operator-token-of-this-test";
  private static final String UUID = "6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11";

  @TempDir(factory = ScriptIT.Beside.class)
  static Path home;

  @TempDir static Path data;

  private static TestNode node;
  private static StagedScript script;
  private static String server;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("gateway.port", "any");
    for (String door : List.of("tasks", "codes", "messages")) {
      settings.put("gateway." + door + "-port", "off");
    }
    settings.put("gateway.tokens", "reader:" + READER + ",operator:" + OPERATOR);
    node = TestNode.start(Services.all(), settings);
    server = node.node().banner().get("main").split(" ", 2)[0];
    script = new StagedScript(home, Java.REAL);
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static Map<String, String> environment(String token) {
    return Map.of(
        "SIGNALBOX_SERVER",
        server,
        "SIGNALBOX_TOKEN",
        token,
        "SIGNALBOX_NO_CACHE",
        "1",
        "XDG_STATE_HOME",
        data.resolve("state").toString());
  }

  private static Said run(String... arguments) throws IOException, InterruptedException {
    return script.run(environment(OPERATOR), arguments);
  }

  private static String good(String... arguments) throws IOException, InterruptedException {
    Said said = run(arguments);
    assertThat(said.code()).as(said.toString()).isZero();
    assertThat(said.err()).isEmpty();
    return said.out();
  }

  private static JsonNode json(String text) throws IOException {
    return new JsonMapper().readTree(text);
  }

  @Test
  void givenASystem_whenItsStatusIsPrinted_thenEveryServiceHasALine() throws Exception {
    String table = good("status");

    assertThat(table).startsWith("SERVICE").doesNotContain("\u001b");
    Catalog.SERVICES.forEach(service -> assertThat(table).contains("\n" + service + " "));
    assertThat(json(good("status", "--json")).path("items")).hasSize(Catalog.SERVICES.size());
    assertThat(good("status", "--color=always")).contains("\u001b[32m");
  }

  @Test
  void givenAServerOnDemand_whenItIsUsed_thenItsCommandsShowIt() throws Exception {
    String created =
        good("server", "create", "--path", "/hello", "--body", "Hello!", "--name", "greeter");
    String url = created.strip().split("  ", -1)[1];

    assertThat(run("probe", url, "--body").out()).isEqualTo("Hello!");
    assertThat(good("server", "list")).contains("greeter");
    assertThat(json(good("server", "show", "greeter", "--json")).path("name").asText())
        .isEqualTo("greeter");
    assertThat(good("server", "log", "greeter")).contains("GET /hello", "200");
    assertThat(json(good("server", "log", "greeter", "--json")).path("status").asInt())
        .isEqualTo(200);
    assertThat(good("server", "stop", "greeter")).isEqualTo("Stopped greeter\n");
    assertThat(run("server", "show", "greeter").code()).isEqualTo(22);
  }

  @Test
  void givenARequestThatNoRouteMatches_whenItIsLogged_thenTheLineSaysWhatCameNearestAndWhy()
      throws Exception {
    Path routes =
        Files.writeString(
            home.resolve("orders.yaml"),
            "name: orders\nroutes:\n  - match: {path: /orders}\n    response: {body: a}\n");
    String url = good("server", "create", "-f", routes.toString()).strip().split("  ", -1)[1];

    run("probe", url + "order");

    assertThat(good("server", "log", "orders"))
        .contains("GET /order  404  no route, nearest 0: path is /order, not /orders  ");
    assertThat(good("server", "stop", "orders")).isEqualTo("Stopped orders\n");
  }

  @Test
  void givenDefinitionsInFiles_whenServersAreCreated_thenTheyHaveTheirRoutes() throws Exception {
    Path yaml =
        Files.writeString(
            home.resolve("routes.yaml"),
            "name: fromyaml\nroutes:\n  - match: {path: /a}\n    response: {body: a}\n");
    Path mappings =
        Files.writeString(
            home.resolve("mappings.json"),
            "{\"mappings\":[{\"request\":{\"method\":\"GET\",\"url\":\"/b\"},\"response\":{\"status\":204}}]}");

    assertThat(
            json(good("server", "create", "-f", yaml.toString(), "--json")).path("routes").asInt())
        .isEqualTo(1);
    good("server", "import", mappings.toString(), "--name", "imported");
    assertThat(json(good("server", "show", "imported", "--json")).path("routes").asInt())
        .isEqualTo(1);
    good("server", "stop", "fromyaml");
    good("server", "stop", "imported");
  }

  @Test
  void givenAMessage_whenItIsSent_thenItIsPrintedAndVerified() throws Exception {
    String code = good("code", UUID).strip();

    assertThat(json(good("code", UUID, "--json")).path("unique").asText()).isEqualTo(code);
    String id = good("message", "send", UUID, "first of\nall").strip();
    good("message", "send", UUID, "second", "--unique", code);
    assertThat(id).matches("\\d+");
    assertThat(good("message", "tail", "-n", "2").lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("first of\\x0aall");
    assertThat(json(good("message", "tail", "-n1", "--json")).path("text").asText())
        .isEqualTo("second");
    assertThat(good("message", "verify")).contains("intact");
    Said wrong = run("message", "send", UUID, "x", "--unique", "0".repeat(40), "--json");
    assertThat(wrong.code()).isEqualTo(22);
    assertThat(json(wrong.out()).at("/error/code").asText()).isEqualTo("WRONG_CODE");
  }

  @Test
  void givenAFile_whenItIsSentAndFetched_thenItIsTheSame() throws Exception {
    Path file = Files.write(home.resolve("bytes"), new byte[300_000]);
    Path back = home.resolve("back");

    String path = good("upload", file.toString(), "box/bytes.bin").strip();
    good("download", "box/bytes.bin", "-o", back.toString());

    assertThat(path).endsWith("box/bytes.bin");
    assertThat(back).hasSameBinaryContentAs(file);
    assertThat(home.resolve("back.part")).doesNotExist();
    assertThat(good("download", "box/bytes.bin", "-o", "-").length()).isEqualTo(300_000);
    Said none = run("download", "box/none.bin", "-o", home.resolve("none").toString());
    assertThat(none.code()).isEqualTo(22);
    assertThat(home.resolve("none")).doesNotExist();
  }

  @Test
  void givenPartOfAFile_whenItIsFetched_thenOnlyTheRestComes() throws Exception {
    byte[] bytes = new byte[200_000];
    Arrays.fill(bytes, (byte) 'a');
    Path file = Files.write(home.resolve("whole"), bytes);
    Path back = home.resolve("rest");
    good("upload", file.toString(), "box/whole.bin");
    String etag = etag("/api/v1/files/box/whole.bin");
    Files.write(home.resolve("rest.part"), new byte[0]);
    Files.write(home.resolve("rest.part"), Arrays.copyOf(bytes, 150_000));
    Files.writeString(home.resolve("rest.part.etag"), etag);

    good("download", "box/whole.bin", "-o", back.toString());
    assertThat(back).hasSameBinaryContentAs(file);

    // Of another version: all of it comes.
    Files.write(home.resolve("rest.part"), new byte[150_000]);
    Files.writeString(home.resolve("rest.part.etag"), "\"another\"");
    good("download", "box/whole.bin", "-o", back.toString());
    assertThat(back).hasSameBinaryContentAs(file);

    // Of this version by its name, but damaged: the digest says so, and it is not kept.
    Files.write(home.resolve("rest.part"), new byte[150_000]);
    Files.writeString(home.resolve("rest.part.etag"), etag);
    Files.delete(back);
    assertThat(run("download", "box/whole.bin", "-o", back.toString()).code()).isEqualTo(56);
    assertThat(back).doesNotExist();
    assertThat(home.resolve("rest.part")).doesNotExist();
  }

  @Test
  void givenAnUploadThatBrokeOff_whenTheCommandIsGivenAgain_thenItGoesOn() throws Exception {
    byte[] bytes = new byte[100_000];
    Arrays.fill(bytes, (byte) 'u');
    Path file = Files.write(home.resolve("half"), bytes);
    String upload = begin(Arrays.copyOf(bytes, 60_000), bytes.length);
    String identity =
        String.join(
            "\n",
            server,
            file.toRealPath().toString(),
            "" + bytes.length,
            Files.getLastModifiedTime(file).toString(),
            "box/half.bin");
    Path state = Files.createDirectories(data.resolve("state/signalbox/uploads"));
    Path kept =
        Files.writeString(
            state.resolve(
                java.util
                    .UUID
                    .nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8))
                    .toString()),
            upload);

    JsonNode done = json(good("upload", file.toString(), "box/half.bin", "--json"));

    assertThat(done.path("resumed_at").asInt()).isEqualTo(60_000);
    assertThat(kept).doesNotExist();
    assertThat(good("download", "box/half.bin", "-o", "-")).isEqualTo("u".repeat(100_000));
  }

  /** The path of an upload of which only the beginning has come. */
  private static String begin(byte[] beginning, int length) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(server + "/api/v1/uploads").toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + OPERATOR);
    connection.setRequestProperty("Tus-Resumable", "1.0.0");
    connection.setRequestProperty("Upload-Length", "" + length);
    connection.setRequestProperty(
        "Upload-Metadata",
        "path "
            + Base64.getEncoder().encodeToString("box/half.bin".getBytes(StandardCharsets.UTF_8)));
    connection.setRequestProperty("Content-Type", "application/offset+octet-stream");
    connection.setDoOutput(true);
    connection.getOutputStream().write(beginning);
    return connection.getHeaderField("Location").replaceFirst("^https?://[^/]*", "");
  }

  private static String etag(String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(server + path).toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + READER);
    connection.setRequestMethod("HEAD");
    return connection.getHeaderField("ETag");
  }

  @Test
  void givenTheCensus_whenItIsAskedFor_thenItsProgressIsPrinted() throws Exception {
    assertThat(good("census", "progress")).contains("total tasks");
    assertThat(json(good("census", "progress", "--json")).path("round").asInt()).isEqualTo(1);
    assertThat(good("census", "errors")).isEmpty();
    assertThat(good("census", "export", "csv", "-o", "-")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "server list",
        "server create --path /x",
        "code u",
        "message tail",
        "message verify",
        "census progress",
        "download x -o -"
      })
  void givenNoSystem_whenACommandNeedsOne_thenTheErrorSaysHowToStartOne(String line)
      throws Exception {
    String[] arguments = (line + " --server http://127.0.0.1:1").split(" ");
    Said said = run(arguments);

    assertThat(said.code()).isEqualTo(10);
    assertThat(said.out()).isEmpty();
    assertThat(said.err())
        .contains("Nothing answers at http://127.0.0.1:1")
        .contains("signalbox up")
        .contains("SIGNALBOX_SERVER")
        .doesNotContain("\tat ");
  }

  @Test
  void givenAWrongTokenOrNone_whenACommandRuns_thenTheErrorSaysSo() throws Exception {
    Said wrong = script.run(environment("not-the-token-of-this-test"), "status");
    assertThat(wrong.code()).isEqualTo(22);
    assertThat(wrong.err()).contains("401").contains("token");

    Map<String, String> without = new HashMap<>(environment("x"));
    without.put("SIGNALBOX_TOKEN", "");
    assertThat(script.run(without, "status").err()).contains("SIGNALBOX_TOKEN");

    Said reader = script.run(environment(READER), "code", UUID);
    assertThat(reader.code()).isEqualTo(22);
    assertThat(reader.err()).contains("403").contains("operator");
  }

  @ParameterizedTest
  @CsvSource({
    "status --intervall 3, did you mean --interval?",
    "server creat, did you mean create?",
    "message, 'needs one of: send, tail, verify'",
    "code, the uuid is missing",
    "upload /nonexistent/file, Cannot read /nonexistent/file",
    "census export xml, 'bitmap, csv, roaring or png'",
    "status --server nonsense, --server must be a URL",
    "status --timeout 0, --timeout must be a whole number from 1",
    "config --gatway.port=1, did you mean gateway.port?",
    "up --prot 1, did you mean --port?",
    "completion tcsh, 'bash, zsh and fish'",
    "stauts, did you mean status?"
  })
  void givenInvalidArguments_whenACommandReadsThem_thenItEndsWithTwoAndNamesThem(
      String line, String error) throws Exception {
    Said said = run(line.split(" "));

    assertThat(said.code()).as(said.toString()).isEqualTo(2);
    assertThat(said.err()).contains(error).doesNotContain("\tat ");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void givenSettings_whenTheConfigurationIsPrinted_thenEachHasItsSourceAndSecretsAreHidden()
      throws Exception {
    Path file = Files.writeString(home.resolve("box.yaml"), "gateway:\n  keep-alive-requests: 7\n");
    Map<String, String> variables =
        Map.of(
            "SIGNALBOX_NO_CACHE", "1",
            "SIGNALBOX_DNS_RETRIES", "1",
            "SIGNALBOX_GATEWAY_TOKENS", "admin:a-secret-of-this-test");
    Said said =
        script.run(
            variables, "config", "--json", "--changed", "--config", file.toString(), "--port", "9");

    Map<String, String> sources = new HashMap<>();
    json(said.out())
        .path("settings")
        .forEach(
            setting -> sources.put(setting.path("key").asText(), setting.path("source").asText()));
    assertThat(sources)
        .containsEntry("gateway.keep-alive-requests", file.toString())
        .containsEntry("gateway.port", "command line")
        .containsEntry("dns.retries", "environment variable SIGNALBOX_DNS_RETRIES");
    assertThat(said.out()).contains("(hidden)").doesNotContain("a-secret");
    assertThat(script.run(Map.of("SIGNALBOX_NO_CACHE", "1"), "config").out())
        .contains("gateway.bind", "default");
  }

  @Test
  void givenTheRest_whenItIsPrinted_thenItSaysWhatItIs() throws Exception {
    assertThat(good("version")).startsWith("signalbox ").contains("\nJDK ");
    assertThat(json(good("version", "--json")).path("java").asText()).isNotEmpty();
    JsonNode token = json(good("token", "--role", "reader", "--json"));
    assertThat(token.path("token").asText()).matches("[A-Za-z0-9_-]{43}");
    assertThat(token.path("value").asText()).startsWith("reader:");
    assertThat(good("token")).isNotEqualTo(good("token"));
    assertThat(good("help", "server", "log")).contains("--follow");
    assertThat(good("server", "log", "--help")).isEqualTo(good("help", "server", "log"));
  }

  @EnabledOnOs(OS.LINUX)
  @ParameterizedTest
  @ValueSource(
      strings = {"status", "token", "config", "completion bash", "help dns", "message verify"})
  void givenAFullDisk_whenACommandWrites_thenItReportsAWriteError(String line) throws Exception {
    String shell = "exec sh '" + home.resolve("signalbox") + "' " + line + " >/dev/full";
    Said said = script.shell(environment(OPERATOR), shell);

    assertThat(said.code()).as(said.toString()).isEqualTo(23);
    assertThat(said.err()).contains("No space left on device");
  }

  @Test
  void givenAReaderThatLeaves_whenMessagesAreFollowed_thenTheCommandEndsByItself()
      throws Exception {
    good("message", "send", UUID, "read by somebody who leaves");
    Process process =
        script.start("tail", environment(OPERATOR), List.of("message", "tail", "-f", "-n", "1"));
    assertThat(process.inputReader().readLine()).isNotNull();
    process.getInputStream().close();

    good("message", "send", UUID, "read by nobody");
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(23);
  }
}
