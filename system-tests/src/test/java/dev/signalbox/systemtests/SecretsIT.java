package dev.signalbox.systemtests;

import static dev.signalbox.systemtests.SecretSystem.TLS_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every secret is used, rightly and wrongly, and then looked for wherever it must not be. */
@ParameterizedClass
@EnumSource(SecretSystem.Way.class)
@LongTest
class SecretsIT {

  private static final String JSON = "Content-Type: application/json";

  /** Those of the operator, which stand in files. */
  private static final List<String> CONFIGURED =
      List.of(
          "token of a setting",
          "token of a line",
          "token of a reader",
          "token with a name",
          "token of a broken line",
          "password of the database",
          "password in the URL",
          "bearer of a module",
          "password of a module",
          "cookie of a module",
          TLS_KEY,
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
          SecretSystem.SERVER_KEY,
          "authorization at a server",
          "content of a file",
          "text of a message",
          "wrong code",
          "wrong lease token");

  /** Of these the process itself has the variables; no other place may show them. */
  private static final Set<String> IN_THE_ENVIRONMENT =
      Set.of("token of a setting", "password of the database", "password in the URL");

  /** A journal has the headers that clients sent. */
  private static final Set<String> MEANT_TO_BE_THERE =
      Set.of("authorization at a server in the journal", "header of a server in the journal");

  private static SecretSystem kit;
  private static final StringBuilder ERRORS = new StringBuilder();
  private static final StringBuilder PROBES = new StringBuilder();
  private static final Map<String, String> PLACES = new LinkedHashMap<>();

  @Parameter private SecretSystem.Way way;

