package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.LongTest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RFC 9110, RFC 9112 and the contract say of single requests, byte by byte. */
@LongTest
class Http11RulesIT {

  private static final String JSON = "Content-Type: application/json";
  private static final String TASK = "{\"task_name\":\"list_http_servers\"}";
  private static final byte[] NOTHING = new byte[0];

  private final Deployment system = Shape.ONE_PROCESS.shared();
  private final Site site = new Site(system);
  private final int port = system.doors().main();

  private Reply exchange(String request) {
    try (RawConnection connection = new RawConnection(port)) {
      return connection.send(request).read();
    }
  }

  private Reply post(String path, byte[] body, String... headers) {
    return Http.request(port, "POST", path, body, headers);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // Messages

  private static String post(String more, String body) {
    return "POST /run_task HTTP/1.1\r\n$HOST\r\n" + JSON + "\r\n" + more + "\r\n" + body;
  }

  private static List<Arguments> malformed() {
    return List.of(
        arguments("a blank before the colon", "GET /ping HTTP/1.1\r\n$HOST\r\nX-A : b\r\n\r\n"),
        arguments("a first header that is folded", "GET /ping HTTP/1.1\r\n $HOST\r\n\r\n"),
        arguments("lines that end with LF alone", "GET /ping HTTP/1.1\n$HOST\n\n"),
        arguments("a header that ends with LF alone", "GET /ping HTTP/1.1\r\n$HOST\nX: a\r\n\r\n"),
        arguments("a CR in a value", "GET /ping HTTP/1.1\r\n$HOST\r\nX-A: b\rc\r\n\r\n"),
        arguments(
            "a length and chunks",
            post(
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\nGET /ping HTTP/1.1\r\n$HOST\r\n\r\n")),
        arguments(
            "chunks and a length",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "0\r\n\r\nGET /ping HTTP/1.1\r\n$HOST\r\n\r\n")),
        arguments("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{} ")),
        arguments("a list of two lengths", post("Content-Length: 2, 3\r\n", "{} ")),
        arguments("a length with a sign", post("Content-Length: +2\r\n", "{}")),
        arguments("a length below 0", post("Content-Length: -2\r\n", "{}")),
        arguments("a length in two parts", post("Content-Length: 0 2\r\n", "{}")),
        arguments("a length in base 16", post("Content-Length: 0x2\r\n", "{}")),
        arguments("a length that is a fraction", post("Content-Length: 2.0\r\n", "{}")),
        arguments("an empty length", post("Content-Length: \r\n", "{}")),
        arguments(
            "a length beyond all numbers", post("Content-Length: 99999999999999999999\r\n", "")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void givenAMessageThatIsMalformed_whenReceived_thenItIsRefusedAndTheConnectionEnds(
      String what, String request) {
    try (RawConnection connection = new RawConnection(port)) {
      Reply refused = connection.send(request).read();

      assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
      assertThat(connection.closedByServer()).as("nothing else, and the end").isTrue();
    }
  }

  private static List<Arguments> wellFramed() {
    return List.of(
        arguments("a header without a name", "GET /ping HTTP/1.1\r\n$HOST\r\n: b\r\n\r\n"),
        arguments("two hosts", "GET /ping HTTP/1.1\r\n$HOST\r\n$HOST\r\n\r\n"),
        arguments("no host", "GET /ping HTTP/1.1\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wellFramed")
  void givenAMessageThatIsMalformedButHasAnEnd_whenReceived_thenItAloneIsRefused(
      String what, String request) {
    try (RawConnection connection = new RawConnection(port)) {
      Reply refused = connection.send(request).read();

      assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
      Reply next = connection.send("GET /ping HTTP/1.1\r\n$HOST\r\n\r\n").read();
      assertThat(next.status()).as(next.toString()).isEqualTo(200);
    }
  }

  private static List<Arguments> wellFormed() {
    return List.of(
        arguments("a length with blanks around", post("Content-Length:  33 \r\n", TASK)),
        arguments("a length with zeros before", post("Content-Length: 0033\r\n", TASK)),
        arguments(
            "chunks with an extension",
            post("Transfer-Encoding: chunked\r\n", "21;a=\"b\"\r\n" + TASK + "\r\n0\r\n\r\n")),
        arguments(
            "chunks with a trailer",
            post("Transfer-Encoding: chunked\r\n", "21\r\n" + TASK + "\r\n0\r\nX-A: b\r\n\r\n")),
        arguments(
            "chunked in capitals",
            post("Transfer-Encoding: CHUNKED\r\n", "21\r\n" + TASK + "\r\n0\r\n\r\n")),
        arguments("an empty line before the request", "\r\nGET /ping HTTP/1.1\r\n$HOST\r\n\r\n"),
        arguments(
            "a target in absolute form",
            "GET http://localhost:PORT/ping HTTP/1.1\r\n$HOST\r\n\r\n"),
        arguments("an empty value", "GET /ping HTTP/1.1\r\n$HOST\r\nX-A:\r\n\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wellFormed")
  void givenAMessageThatIsUnusualButWellFormed_whenReceived_thenItIsServed(
      String what, String request) {
    Reply reply = exchange(request.replace("PORT", Integer.toString(port)));

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.9"})
  void givenALaterMinorVersion_whenReceived_thenItIsAnsweredAs11(String version) {
    String request = "GET /ping HTTP/" + version + "\r\n$HOST\r\n\r\n";
    try (RawConnection connection = new RawConnection(port)) {
      assertThat(connection.send(request).read().statusLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(connection.send(request).read().statusLine()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.0", "3.0", "0.9"})
  void givenAnotherMajorVersion_whenReceivedInClear_thenItIsNotSupported(String version) {
    Reply refused = exchange("GET /ping HTTP/" + version + "\r\n$HOST\r\n\r\n");

    assertThat(refused.status()).as(refused.toString()).isEqualTo(505);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip, chunked", "nonsense, chunked"})
  void givenATransferCodingThatIsUnknown_whenReceived_thenItIsNotImplemented(String coding) {
    Reply refused = exchange(post("Transfer-Encoding: " + coding + "\r\n", "0\r\n\r\n"));

    assertThat(refused.status()).as(refused.toString()).isEqualTo(501);
  }

  /** RFC 9112, 6.3: how long such a body is cannot be told. */
  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "identity", "chunked, gzip", "chunked, identity"})
  void givenATransferCodingThatDoesNotEndInChunked_whenReceived_thenTheConnectionEnds(
      String coding) {
    try (RawConnection connection = new RawConnection(port)) {
      Reply refused =
          connection.send(post("Transfer-Encoding: " + coding + "\r\n", "0\r\n\r\n")).read();

      assertThat(refused.status()).as(refused.toString()).isIn(400, 501);
      assertThat(connection.closedByServer()).isTrue();
    }
  }

  private static List<Arguments> badChunks() {
    return Stream.of("/upload", "/api/v1/tasks", "/run_task", "/api/v1/tasks/batch")
        .flatMap(path ->
            Stream.of(
                    "zz\r\n",
                    "3\r\nabcX0\r\n\r\n",
                    "-1\r\nabc\r\n0\r\n\r\n",
                    "+3\r\nabc\r\n0\r\n\r\n",
                    "0x3\r\nabc\r\n0\r\n\r\n",
                    "\r\nabc\r\n0\r\n\r\n",
                    "fffffffffffffffff\r\nabc\r\n0\r\n\r\n")
                .map(chunks -> arguments(path, chunks)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("badChunks")
  void givenChunksThatAreMalformed_whenReceived_thenTheyAreRefusedBeforeTheConnectionEnds(
      String path, String chunks) {
    long before = site.uploads();
    String type = path.equals("/upload") ? "Content-Type: text/plain" : JSON;
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST %s HTTP/1.1\r\n$HOST\r\n%s\r\nTransfer-Encoding: chunked\r\n\r\n%s"
              .formatted(path, type, chunks));
      Reply refused = connection.read();

      assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
      assertThat(connection.closedByServer()).isTrue();
    }
    // What had arrived of it is removed behind the answer.
    Awaitility.await().until(() -> site.uploads() == before);
  }

  @Test
  void givenHttp10_whenItExpectsToBeToldToContinue_thenItIsNotTold() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(
          "POST /run_task HTTP/1.0\r\n$HOST\r\n%s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(JSON, TASK.length(), TASK));

      assertThat(connection.readNext().status()).isEqualTo(200);
    }
  }

  @Test
  void givenHttp11_whenItExpectsToBeToldToContinue_thenItIsTold() {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(Http.head("POST", "/run_task", TASK.length(), JSON, "Expect: 100-continue"));
      assertThat(connection.readNext().status()).isEqualTo(100);

      assertThat(connection.send(TASK).readNext().status()).isEqualTo(200);
    }
  }

  // Methods

  @ParameterizedTest
  @CsvSource({"/api/v1/tasks,POST", "/api/v1/task-types,GET", "/run_task,POST", "/index.html,GET"})
  void givenOptions_whenAskedOfAPath_thenItsMethodsAreTold(String path, String method) {
    Reply reply = Http.request(port, "OPTIONS", path, NOTHING);

    assertThat(reply.status()).as(reply.toString()).isEqualTo(204);
    assertThat(allowed(reply)).contains(method, "OPTIONS");
    assertThat(reply.headers()).doesNotContainKeys("content-length", "transfer-encoding");
  }

  private static List<String> allowed(Reply reply) {
    return List.of(reply.header("allow").split(" *, *"));
  }

  @Test
  void givenOptions_whenAskedOfTheServer_thenItIsAnswered() {
    Reply reply = exchange("OPTIONS * HTTP/1.1\r\n$HOST\r\n\r\n");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE"})
  void givenAnAsterisk_whenAskedForByAnotherMethod_thenItIsABadRequest(String method) {
    Reply refused = exchange(method + " * HTTP/1.1\r\n$HOST\r\nContent-Length: 0\r\n\r\n");

    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE,/api/v1/task-types,GET HEAD",
    "POST,/api/v1/services,GET HEAD",
    "GET,/api/v1/tasks,POST",
    "GET,/api/v1/tasks/batch,POST",
    "PUT,/run_task,POST",
    "GET,/run_task,POST",
    "POST,/ping,GET HEAD",
    "POST,/metrics,GET HEAD",
    "PATCH,/api/v1/files/any.txt,PUT DELETE",
    "PUT,/index.html,GET HEAD",
    "BREW,/api/v1/tasks,POST"
  })
  void givenAMethodThatAPathHasNot_whenAsked_thenItsMethodsAreTold(
      String method, String path, String methods) {
    Reply refused = Http.request(port, method, path, NOTHING);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(405);
    assertThat(allowed(refused)).contains(methods.split(" ")).doesNotContain(method);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/task-types", "/api/v1/services", "/ping", "/openapi.yaml"})
  void givenHead_whenAskedWhereGetIs_thenTheHeadersAreThoseOfGet(String path) {
    try (RawConnection connection = new RawConnection(port)) {
      Reply head = connection.send(Http.head("HEAD", path, -1)).readHead();
      // Were there a body, it would stand before this answer.
      Reply get = connection.get(path);

      assertThat(head.status()).as(head.toString()).isEqualTo(200);
      assertThat(head.header("content-type")).isEqualTo(get.header("content-type"));
      assertThat(get.status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/nonsense",
    "POST,/api/v1/nonsense",
    "GET,/api/v2/tasks",
    "GET,/api/",
    "GET,/api/v1/",
    "DELETE,/api/v1/tasks/batch/none"
  })
  void givenAPathOfTheApiThatIsNone_whenAsked_thenItIsAProblem(String method, String path) {
    Reply refused = Http.request(port, method, path, NOTHING);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(404);
    assertThat(refused.header("content-type")).startsWith("application/problem+json");
    assertThat(refused.json().path("code").asText()).isNotEmpty();
  }

  // Conditions

  private String file(String content) {
    String path = "/api/v1/files/" + Site.unique("condition.txt");
    assertThat(Http.send(port, "PUT", path, content).status()).isEqualTo(201);
    return path;
  }

  private Reply download(String path, String... headers) {
    return Http.get(port, path.substring("/api/v1/files".length()), headers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "ETAG", "\"a\", ETAG", "W/ETAG"})
  void givenTwoIfNoneMatchLines_whenTheSecondMatches_thenTheFileStays(String second) {
    String path = file("first");
    String etag = download(path).header("etag");

    Reply refused =
        Http.send(
            port,
            "PUT",
            path,
            "second",
            "If-None-Match: \"other\"",
            "If-None-Match: " + second.replace("ETAG", etag));

    assertThat(refused.status()).as(refused.toString()).isEqualTo(412);
    assertThat(download(path).text()).isEqualTo("first");
  }

  @Test
  void givenTwoIfMatchLines_whenOneMatches_thenTheFileIsReplaced() {
    String path = file("first");
    String etag = download(path).header("etag");

    Reply replaced =
        Http.send(port, "PUT", path, "second", "If-Match: \"other\"", "If-Match: " + etag);

    assertThat(replaced.status()).as(replaced.toString()).isIn(200, 204);
    assertThat(Http.get(port, path.substring("/api/v1/files".length())).text()).isEqualTo("second");
  }

  @Test
  void givenTwoIfMatchLines_whenNoneMatches_thenTheFileStays() {
    String path = file("first");

    Reply refused =
        Http.send(port, "PUT", path, "second", "If-Match: \"other\"", "If-Match: \"another\"");

    assertThat(refused.status()).as(refused.toString()).isEqualTo(412);
    assertThat(download(path).text()).isEqualTo("first");
  }

  @Test
  void givenTwoIfNoneMatchLines_whenTheSecondMatchesOnGet_thenItIsNotModified() {
    String path = file("first");
    String etag = download(path).header("etag");

    Reply same = download(path, "If-None-Match: \"other\"", "If-None-Match: " + etag);

    assertThat(same.status()).as(same.toString()).isEqualTo(304);
  }

  @Test
  void givenAnEmptyFile_whenItsLastByteIsAskedFor_thenItIsSentWhole() {
    String name = Site.unique("empty.bin");
    site.put(name, NOTHING);

    Reply whole = Http.get(port, "/" + name, "Range: bytes=-1");

    assertThat(whole.status()).as(whole.toString()).isEqualTo(200);
    assertThat(whole.body()).isEmpty();
  }

  // Codings

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "identity;q=0|gzip|gzip",
        "gzip|identity;q=0|gzip",
        "*|gzip;q=0, br;q=0, zstd;q=0, deflate;q=0|",
        "gzip;q=0|*;q=0, identity|"
      })
  void givenTwoAcceptEncodingLines_whenAsked_thenTheyAreOneList(
      String first, String second, String coding) {
    String name = Site.unique("coded.txt");
    site.put(name, "x".repeat(2_000));
    // After it, for a sibling that is older than its file is out of date.
    site.put(name + ".gz", Codings.gzip(utf8("x".repeat(2_000))));
    for (String path : new String[] {"/api/v1/task-types", "/" + name}) {
      Reply reply = Http.get(port, path, "Accept-Encoding: " + first, "Accept-Encoding: " + second);

      assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
      assertThat(reply.header("content-encoding")).as(path).isEqualTo(coding == null ? "" : coding);
    }
  }

  private static List<Arguments> coded() {
    return Stream.of("/api/v1/tasks", "/run_task")
        .flatMap(path ->
            Stream.of(
                arguments(path, "gzip", Codings.gzip(utf8(TASK))),
                arguments(path, "x-gzip", Codings.gzip(utf8(TASK))),
                arguments(path, "zstd", Codings.zstd(utf8(TASK)))))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("coded")
  void givenABodyThatIsCoded_whenSent_thenItIsDecodedOrTheCodingsTakenAreTold(
      String path, String coding, byte[] body) {
    Reply reply = post(path, body, JSON, "Content-Encoding: " + coding);

    if (reply.status() == 415) {
      assertThat(reply.header("accept-encoding")).as(reply.toString()).isNotEmpty();
    } else {
      assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
      assertThat(reply.text()).contains("\"active_servers\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/tasks", "/run_task", "/api/v1/servers", "/api/v1/tasks/batch"})
  void givenABodyOfAnUnknownCoding_whenSent_thenTheCodingsTakenAreTold(String path) {
    Reply refused = post(path, utf8(TASK), JSON, "Content-Encoding: nonsense");

    assertThat(refused.status()).as(refused.toString()).isEqualTo(415);
    assertThat(refused.header("accept-encoding")).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/tasks", "/run_task", "/api/v1/messages"})
  void givenABodyThatIsNotOfItsCoding_whenSent_thenItIsRefused(String path) {
    Reply refused = post(path, utf8(TASK), JSON, "Content-Encoding: gzip");

    assertThat(refused.status()).as(refused.toString()).isIn(400, 415);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/tasks", "/run_task", "/api/v1/tasks/batch", "/upload"})
  void givenABodyOfAMegabyte_whenItDecodesToAGigabyte_thenItIsTooLarge(String path) {
    byte[] bomb = Codings.gzipBomb();
    assertThat(bomb.length).isLessThan(1 << 20);

    Reply refused = post(path, bomb, JSON, "Content-Encoding: gzip");

    // 415: this route takes no coding at all.
    assertThat(refused.status()).as(refused.toString()).isIn(413, 415);
    assertThat(Http.get(port, "/health/live").status()).isEqualTo(200);
  }

  @Test
  void givenAResultOfAMegabyte_whenItDecodesToAGigabyte_thenItIsTooLarge() {
    Census census = new Census(port);
    census.add(0);
    JsonNode lease =
        post("/api/v1/census/leases", utf8("{\"worker\":\"bomber\",\"count\":1}"), JSON).json();
    int index = lease.path("tasks").get(0).path("task_index").asInt();

    Reply refused =
        Http.request(
            port,
            "PUT",
            "/api/v1/census/tasks/" + index + "/result",
            Codings.gzipBomb(),
            "Content-Type: application/octet-stream",
            "Content-Encoding: gzip",
            "Lease-Token: " + lease.path("token").asText());

    assertThat(refused.status()).as(refused.toString()).isEqualTo(413);
    assertThat(census.status(index)).isEqualTo(1);
  }

  private static List<Arguments> notUtf8() {
    List<Arguments> bodies = new ArrayList<>();
    for (String path : new String[] {"/api/v1/tasks", "/run_task", "/upload"}) {
      byte[] overlong = utf8("{\"task_name\":\"??\"}");
      overlong[14] = (byte) 0xc1;
      overlong[15] = (byte) 0xa1;
      bodies.add(arguments(path, "overlong", overlong));
      byte[] surrogate = utf8("{\"task_name\":\"???\"}");
      surrogate[14] = (byte) 0xed;
      surrogate[15] = (byte) 0xa0;
      surrogate[16] = (byte) 0x80;
      bodies.add(arguments(path, "a surrogate", surrogate));
      for (String charset : new String[] {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"}) {
        bodies.add(arguments(path, charset, TASK.getBytes(Charset.forName(charset))));
      }
    }
    return bodies;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("notUtf8")
  void givenJsonThatIsNotUtf8_whenSent_thenItIsRefused(String path, String what, byte[] body) {
    long before = site.uploads();

    Reply refused = post(path, body, JSON);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(site.uploads()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run_task", "/api/v1/tasks", "/api/v1/messages"})
  void givenABodyOfOneByteMoreThanAllowed_whenItIsSentWhole_thenItIsToldToBeTooLarge(String path) {
    byte[] large = utf8(" ".repeat(1_048_577));

    Reply refused = post(path, large, JSON);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(413);
  }

  // Numbers

  private static List<Arguments> noNumbers() {
    return Stream.of(
            "/api/v1/messages?limit=", "/api/v1/files?limit=", "/api/v1/census/tasks?limit=")
        .flatMap(query ->
            Stream.of(
                    "+5",
                    "%2B5",
                    "%205",
                    "5%20",
                    "%D9%A5",
                    "%EF%BC%95",
                    "%E0%A5%AB",
                    "5.0",
                    "0x5",
                    "1e1",
                    "5_0")
                .map(number -> arguments(query + number)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("noNumbers")
  void givenANumberThatIsNoneOfAsciiDigits_whenAsked_thenItIsRefused(String path) {
    Reply refused = Http.get(port, path);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(refused.json().path("errors").toString()).contains("limit");
  }

  private static String arabic(int number) {
    StringBuilder digits = new StringBuilder();
    for (char digit : Integer.toString(number).toCharArray()) {
      digits.append("%D9%").append("%02X".formatted(0xa0 + digit - '0'));
    }
    return digits.toString();
  }

  @Test
  void givenTheIndexOfATaskInOtherDigits_whenRevised_thenNothingChanges() {
    Census census = new Census(port);
    int index = census.add(0);
    census.takeAll();
    census.submit(index, "bad");

    JsonNode refused = census.get("/revise?id=" + arabic(index) + "&code=2&force=1");

    assertThat(refused.path("success").asBoolean(true)).as(refused.toString()).isFalse();
    assertThat(census.status(index)).isEqualTo(3);
  }

  @Test
  void givenTheIndexOfATaskInOtherDigits_whenItsErrorIsReset_thenItStays() {
    Census census = new Census(port);
    int index = census.add(0);
    census.takeAll();
    census.submit(index, "bad");

    census.get("/error/reset?id=" + arabic(index));

    assertThat(census.get("/error"))
        .anySatisfy(error -> assertThat(error.path("task_index").asInt()).isEqualTo(index));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /api/v1/census/tasks/", "GET /api/v1/census/tasks/%2B"})
  void givenTheIndexOfATaskInAnotherForm_whenAsked_thenItIsNotFound(String start) {
    int index = new Census(port).add(1);
    String number = start.endsWith("%2B") ? Integer.toString(index) : arabic(index);

    Reply refused = exchange(start + number + " HTTP/1.1\r\n$HOST\r\n\r\n");

    assertThat(refused.status()).as(refused.toString()).isIn(400, 404);
  }

  // Idempotency

  private static String key() {
    return "Idempotency-Key: " + UUID.randomUUID();
  }

  private static String page() {
    return "{\"page_uri\":\"/p-%s\",\"response_data\":\"x\"}".formatted(UUID.randomUUID());
  }

  private void delete(Reply server) {
    String location = server.header("location");
    if (!location.isEmpty()) {
      assertThat(Http.request(port, "DELETE", location, NOTHING).status()).isIn(200, 204);
    }
  }

  private String message() {
    String uuid = UUID.randomUUID().toString();
    String unique =
        Http.post(system.doors().codes(), "/", "{\"uuid\":\"" + uuid + "\"}")
            .json()
            .path("unique")
            .asText();
    return "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"once\"}".formatted(uuid, unique);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/servers", "/api/v1/messages", "/api/v1/census/leases"})
  void givenTwoIdempotencyKeys_whenSent_thenTheyAreRefused(String path) {
    new Census(port).add(0);
    String body =
        switch (path) {
          case "/api/v1/servers" -> page();
          case "/api/v1/messages" -> message();
          default -> "{\"worker\":\"w\",\"count\":1}";
        };

    Reply refused = post(path, utf8(body), JSON, key(), key());

    if (path.endsWith("servers")) {
      delete(refused);
    }
    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
  }

  @Test
  void givenAnIdempotencyKey_whenAServerIsStartedAgain_thenTheFirstIsToldAndSaidToBe() {
    String key = key();
    byte[] body = utf8(page());
    Reply first = post("/api/v1/servers", body, JSON, key);
    try {
      Reply second = post("/api/v1/servers", body, JSON, key);

      assertThat(first.status()).as(first.toString()).isEqualTo(201);
      assertThat(second.status()).as(second.toString()).isEqualTo(201);
      assertThat(second.json()).isEqualTo(first.json());
      assertThat(second.header("location")).isEqualTo(first.header("location"));
      assertThat(first.header("idempotency-replayed")).isEmpty();
      assertThat(second.header("idempotency-replayed")).isEqualTo("true");
    } finally {
      delete(first);
    }
  }

  @Test
  void givenAnIdempotencyKey_whenAMessageIsSentAgain_thenTheFirstIsToldAndSaidToBe() {
    String key = key();
    byte[] body = utf8(message());
    Reply first = post("/api/v1/messages", body, JSON, key);

    Reply second = post("/api/v1/messages", body, JSON, key);

    assertThat(first.status()).as(first.toString()).isEqualTo(201);
    assertThat(second.status()).as(second.toString()).isEqualTo(201);
    assertThat(second.json()).isEqualTo(first.json());
    assertThat(first.header("idempotency-replayed")).isEmpty();
    assertThat(second.header("idempotency-replayed")).isEqualTo("true");
  }

  @Test
  void givenAnIdempotencyKey_whenALeaseIsTakenAgain_thenTheFirstIsToldAndSaidToBe() {
    Census census = new Census(port);
    census.add(0);
    census.add(0);
    String key = key();
    byte[] body = utf8("{\"worker\":\"forgetful\",\"count\":1}");
    Reply first = post("/api/v1/census/leases", body, JSON, key);

    Reply second = post("/api/v1/census/leases", body, JSON, key);

    assertThat(first.status()).as(first.toString()).isEqualTo(201);
    assertThat(second.status()).as(second.toString()).isEqualTo(201);
    for (String field : new String[] {"lease_id", "token", "tasks"}) {
      assertThat(second.json().path(field)).isEqualTo(first.json().path(field));
    }
    assertThat(first.header("idempotency-replayed")).isEmpty();
    assertThat(second.header("idempotency-replayed")).isEqualTo("true");
  }

  @Test
  void givenAnIdempotencyKey_whenALeaseOfAnotherSizeIsTaken_thenItIsRefused() {
    Census census = new Census(port);
    census.add(0);
    census.add(0);
    String key = key();
    post("/api/v1/census/leases", utf8("{\"worker\":\"w\",\"count\":1}"), JSON, key);

    Reply refused =
        post("/api/v1/census/leases", utf8("{\"worker\":\"w\",\"count\":2}"), JSON, key);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(422);
  }

  // Streams

  private List<JsonNode> stream(String lines) {
    Reply reply = post("/api/v1/tasks/stream", utf8(lines), "Content-Type: application/x-ndjson");
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply.text().lines().map(Reply::json).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "  \n", "\t\r\n", "\n\n\n"})
  void givenBlankLines_whenStreamed_thenTheyAreSkipped(String blank) {
    List<JsonNode> answers = stream(blank + TASK + "\n" + blank + TASK + "\n" + blank);

    assertThat(answers).hasSize(3);
    assertThat(answers.getLast().path("summary").path("finished").asInt()).isEqualTo(2);
    assertThat(answers.getLast().path("summary").path("failed").asInt()).isZero();
  }

  @Test
  void givenABadLineAfterBlankOnes_whenStreamed_thenItsErrorNamesTheLine() {
    List<JsonNode> answers = stream("\n" + TASK + "\n\n{\"task_name\":\n" + TASK + "\n");

    assertThat(answers).hasSize(4);
    JsonNode failed =
        answers.stream()
            .filter(answer -> answer.path("status").asText().equals("failed"))
            .findFirst()
            .orElseThrow();
    assertThat(failed.path("error").path("message").asText()).containsIgnoringCase("line 4");
    assertThat(answers.getLast().path("summary").path("failed").asInt()).isEqualTo(1);
  }
}
