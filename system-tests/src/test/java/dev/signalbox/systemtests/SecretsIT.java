package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every secret is used, rightly and wrongly, and then looked for wherever it must not be. */
class SecretsIT {

  private static final String JSON = "Content-Type: application/json";

  /** Those of the operator, which stand in files. */
  private static final List<String> CONFIGURED =
      List.of(
          "token of a setting",
          "token of a line",
          "token with a name",
          "token of a broken line",
          "password of the database",
          "password in the URL",
          "bearer of a module",
          "password of a module",
          "cookie of a module",
          SecretSystem.TLS_KEY,
          SecretSystem.CLIENT_KEY);

  /** Those of callers, which stand in requests. */
  private static final List<String> SENT =
      List.of(
          "wrong token",
          "token in a query",
          "password of basic authentication",
          "authorization of a probe",
          "cookie of a probe",
          "body of a probe",
          "query of a probe",
          "user of a probe",
          "body of a server",
          "header of a server",
          "authorization at a server",
          "content of a file",
          "text of a message",
          "wrong code",
          "wrong lease token");

  /** A journal has the headers that clients sent. */
  private static final Set<String> MEANT_TO_BE_THERE =
      Set.of("authorization at a server in the journal", "header of a server in the journal");

  private static SecretSystem kit;
  private static final StringBuilder ERRORS = new StringBuilder();
  private static final StringBuilder PROBES = new StringBuilder();
  private static final Map<String, String> PLACES = new LinkedHashMap<>();

  @BeforeAll
  static void useAllSecrets() throws IOException {
    Set<String> names = new LinkedHashSet<>(CONFIGURED);
    names.addAll(SENT);
    kit = SecretSystem.start(names);
    callWithTokens();
    probe();
    scrape();
    serve();
    store();
    look();
    breakTheTokens();
    loseTheDatabase();
    PLACES.put("errors", ERRORS.toString());
    PLACES.put("output", kit.system.output());
    PLACES.put("audit log", SecretSystem.read(kit.audit));
  }

  @AfterAll
  static void stop() {
    if (kit != null) {
      kit.close();
    }
  }

  private static int main() {
    return kit.system.doors().main();
  }

  private static String secret(String name) {
    return kit.secret(name);
  }

  private static String admin() {
    return "Authorization: Bearer " + secret("token with a name");
  }

  /** A call that must end with a status; the response is kept when it is an error. */
  private static Reply call(int status, String method, String path, String body, String... more) {
    String[] headers =
        Stream.of(more).anyMatch(header -> header.startsWith("Authorization:"))
            ? more
            : Stream.concat(Stream.of(more), Stream.of(admin())).toArray(String[]::new);
    Reply reply = Http.send(main(), method, path, body, headers);
    assertThat(reply.status()).as("%s %s: %s", method, path, reply).isEqualTo(status);
    if (status >= 400) {
      ERRORS.append(reply.headers()).append(reply.text()).append('\n');
    }
    return reply;
  }

  private static void callWithTokens() {
    for (String token : List.of("token of a setting", "token of a line", "token with a name")) {
      call(200, "GET", "/api/v1/whoami", "", "Authorization: Bearer " + secret(token));
      call(404, "GET", "/api/v1/servers/none", "", "Authorization: Bearer " + secret(token));
    }
    call(
        403,
        "POST",
        "/add_task",
        "{\"task_status\":0}",
        JSON,
        "Authorization: Bearer " + secret("token of a line"));
    for (String path : List.of("/api/v1/files", "/active_servers", "/metrics", "/nothing")) {
      call(401, "GET", path, "", "Authorization: Bearer " + secret("wrong token"));
      call(401, "GET", path, "", "Authorization: " + secret("wrong token"));
    }
    String pair = SecretSystem.USER + ":" + secret("password of basic authentication");
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    call(401, "GET", "/api/v1/files", "", "Authorization: Basic " + encoded);
    call(400, "GET", "/api/v1/files?access_token=" + secret("token in a query"), "");
    call(400, "GET", "/api/v1/servers?limit=" + secret("token in a query"), "");
  }