  @BeforeParameterizedClassInvocation
  static void useAllSecrets(SecretSystem.Way way) throws IOException {
    ERRORS.setLength(0);
    PROBES.setLength(0);
    PLACES.clear();
    Set<String> names = new LinkedHashSet<>(CONFIGURED);
    names.addAll(SENT);
    kit = SecretSystem.start(way, names);
    callWithTokens();
    probe();
    scrape();
    serve();
    serveWithAKey();
    store();
    look();
    breakTheTokens();
    loseTheDatabase();
    PLACES.put("errors", ERRORS.toString());
    PLACES.put("output", kit.system.output());
    PLACES.put("audit log", SecretSystem.read(kit.audit));
    PLACES.put("temporary files", kit.temporaryFiles());
    PLACES.put("other files of the data directory", kit.otherFiles());
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (kit != null) {
      kit.close();
      kit = null;
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
    for (String token :
        List.of(
            "token of a setting", "token of a line", "token of a reader", "token with a name")) {
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

  /** A private key is the server's alone: its definition is shown without it, to any role. */
  private static void serveWithAKey() {
    String servers = "/api/v1/servers";
    String reader = "Authorization: Bearer " + secret("token of a reader");
    String key = secret(SecretSystem.SERVER_KEY);
    String certificate = SecretSystem.certificateOfServer();
    String safe = SecretSystem.keyed("safe", certificate, key);
    StringBuilder seen = new StringBuilder();
    try (RawConnection events = new RawConnection(main())) {
      events.send(Http.head("GET", "/api/v1/events?topics=servers", -1, reader));
      assertThat(events.readLine()).contains("200");
      call(400, "POST", servers, SecretSystem.keyed("safe", certificate, secret(TLS_KEY)), JSON);
      call(400, "POST", servers, SecretSystem.keyed("safe", key + certificate, key), JSON);
      call(400, "POST", servers, SecretSystem.keyed("safe", certificate, key.substring(9)), JSON);
      seen.append(call(201, "POST", servers, safe, JSON, "Idempotency-Key: once").text());
      seen.append(call(201, "POST", servers, safe, JSON, "Idempotency-Key: once").text());
      call(409, "POST", servers, safe, JSON);
      String line = "";
      for (int i = 0; i < 100 && !line.contains("\"safe\""); i++) {
        line = events.readLine();
        seen.append(line).append('\n');
      }
      assertThat(line).contains("\"safe\"");
    }
    String task = "{\"task_name\":\"start_http_server\",\"params\":" + safe + "}";
    seen.append(call(200, "POST", "/run_task", task, JSON).text());
    String routes = "[{\"match\":{\"path\":\"/y\"},\"response\":{\"body\":\"y\"}}]";
    seen.append(call(200, "PUT", servers + "/safe/routes", routes, JSON).text());
    for (String path : List.of("", "/safe", "/safe/requests", "/safe/stats")) {
      seen.append(call(200, "GET", servers + path, "", reader).text());
    }
    PLACES.put("what a server with a key shows", seen.toString());
  }

  private static void store() {
    call(201, "PUT", "/api/v1/files/private.txt", secret("content of a file"));
    cutShort();
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

  /** An upload that breaks off, of which nothing must stay. */
  private static void cutShort() {
    String secret = secret("content of a file");
    byte[] content = (secret + "x".repeat(3_000_000)).getBytes(StandardCharsets.UTF_8);
    try (RawConnection connection = new RawConnection(main())) {
      String head = Http.head("PUT", "/api/v1/files/cut.txt", content.length + 1, admin());
      connection.send(head).send(content);
      kit.system.process().await("to hold what has come", () -> kit.otherFiles().contains(secret));
    }
    kit.system.process().await("to drop it", () -> !kit.otherFiles().contains(secret));
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
    PLACES.put("diagnostics", diagnostics());
    PLACES.put("task types", call(200, "GET", "/api/v1/task-types", "").text());
    PLACES.put("whoami", call(200, "GET", "/api/v1/whoami", "").text());
    PLACES.put("journal", call(200, "GET", "/api/v1/servers/shop/requests", "").text());
    PLACES.put("probes", PROBES.toString());
    PLACES.put("config", kit.command("config"));
    PLACES.put("config --changed", kit.command("config", "--changed"));
    PLACES.put("config --json", kit.command("config", "--json"));
    PLACES.put("doctor", kit.doctor());
    PLACES.put("command line", kit.proc("cmdline"));
    PLACES.put("environment", kit.proc("environ"));
    PLACES.put("names of files", kit.names());
  }

  private static String diagnostics() {
    return call(200, "GET", "/api/v1/diagnostics", "").text();
  }

  private static void loseTheDatabase() {
    kit.postgres.stop();
    call(503, "POST", "/api/v1/codes", "{\"uuid\":\"v\"}", JSON);
    call(503, "GET", "/api/v1/messages", "");
    call(503, "POST", "/api/v1/servers", server("200").replace("shop", "other"), JSON);
    kit.system.process().await("to find the outage", () -> diagnostics().contains("\"STORAGE\""));
    PLACES.put("diagnostics in an outage", diagnostics());
    PLACES.put("health in an outage", Http.get(kit.managementPort, "/health/ready").text());
  }

  private static List<Arguments> secretsAndPlaces() {
    return Stream.concat(CONFIGURED.stream(), SENT.stream())
        .flatMap(name ->
            PLACES.keySet().stream()
                .filter(place -> !isMeantToBeThere(name, place))
                .map(place -> arguments(name, place)))
        .toList();
  }

  private static boolean isMeantToBeThere(String name, String place) {
    return MEANT_TO_BE_THERE.contains(name + " in the " + place)
        || (kit.way == SecretSystem.Way.ENVIRONMENT
            && place.equals("environment")
            && IN_THE_ENVIRONMENT.contains(name));
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
    assertThat(PLACES.get("what a server with a key shows"))
        .contains("servers.created", "\"tls\":true", "certificate_pem")
        .doesNotContain("private_key_pem");
    assertThat(PLACES.get("diagnostics in an outage")).contains("\"STORAGE\"", "\"TOKENS_FILE\"");
    assertThat(PLACES.get("doctor")).contains("settings: ", "TLS_CERTIFICATE of ");
    assertThat(PLACES.getOrDefault("environment", "").contains("SIGNALBOX_STORAGE_PASSWORD="))
        .isEqualTo(way == SecretSystem.Way.ENVIRONMENT);
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
