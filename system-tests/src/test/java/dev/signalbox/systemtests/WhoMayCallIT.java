package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may call what: a browser whose user opened some other site must not be made to change
 * anything here, nor one that only looks ahead.
 */
@LongTest
class WhoMayCallIT {

  private static final int WRONG_SETTINGS = 2;
  private static final String JSON = "Content-Type: application/json";
  private static final String TASK = "{\"task_name\":\"list_http_servers\"}";
  private static final byte[] NOTHING = new byte[0];

  private final Deployment system = Shape.ONE_PROCESS.shared();
  private final int port = system.doors().main();
  private final Census census = new Census(port);

  /** Indexes of a task that may be taken and of one with an error. */
  private int available;

  private int failed;

  @BeforeEach
  void thereIsSomethingToChange() {
    available = census.add(0);
    failed = census.add(0);
    census.submit(failed, "bad");
  }

  private String state() {
    return census.get("/get_pending")
        + "\n"
        + census.get("/error")
        + "\n"
        + census.get("/get_progress").path("done_tasks")
        + " of "
        + census.get("/get_progress").path("total_tasks")
        + ", "
        + census.status(available)
        + ", "
        + census.status(failed);
  }

  private String filled(String text) {
    return text.replace("AVAILABLE", Integer.toString(available))
        .replace("FAILED", Integer.toString(failed))
        .replace("PORT", Integer.toString(port));
  }

  private static Stream<String> changingByGet() {
    return Stream.of(
        "/get_task",
        "/revise?id=AVAILABLE&code=2",
        "/revise?id=FAILED&code=0&force=1",
        "/error/reset?id=FAILED",
        "/error/reset?id=-1");
  }

  // What only looks

  @ParameterizedTest
  @MethodSource("changingByGet")
  void givenHead_whenAskedOfWhatChangesSomethingByGet_thenNothingChanges(String path) {
    String before = state();

    Http.request(port, "HEAD", filled(path), NOTHING);

    assertThat(state()).isEqualTo(before);
  }