  private static String probeTask(String url, String more) {
    return """
    {"task_name":"http_probe","params":{"url":%s,"method":"POST","timeout_ms":300,"body":%s,
      "headers":{"Authorization":"Bearer %s","Cookie":"id=%s"%s}}}\
    """
        .formatted(
            Reply.quote(url),
            Reply.quote(secret("body of a probe")),
            secret("authorization of a probe"),
            secret("cookie of a probe"),
            more);
  }

  private static void probe() throws IOException {
    String query = "/?token=" + secret("query of a probe");
    call(
        200,
        "POST",
        "/api/v1/tasks",
        probeTask("http://127.0.0.1:" + Surroundings.webPort() + query, ""),
        JSON);
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + silent.getLocalPort();
      for (String target : List.of(url, "http://127.0.0.1:1", "http://none.invalid")) {
        for (String route : List.of("/api/v1/tasks", "/run_task")) {
          ERRORS.append(call(200, "POST", route, probeTask(target, ""), JSON).text());
        }
      }
    }
    ERRORS.append(
        call(
                200,
                "POST",
                "/api/v1/tasks",
                """
                {"task_name":"http_probe","params":
                  {"url":"https://127.0.0.1:1","client_certificate":"client"}}\
                """,
                JSON)
            .text());
    String user = "http://" + SecretSystem.USER + ":%s@127.0.0.1:1/";
    for (String task :
        List.of(
            probeTask(user.formatted(secret("user of a probe").replace("/", "%2F")), ""),
            probeTask("http://127.0.0.1:1", ",\"X\":{\"a\":1}"),
            probeTask("http://127.0.0.1:1", ",\"X\":\"\\u0001\""),
            probeTask("http://127.0.0.1:1/#", ",\"Host\":\"a\",\"Connection\":\"x\""))) {
      ERRORS.append(call(200, "POST", "/api/v1/tasks", task, JSON).text());
      ERRORS.append(call(200, "POST", "/run_task", task, JSON).text());
    }
  }

  private static void scrape() {
    for (String module : List.of("bearer", "basic", "header")) {
      for (int port : new int[] {Surroundings.webPort(), 1}) {
        String path = "/probe?debug=true&module=" + module + "&target=http://127.0.0.1:" + port;
        PROBES.append(call(200, "GET", path, "").text());
      }
    }
    call(400, "GET", "/probe?module=none&target=http://127.0.0.1:1", "");
  }

  private static String server(String status) {
    return """
    {"name":"shop","routes":[{"match":{"path":"/x","headers":{"authorization":%s}},
      "response":{"status":%s,"body":%s}}]}\
    """
        .formatted(
            Reply.quote("Bearer " + secret("header of a server")),
            status,
            Reply.quote(secret("body of a server")));
  }

  private static void serve() {
    call(400, "POST", "/api/v1/servers", server("9999"), JSON);
    Reply made = call(201, "POST", "/api/v1/servers", server("200"), JSON);
    call(409, "POST", "/api/v1/servers", server("200"), JSON);
    int port = made.json().path("port").asInt();
    kit.system.process().await("to serve", () -> !FreePorts.free(port));
    String right = "Authorization: Bearer " + secret("header of a server");
    assertThat(Http.get(port, "/x", right).text()).isEqualTo(secret("body of a server"));
    Reply miss =
        Http.get(port, "/x", "Authorization: Bearer " + secret("authorization at a server"));
    assertThat(miss.status()).isEqualTo(404);
    call(404, "GET", "/servers/shop/x", "");
    call(404, "GET", "/servers/none/x", "");
  }

  private static void store() {
    call(201, "PUT", "/api/v1/files/private.txt", secret("content of a file"));
    call(403, "PUT", "/api/v1/files/.hidden", secret("content of a file"));
    String code =
        call(201, "POST", "/api/v1/codes", "{\"uuid\":\"u\"}", JSON).json().path("unique").asText();
    String message = "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"%s\"}";
    String text = secret("text of a message");
    call(201, "POST", "/api/v1/messages", message.formatted("u", code, text), JSON);
    Reply refused =
        Http.send(
            main(),
            "POST",
            "/api/v1/messages",
            message.formatted("u", secret("wrong code"), text),
            JSON,
            admin());
    assertThat(refused.status()).isBetween(400, 499);
    ERRORS.append(refused);
    call(404, "POST", "/api/v1/messages", message.formatted("v", secret("wrong code"), text), JSON);
    call(
        404,
        "PUT",
        "/api/v1/census/tasks/7/result",
        "result",
        "Content-Type: application/octet-stream",
        "Lease-Token: " + secret("wrong lease token"));
  }

  private static void breakTheTokens() throws IOException {
    Files.writeString(
        kit.tokensFile,
        "name=x role=admin sha256=" + secret("token of a broken line") + "\n",
        StandardOpenOption.APPEND);
    kit.system.process().awaitOutput("cannot load gateway.tokens-file");
  }

  /** Reads all that an operator or a monitoring system reads. */
  private static void look() {
    PLACES.put("metrics", call(200, "GET", "/metrics", "").text());
    PLACES.put("metrics of the process", Http.get(kit.managementPort, "/metrics").text());
    PLACES.put("health", Http.get(kit.managementPort, "/health/ready").text());
    PLACES.put("services", call(200, "GET", "/api/v1/services", "").text());
    PLACES.put("task types", call(200, "GET", "/api/v1/task-types", "").text());
    PLACES.put("whoami", call(200, "GET", "/api/v1/whoami", "").text());
    PLACES.put("journal", call(200, "GET", "/api/v1/servers/shop/requests", "").text());
    PLACES.put("probes", PROBES.toString());
    PLACES.put("config", kit.command("config"));
    PLACES.put("config --changed", kit.command("config", "--changed"));
    PLACES.put("config --json", kit.command("config", "--json"));
    PLACES.put("command line", kit.proc("cmdline"));
    PLACES.put("environment", kit.proc("environ"));
    PLACES.put("names of files", kit.names());
  }

  private static void loseTheDatabase() {
    kit.postgres.stop();
    call(503, "POST", "/api/v1/codes", "{\"uuid\":\"v\"}", JSON);
    call(503, "GET", "/api/v1/messages", "");
    call(503, "POST", "/api/v1/servers", server("200").replace("shop", "other"), JSON);
    PLACES.put("health in an outage", Http.get(kit.managementPort, "/health/ready").text());
  }

  private static List<Arguments> secretsAndPlaces() {
    return Stream.concat(CONFIGURED.stream(), SENT.stream())
        .flatMap(name ->
            PLACES.keySet().stream()
                .filter(place -> !MEANT_TO_BE_THERE.contains(name + " in the " + place))
                .map(place -> arguments(name, place)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("secretsAndPlaces")
  void givenASecretThatWasUsed_whenAPlaceIsRead_thenNoFormOfItIsThere(String name, String place) {
    String text = PLACES.getOrDefault(place, "");
    assertThat(SecretSystem.forms(secret(name)))
        .allSatisfy(form -> assertThat(text.contains(form)).as("%s at %s", form, place).isFalse());
  }

  @Test
  void givenThePlaces_whenRead_thenTheyHaveWhatBelongsThere() {
    assertThat(PLACES.get("output"))
        .contains("DEBUG", "setting storage.password = (hidden)", "sslpassword=(hidden)")
        .contains("cannot use its storage");
    assertThat(PLACES.get("audit log")).contains("\"token\":\"ci\"", "\"status\":403");
    assertThat(PLACES.get("config --changed")).contains("gateway.tokens", "(hidden)");
    assertThat(PLACES.get("journal")).contains("/x");
    assertThat(PLACES.get("probes")).contains("probe_success 1", "probe_success 0");
    assertThat(PLACES.values()).allSatisfy(text -> assertThat(text).isNotEmpty());
  }

  @Test
  void givenTheFilesOfARunningSystem_whenTheirModesAreRead_thenNobodyElseReachesThem()
      throws IOException {
    for (Path path : List.of(kit.system.data(), kit.audit)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .as(path.toString())
          .endsWith("------");
    }
  }
}
