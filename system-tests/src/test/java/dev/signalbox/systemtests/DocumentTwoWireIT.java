package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.TestPrograms;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The wire of document 2. Its client cannot read a valid answer of HTTP: it takes the dict out of
 * {@code BadStatusLine}. Such a client, and no other, gets the bare literal.
 */
class DocumentTwoWireIT {

  private static final int CLIENTS = 50;
  private static final String CODE = "\\{'success': True, 'unique': '[^']+'\\}";

  private final Doors doors = Shape.ONE_PROCESS.shared().doors();

  private static Programs.Outcome runClient(Doors doors) {
    return Programs.run(
        List.of(
            TestPrograms.require("python3"),
            Resources.file("document_two_client.py").toString(),
            "localhost",
            Integer.toString(doors.codes()),
            Integer.toString(doors.messages())));
  }

  /** As {@code http.client} sends it, and further header lines. */
  private static RawConnection send(int port, String body, String... headers) {
    RawConnection connection = new RawConnection(port);
    String[] all = new String[headers.length + 1];
    all[0] = "Accept-Encoding: identity";
    System.arraycopy(headers, 0, all, 1, headers.length);
    return connection.send(Http.head("POST", "/", body.length(), all) + body);
  }

  /** The one line that the document's client reads of an answer, after which nothing comes. */
  private static String wire(int port, String body) {
    try (RawConnection connection = send(port, body)) {
      String line = connection.readLine();
      assertThat(line).doesNotStartWith("HTTP/");
      assertThat(connection.closedByServer()).isTrue();
      return line;
    }
  }

  private static Reply http(int port, String body, String... headers) {
    try (RawConnection connection = send(port, body, headers)) {
      return connection.read();
    }
  }

  private static String uuid() {
    return "{'uuid': '" + UUID.randomUUID() + "'}";
  }

  @Test
  void givenTheDocumentsClient_whenFiftyOfThemRun_thenEachGetsACodeAndStoresItsText() {
    Programs.Outcome outcome = runClient(doors);

    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(
            outcome.text().lines().filter("[*] Request to server for unique successfull"::equals))
        .hasSize(CLIENTS);
    assertThat(outcome.text().lines().filter("[*] Successfully stored text in log file"::equals))
        .hasSize(CLIENTS);
  }

  @Test
  void givenALiteralOfAClientThatNamesNothing_whenItAsksForACode_thenItGetsTheBareLiteral() {
    assertThat(wire(doors.codes(), uuid())).matches(CODE);
  }

  @Test
  void givenALiteralOfAClientThatNamesNothing_whenItStoresAText_thenItGetsTheBareLiteral() {
    String uuid = UUID.randomUUID().toString();
    String unique =
        Http.post(doors.codes(), "/", "{\"uuid\":\"" + uuid + "\"}").json().path("unique").asText();

    String stored =
        wire(
            doors.messages(),
            "{'uuid': '%s', 'unique': '%s', 'text': 'it\\'s'}".formatted(uuid, unique));

    assertThat(stored).isEqualTo("{'success': True}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "codes|{'uuid': ''}|[!] Invalid uuid sent",
        "codes|{'uuid': None}|[!] Invalid uuid sent",
        "messages|{'uuid': 'nobody', 'unique': 'x', 'text': 'x'}|[!] UUID unrecognized",
        "messages|{'uuid': 'nobody'}|[!] Invalid body parameters"
      })
  void givenALiteralThatIsRefused_whenAClientNamesNothing_thenItGetsTheBareLiteral(
      String door, String body, String error) {
    int port = door.equals("codes") ? doors.codes() : doors.messages();

    assertThat(wire(port, body)).isEqualTo("{'success': False, 'error': '" + error + "'}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "User-Agent: python-requests/2.31.0",
        "Content-Type: text/plain",
        "Content-Type: application/x-www-form-urlencoded",
        "content-type: application/json"
      })
  void givenALiteralOfAClientThatNamesSomething_whenItAsks_thenItGetsHttpInItsDialect(
      String header) {
    Reply reply = http(doors.codes(), uuid(), header);

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.text().strip()).matches(CODE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void givenJsonOfAClientThatNamesNothing_whenItAsks_thenItGetsHttpAndJson(int door) {
    int port = door == 0 ? doors.codes() : doors.messages();

    Reply reply = http(port, "{\"uuid\": \"\"}");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
    assertThat(reply.json().path("success").asBoolean(true)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ping", "/api/v1/task-types"})
  void givenAClientThatNamesNothing_whenItAsksForSomethingElse_thenItGetsHttp(String path) {
    for (int port : new int[] {doors.main(), doors.codes(), doors.messages()}) {
      assertThat(Http.get(port, path).statusLine()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Nested
  class AlwaysHttpIT {

    private static OneProcess system;

    @BeforeAll
    static void start() {
      system = OneProcess.start(Shape.settings("gateway.python-wire", "http"));
    }

    @AfterAll
    static void stop() {
      if (system != null) {
        system.close();
      }
    }

    @Test
    void givenALiteralOfAClientThatNamesNothing_whenItAsksForACode_thenItGetsHttpInItsDialect() {
      Reply reply = http(system.doors().codes(), uuid());

      assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(reply.text().strip()).matches(CODE);
    }

    @Test
    void givenALiteralThatIsRefused_whenAClientNamesNothing_thenItGetsHttpInItsDialect() {
      Reply reply = http(system.doors().codes(), "{'uuid': ''}");

      assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
      assertThat(reply.text().strip())
          .isEqualTo("{'success': False, 'error': '[!] Invalid uuid sent'}");
    }
  }

  @Test
  void givenAWordThatIsNoWire_whenStarted_thenTheWordsAreTold() {
    try (SignalboxProcess process =
        OneProcess.launch(
            Scratch.directory("wire").resolve("data"),
            Shape.settings("gateway.python-wire", "telegraph"))) {
      assertThat(process.awaitExit()).isEqualTo(2);
      assertThat(process.output())
          .contains("gateway.python-wire")
          .contains("auto")
          .contains("http")
          .doesNotContain("\tat ");
    }
  }
}