  private static List<Arguments> prefetches() {
    return changingByGet()
        .flatMap(path ->
            Stream.of(
                    "Sec-Purpose: prefetch", "Sec-Purpose: prefetch;prerender", "Purpose: prefetch")
                .map(purpose -> arguments(path, purpose)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("prefetches")
  void givenAPrefetch_whenAskedOfWhatChangesSomethingByGet_thenNothingChanges(
      String path, String purpose) {
    String before = state();

    Http.get(port, filled(path), purpose);

    assertThat(state()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("changingByGet")
  void givenAnAnswerToWhatChangesSomethingByGet_whenRead_thenItMayNotBeStored(String path) {
    Reply reply = Http.get(port, filled(path));

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.header("cache-control")).contains("no-store");
  }

  // Pages of other sites

  private static List<String> strangers() {
    return List.of(
        "Origin: http://evil.example",
        "Origin: http://localhost:9",
        "Origin: https://localhost:PORT",
        "Origin: http://localhost.evil.example:PORT",
        "Origin: http://localhost",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site");
  }

  private static List<String> friends() {
    return List.of(
        "Origin: http://localhost:PORT",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Site: none",
        "X-Nothing: of the kind");
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void givenAnotherSitesPage_whenItRunsATask_thenItIsRefused(String header) {
    Reply refused = Http.send(port, "POST", "/run_task", TASK, JSON, filled(header));

    assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void givenAnotherSitesPage_whenItStoresAFile_thenItIsRefusedAndNothingStored(String header) {
    String name = Site.unique("page.html");

    Reply refused = Http.send(port, "PUT", "/api/v1/files/" + name, "x", filled(header));

    assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
    assertThat(Http.get(port, "/" + name).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void givenAnotherSitesPage_whenItUploads_thenItIsRefusedAndNothingStored(String header) {
    long before = new Site(system).uploads();

    Reply refused =
        Http.send(port, "POST", "/upload", "x", "Content-Type: text/plain", filled(header));

    assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
    assertThat(new Site(system).uploads()).isEqualTo(before);
  }

  private static List<Arguments> strangersAtGet() {
    return changingByGet()
        .flatMap(path -> strangers().stream().map(header -> arguments(path, header)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("strangersAtGet")
  void givenAnotherSitesPage_whenItAsksForWhatChangesSomethingByGet_thenItIsRefused(
      String path, String header) {
    String before = state();

    Reply refused = Http.get(port, filled(path), filled(header));

    assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
    assertThat(state()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void givenAnotherSitesPage_whenItPostsToTheDoorsOfDocumentTwo_thenItIsRefused(String header) {
    for (int door : new int[] {system.doors().codes(), system.doors().messages()}) {
      String own = header.replace("PORT", Integer.toString(door));

      Reply refused =
          Http.send(door, "POST", "/", "{\"uuid\":\"x\"}", "Content-Type: text/plain", own);

      assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @MethodSource("friends")
  void givenAPageOfThisSiteOrNone_whenItChangesSomething_thenItMay(String header) {
    String own = filled(header);

    assertThat(Http.send(port, "POST", "/run_task", TASK, JSON, own).status()).isEqualTo(200);
    assertThat(Http.send(port, "PUT", "/api/v1/files/" + Site.unique("own.txt"), "x", own).status())
        .isEqualTo(201);
    assertThat(Http.get(port, "/get_task", own).json().has("task_index")).isTrue();
  }

  @Test
  void givenAPageOfThisSiteByItsAddress_whenItChangesSomething_thenItMay() {
    try (RawConnection connection = new RawConnection(port)) {
      Reply reply =
          connection
              .send(
                  filled(
                      "POST /run_task HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n"
                          + "Origin: http://127.0.0.1:PORT\r\nContent-Length: %d\r\n%s\r\n\r\n%s"
                              .formatted(TASK.length(), JSON, TASK)))
              .read();

      assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    }
  }

  @Test
  void givenALinkOfAnotherSite_whenItIsFollowedToAPage_thenThePageIsShown() {
    Reply page =
        Http.get(
            port,
            "/docs",
            "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Mode: navigate",
            "Sec-Fetch-Dest: document");

    assertThat(page.status()).as(page.toString()).isEqualTo(200);
  }

  private static List<Arguments> formsToJson() {
    return Stream.of(
            "/run_task",
            "/run_tasks",
            "/stop_server",
            "/add_task",
            "/submit_result",
            "/api/v1/tasks",
            "/api/v1/tasks/batch",
            "/api/v1/servers",
            "/api/v1/messages",
            "/api/v1/census/leases")
        .flatMap(path ->
            Stream.of("Sec-Fetch-Site: same-origin", "Origin: http://localhost:PORT")
                .flatMap(page ->
                    Stream.of("text/plain", "application/x-www-form-urlencoded")
                        .map(type -> arguments(path, page, type))))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("formsToJson")
  void givenAFormOfAPage_whenItPostsJsonAsSomethingElse_thenItIsRefused(
      String path, String page, String type) {
    String before = state();

    Reply refused =
        Http.send(port, "POST", path, "{\"task_status\":0}", "Content-Type: " + type, filled(page));

    assertThat(refused.status()).as(refused.toString()).isIn(403, 415);
    assertThat(state()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"page.html", "picture.svg?disposition=inline", "page.xhtml?disposition=inline"})
  void givenAFileThatMayCarryScripts_whenShown_thenItIsInASandbox(String file) {
    String directory = Site.unique("");
    new Site(system)
        .put(directory + file.replaceAll("\\?.*", ""), "<script>fetch('/get_task')</script>");

    Reply reply = Http.get(port, "/" + directory + file);

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.header("content-security-policy")).containsPattern("(^|[ ;])sandbox( |;|$)");
  }

  @Test
  void givenTheIndexOfTheFiles_whenShown_thenItIsInASandbox() {
    new Site(system).put("index.html", "<h1>who may call</h1>");

    assertThat(Http.get(port, "/").header("content-security-policy")).contains("sandbox");
  }

  // Scripts of other sites that may read

  private static final String[] PREFLIGHT = {
    "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type"
  };

  private static Reply preflight(int port, String origin) {
    return Http.request(
        port, "OPTIONS", "/api/v1/tasks", NOTHING, "Origin: " + origin, PREFLIGHT[0], PREFLIGHT[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://app.example", "http://localhost:PORT", "null"})
  void givenNoOriginsConfigured_whenAskedByAScript_thenNoneMayRead(String origin) {
    assertThat(preflight(port, filled(origin)).headers())
        .doesNotContainKeys("access-control-allow-origin", "access-control-allow-methods");
    assertThat(Http.get(port, "/api/v1/task-types", "Origin: " + filled(origin)).headers())
        .doesNotContainKey("access-control-allow-origin");
  }

  @Nested
  class CorsIT {

    private static OneProcess cors;

    @BeforeAll
    static void start() {
      cors =
          OneProcess.start(
              Shape.settings("gateway.cors-origins", "https://app.example,http://localhost:3000"));
    }

    @AfterAll
    static void stop() {
      if (cors != null) {
        cors.close();
      }
    }

    private static int main() {
      return cors.doors().main();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://app.example", "http://localhost:3000"})
    void givenAnOriginThatIsConfigured_whenItAsksFirst_thenItIsToldThatItMay(String origin) {
      Reply reply = preflight(main(), origin);

      assertThat(reply.status()).as(reply.toString()).isEqualTo(204);
      assertThat(reply.header("access-control-allow-origin")).isEqualTo(origin);
      assertThat(reply.header("access-control-allow-methods")).contains("POST");
      assertThat(reply.header("access-control-allow-headers").toLowerCase(Locale.ROOT))
          .contains("content-type");
      assertThat(reply.header("vary").toLowerCase(Locale.ROOT)).contains("origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/varied.txt", "/openapi.yaml", "/api/v1/task-types", "/api/v1/none"})
    void givenAnOriginThatIsConfigured_whenItGets_thenCachesTellItFromOthers(String path) {
      new Site(cors).put("varied.txt", new byte[] {'x'});

      Reply reply = Http.send(main(), "GET", path, "", "Origin: https://app.example");

      assertThat(reply.header("access-control-allow-origin"))
          .as(reply.toString())
          .isEqualTo("https://app.example");
      assertThat(reply.header("vary").toLowerCase(Locale.ROOT)).contains("origin");
      if (reply.status() == 200 && !path.startsWith("/api")) {
        assertThat(reply.header("vary").toLowerCase(Locale.ROOT)).contains("accept-encoding");
      }
    }

    @Test
    void givenAnOriginThatIsConfigured_whenItCalls_thenItMayAndMayRead() {
      Reply reply =
          Http.send(
              main(),
              "POST",
              "/api/v1/tasks",
              TASK,
              JSON,
              "Origin: https://app.example",
              "Sec-Fetch-Site: cross-site");

      assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
      assertThat(reply.header("access-control-allow-origin")).isEqualTo("https://app.example");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://other.example",
          "https://app.example.evil.example",
          "http://app.example",
          "https://app.example:444",
          "null"
        })
    void givenAnOriginThatIsNotConfigured_whenItCalls_thenItMayNot(String origin) {
      assertThat(preflight(main(), origin).headers())
          .doesNotContainKey("access-control-allow-origin");
      Reply refused = Http.send(main(), "POST", "/api/v1/tasks", TASK, JSON, "Origin: " + origin);
      assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
      assertThat(refused.headers()).doesNotContainKey("access-control-allow-origin");
    }
  }

  // Tokens

  private static final String READER = "reader-0123456789abcdef";
  private static final String OPERATOR = "operator-0123456789abcdef";

  private static Path write(String name, String text) {
    try {
      return Files.writeString(Scratch.directory("tokens").resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void givenAFileOfTokens_whenCalled_thenItsTokensAreTaken() {
    Path tokens = write("tokens", "reader:" + READER + "\noperator:" + OPERATOR + "\n");
    try (OneProcess guarded =
        OneProcess.start(Shape.settings("gateway.tokens-file", tokens.toString()))) {
      int main = guarded.doors().main();
      String reader = "Authorization: Bearer " + READER;
      String operator = "Authorization: Bearer " + OPERATOR;

      assertThat(Http.get(main, "/api/v1/services").status()).isEqualTo(401);
      assertThat(Http.get(main, "/api/v1/services", reader).status()).isEqualTo(200);
      Reply denied = Http.send(main, "POST", "/run_task", TASK, JSON, reader);
      assertThat(denied.status()).isEqualTo(403);
      assertThat(denied.text()).contains("operator");
      assertThat(Http.send(main, "POST", "/run_task", TASK, JSON, operator).status())
          .isEqualTo(200);
      assertThat(guarded.output()).doesNotContain(READER).doesNotContain(OPERATOR);
    }
  }

  private static String refusedAtStart(Map<String, String> settings) {
    Path data = Scratch.directory("refused").resolve("data");
    try (SignalboxProcess process = OneProcess.launch(data, settings)) {
      process.await(
          "to end", () -> !process.alive() || process.output().contains("Ctrl-C stops it"));
      assertThat(process.alive()).as("started in spite of it: %s", process.output()).isFalse();
      assertThat(process.awaitExit()).as(process.output()).isEqualTo(WRONG_SETTINGS);
      assertThat(process.output()).doesNotContain("\tat ");
      return process.output();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"secret-0123456789abcdef", "chief:secret-0123456789abcdef", "reader:short"})
  void givenAFileWithALineThatIsNoToken_whenStarted_thenTheFormIsToldAndNotTheToken(String line) {
    Path tokens = write("tokens", "reader:" + READER + "\n" + line + "\n");

    assertThat(refusedAtStart(Shape.settings("gateway.tokens-file", tokens.toString())))
        .contains("gateway.tokens-file")
        .contains("ROLE:TOKEN")
        .doesNotContain("secret-0123456789abcdef")
        .doesNotContain(READER);
  }

  @Test
  void givenAFileOfTokensThatIsMissing_whenStarted_thenItIsNamed() {
    String missing = Scratch.directory("tokens").resolve("missing").toString();

    assertThat(refusedAtStart(Shape.settings("gateway.tokens-file", missing)))
        .contains("gateway.tokens-file")
        .contains(missing);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokens: [abc]",
        "tokens: abc",
        "tokens: 7",
        "tokens: [7]",
        "tokens: [[reader:0123456789abcdef]]",
        "tokens: {reader: 0123456789abcdef}",
        "tokens: [{reader: 0123456789abcdef}]",
        "tokens:\n    - reader: 0123456789abcdef"
      })
  void givenTokensOfAnotherForm_whenStarted_thenTheFormIsTold(String tokens) {
    Path file = write("settings.yaml", "gateway:\n  " + tokens + "\n");

    assertThat(refusedAtStart(Shape.settings("config", file.toString())))
        .contains("gateway.tokens")
        .contains("ROLE:TOKEN")
        .doesNotContain("0123456789abcdef");
  }

  // Every answer

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "main|GET /ping HTTP/1.1~$HOST~~",
        "main|GET / HTTP/1.1~$HOST~~",
        "main|GET /no/such/file.txt HTTP/1.1~$HOST~~",
        "main|GET /../secret HTTP/1.1~$HOST~~",
        "main|GET /api/v1/services HTTP/1.1~$HOST~~",
        "main|GET /api/v1/nonsense HTTP/1.1~$HOST~~",
        "main|GET /api/v1/tasks HTTP/1.1~$HOST~~",
        "main|POST /api/v1/tasks HTTP/1.1~$HOST~Content-Length: 0~~",
        "main|POST /api/v1/tasks HTTP/1.1~$HOST~Content-Length: 2000000~~",
        "main|GET /run_task HTTP/1.1~$HOST~~",
        "main|GET /metrics HTTP/1.1~$HOST~~",
        "main|GET /health/live HTTP/1.1~$HOST~~",
        "main|GET /health/ready HTTP/1.1~$HOST~~",
        "main|GET /docs HTTP/1.1~$HOST~~",
        "main|GET /ui/ HTTP/1.1~$HOST~~",
        "main|GET /openapi.yaml HTTP/1.1~$HOST~~",
        "main|GET /errors HTTP/1.1~$HOST~~",
        "main|GET /api/v1/events HTTP/1.1~$HOST~~",
        "main|OPTIONS /ping HTTP/1.1~$HOST~~",
        "main|GET /ping HTTP/1.1~~",
        "main|GET /ping HTTP/1.1~Host: evil.example~~",
        "main|GET /ping HTTP/3.7~$HOST~~",
        "main|NONSENSE~~",
        "main|GET /ping HTTP/1.1~$HOST~broken~~",
        "main|POST /run_task HTTP/1.1~$HOST~Transfer-Encoding: nonsense~~",
        "messages|GET / HTTP/1.1~$HOST~~",
        "messages|POST / HTTP/1.1~$HOST~Content-Type: application/json~Content-Length: 0~~",
        "codes|POST / HTTP/1.1~$HOST~Content-Type: application/json~Content-Length: 0~~"
      })
  void givenAnyRequest_whenAnswered_thenTheMediaTypeIsNotToBeGuessed(String door, String request) {
    Doors doors = system.doors();
    int at =
        switch (door) {
          case "codes" -> doors.codes();
          case "messages" -> doors.messages();
          default -> doors.main();
        };
    try (RawConnection connection = new RawConnection(at)) {
      // Of the answer to events there is no end.
      Reply reply = connection.send(request.replace("~", "\r\n")).readHead();

      assertThat(reply.header("x-content-type-options"))
          .as(reply.statusLine())
          .isEqualTo("nosniff");
    }
  }

  @ParameterizedTest
  @CsvSource({"414,10000,1", "431,10,100000"})
  void givenARequestThatIsTooLong_whenRefused_thenTheMediaTypeIsNotToBeGuessed(
      int status, int pathLength, int valueLength) {
    try (RawConnection connection = new RawConnection(port)) {
      Reply refused =
          connection
              .send(
                  "GET /%s HTTP/1.1\r\n$HOST\r\nX-A: %s\r\n\r\n"
                      .formatted("a".repeat(pathLength), "b".repeat(valueLength)))
              .read();

      assertThat(refused.status()).isEqualTo(status);
      assertThat(refused.header("x-content-type-options")).isEqualTo("nosniff");
    }
  }

  @Test
  void givenAFile_whenSentWholeInPartOrNotAtAll_thenTheMediaTypeIsNotToBeGuessed() {
    String name = Site.unique("file.txt");
    new Site(system).put(name, "0123456789".getBytes(StandardCharsets.US_ASCII));
    Reply whole = Http.get(port, "/" + name);

    assertThat(whole.header("x-content-type-options")).isEqualTo("nosniff");
    for (String header :
        new String[] {
          "Range: bytes=1-2",
          "Range: bytes=0-1,5-6",
          "Range: bytes=90-",
          "If-None-Match: " + whole.header("etag"),
          "If-Match: \"other\""
        }) {
      Reply reply = Http.get(port, "/" + name, header);
      assertThat(reply.header("x-content-type-options")).as(header).isEqualTo("nosniff");
    }
  }
}
