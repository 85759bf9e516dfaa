package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.signalbox.systemtests.Browser.Tab;
import dev.signalbox.testsupport.LongTest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The view of servers on demand in a browser. */
@LongTest
class ServersViewIT {

  private static final String VIEW = "/ui/servers";
  private static final String API = "/api/v1/servers";
  private static final String JSON = "routes-json";
  private static final String EDITOR = "document.getElementById('routes-json') !== null";
  private static final String TEXT = "document.getElementById('main').textContent";

  private record Asked(String method, String target, String body) {}

  private static final List<Asked> ASKED =
      List.of(
          new Asked("GET", "/a", ""),
          new Asked("HEAD", "/a", ""),
          new Asked("POST", "/a", ""),
          new Asked("PUT", "/a", "{\"items\":[{\"id\":7}]}"),
          new Asked("PUT", "/a", "{\"items\":[{\"id\":\"8\"}]}"),
          new Asked("PUT", "/a", "no JSON"),
          new Asked("GET", "/files/deep/x", ""),
          new Asked("GET", "/files/x", ""),
          new Asked("GET", "/o/1/x-2.json", ""),
          new Asked("GET", "/o/1/x-.json", ""),
          new Asked("GET", "/r/", ""),
          new Asked("GET", "/r", ""),
          new Asked("GET", "/r/a/b", ""),
          new Asked("GET", "/v12/b", ""),
          new Asked("GET", "/v12/c", ""),
          new Asked("GET", "/q?a=%31&b=y", ""),
          new Asked("GET", "/q?a=1&b=z", ""),
          new Asked("GET", "/%c3%a9%20b%2Fc", ""),
          new Asked("GET", "/%61", ""),
          new Asked("GET", "/nowhere", ""));

  private static OneProcess system;
  private static DashboardPages pages;

  @BeforeAll
  static void start() {
    Browser browser = Browser.required();
    system = OneProcess.start(DashboardPages.settings());
    pages = new DashboardPages(browser, system.doors().main());
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      pages.close();
      system.close();
    }
  }

  @AfterEach
  void stopServers() {
    for (JsonNode server : get(API).path("items")) {
      send("DELETE", API + "/" + server.path("server_id").asText(), "");
    }
  }

  private static JsonNode get(String path) {
    return Http.get(system.doors().main(), path).json();
  }

  private static Reply send(String method, String path, String body) {
    return Http.send(system.doors().main(), method, path, body, "Content-Type: application/json");
  }

  /** Makes a server as another client does. */
  private static JsonNode make(String name, String routes) {
    JsonNode made =
        Http.post(
                system.doors().main(),
                API,
                "{\"name\":\"%s\",\"routes\":%s}".formatted(name, routes))
            .json();
    assertThat(made.path("server_id").asText()).as("%s", made).isNotEmpty();
    return made;
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  private static void enter(Tab tab, String field, String value) {
    tab.evaluate(
        "(() => { const field = document.getElementById('%s'); field.value = %s; field.dispatchEvent(new Event('input', { bubbles: true })); })()"
            .formatted(field, quoted(value)));
  }

  private static String button(String label) {
    return "[...document.querySelectorAll('button, a.button')].find(one => (one.getAttribute('aria-label') ?? one.textContent).trim() === %s)"
        .formatted(quoted(label));
  }

  private static void press(Tab tab, String label) {
    tab.await(button(label) + " !== undefined");
    tab.evaluate(button(label) + ".click()");
  }

  private static String says(String text) {
    return TEXT + ".includes(" + quoted(text) + ")";
  }

  private static String fieldAfter(String label) {
    return "document.getElementById([...document.querySelectorAll('label')].find(one => one.textContent.trim().startsWith(%s)).htmlFor)"
        .formatted(quoted(label));
  }

  @Test
  void givenTheFormOfARoute_whenAServerIsMade_thenItAnswersSoAndItsPageIsShown() {
    try (Tab tab = pages.open(VIEW + "?new=routes")) {
      tab.await(EDITOR);
      enter(tab, "server-name", "from-form");
      tab.evaluate(
          "(() => { const field = "
              + fieldAfter("Form, such as")
              + "; field.value = '/greet/{who}';"
              + " field.dispatchEvent(new Event('input')); })()");
      tab.await("document.getElementById('routes-json').value.includes('/greet/{who}')");
      enter(tab, "try-target", "/greet/Ada?x=1");
      tab.await("document.querySelector('.outcome .lamp.done') !== null");

      press(tab, "Create the server");

      tab.await("location.search.startsWith('?id=') && " + says("Journal"));
      assertThat(Http.get(system.doors().main(), "/servers/from-form/greet/Ada").status())
          .isEqualTo(200);
      tab.await("document.querySelectorAll('.request').length === 1");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenWrongRoutes_whenAServerIsMade_thenTheRouteSaysWhatIsWrongAndNothingIsLost() {
    try (Tab tab = pages.open(VIEW + "?new=routes")) {
      tab.await(EDITOR);
      enter(tab, JSON, "[{\"match\":{\"path_regex\":\"((\"},\"response\":{}}]");
      press(tab, "Create the server");

      tab.await("document.querySelector('.route.bad .wrong') !== null");
      assertThat(tab.evaluate("document.querySelector('.route.bad .wrong').textContent").asText())
          .contains("/match/path_regex", "regular expression");
      assertThat(tab.evaluate("document.getElementById('routes-json').value").asText())
          .contains("((");
      assertThat(get(API).path("items")).isEmpty();
    }
  }

  @Test
  void givenTextThatIsNoJson_whenTyped_thenTheRoutesStayAndTheButtonIsOff() {
    try (Tab tab = pages.open(VIEW + "?new=routes")) {
      tab.await(EDITOR);
      enter(tab, JSON, "[{");

      tab.await("document.getElementById('routes-json-problem').textContent !== ''");
      assertThat(tab.evaluate("document.querySelectorAll('.route').length").asInt()).isEqualTo(1);
      assertThat(tab.evaluate(button("Create the server") + ".disabled").asBoolean()).isTrue();
    }
  }

  @Test
  void givenRoutes_whenRequestsAreTriedInTheBrowser_thenItTellsWhatTheServerDoes() {
    String routes =
        """
        [{"match":{"method":"GET","path":"/a"},"response":{}},
         {"match":{"method":["PUT"],"path":"/a","body":{"json_path":{"$.items[0].id":"7"}}},
          "response":{}},
         {"match":{"path_prefix":"/files/"},"response":{}},
         {"match":{"path_prefix":"/files/deep/"},"response":{}},
         {"match":{"path_pattern":"/o/{id}/x-{n}.json"},"response":{}},
         {"match":{"path_pattern":"/r/{rest*}"},"response":{}},
         {"match":{"path_regex":"/v[0-9]+/(a|b)"},"response":{}},
         {"match":{"path":"/q","query":{"a":"1","b":{"not":{"contains":"Z","ignore_case":true}}}},
          "response":{}},
         {"match":{"path":"/%C3%A9%20b%2fc"},"response":{},"priority":1}]\
        """;
    String id = make("told", routes).path("server_id").asText();
    try (Tab tab = pages.open(VIEW)) {
      long number = 0;
      for (Asked asked : ASKED) {
        send(asked.method(), "/servers/told" + asked.target(), asked.body());
        JsonNode real = get(API + "/" + id + "/requests?after=" + number++).path("items").path(0);
        JsonNode told =
            tab.evaluate(
                """
                (async () => {
                  const app = document.querySelector('script[type="module"]').src;
                  const { answer, request } = await import(app.replace('app.js', 'routes-match.js'));
                  return answer(%s, request({ method: %s, target: %s, headers: '', body: %s }));
                })()\
                """
                    .formatted(
                        routes,
                        quoted(asked.method()),
                        quoted(asked.target()),
                        quoted(asked.body())));

        assertThat(told.path("maybe")).as("%s", asked).isEmpty();
        if (real.path("route").isNull()) {
          assertThat(told.path("match").asInt()).as("%s", asked).isEqualTo(-1);
          assertThat(told.path("nearest").path("number").asText())
              .as("%s", asked)
              .isEqualTo(real.path("nearest").path("route").asText());
          assertThat(told.path("nearest").path("reasons"))
              .as("%s", asked)
              .isEqualTo(real.path("nearest").path("reasons"));
        } else {
          assertThat(told.path("match").asText())
              .as("%s", asked)
              .isEqualTo(real.path("route").asText());
        }
      }
    }
  }

  @Test
  void givenTwoRoutes_whenOneIsMoved_thenTheJsonFollowsAndTheFocusStaysWithIt() {
    try (Tab tab = pages.open(VIEW + "?new=routes")) {
      tab.await(EDITOR);
      enter(
          tab,
          JSON,
          "[{\"match\":{\"path\":\"/one\"},\"response\":{}},"
              + "{\"match\":{\"path\":\"/two\"},\"response\":{}}]");
      press(tab, "Move route 1 up");

      tab.await(
          "JSON.parse(document.getElementById('routes-json').value)[0].match.path === '/two'");
      tab.await("document.activeElement.getAttribute('aria-label') === 'Move route 0 down'");
    }
  }

  @Test
  void givenConditionsThatOnlyTheServerCanTell_whenTried_thenThePreviewSaysSo() {
    try (Tab tab = pages.open(VIEW + "?new=routes")) {
      tab.await(EDITOR);
      enter(
          tab,
          JSON,
          "[{\"match\":{\"path\":\"/s\",\"body\":{\"json_schema\":{}}},\"response\":{}},"
              + "{\"match\":{\"path_regex\":\"/(a+)+\"},\"response\":{}}]");
      enter(tab, "try-target", "/s");
      enter(tab, "try-body", "{}");

      tab.await(says("Only the server can decide: body fits the JSON Schema"));
      enter(tab, "try-target", "/" + "a".repeat(60) + "b");
      tab.await(says("Only the server can decide: path is"));
    }
  }

  @Test
  void givenAnOpenList_whenServersComeAndGo_thenTheListShowsIt() {
    try (Tab tab = pages.open(VIEW)) {
      tab.await(says("No servers"));

      String id = make("newcomer", "[]").path("server_id").asText();
      tab.await(says("newcomer"));
      send("DELETE", API + "/" + id, "");

      tab.await(says("No servers"));
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAServer_whenStopIsPressed_thenItAsksFirst() {
    make("to-stop", "[]");
    try (Tab tab = pages.open(VIEW)) {
      press(tab, "Stop to-stop");
      tab.await("document.querySelector('dialog[open]') !== null");
      press(tab, "Cancel");
      tab.await("document.querySelector('dialog') === null");
      assertThat(get(API).path("items")).hasSize(1);

      press(tab, "Stop to-stop");
      press(tab, "Stop the server");

      tab.await(says("No servers"));
      assertThat(get(API).path("items")).isEmpty();
    }
  }

  @Test
  void givenAHostileRequest_whenItIsOpened_thenItIsTextWithItsNearMissAndItsCommand() {
    String id =
        make("asked", "[{\"match\":{\"path\":\"/here\"},\"response\":{}}]")
            .path("server_id")
            .asText();
    try (Tab tab = pages.open(VIEW + "?id=" + id)) {
      tab.await(says("No requests yet"));

      send("POST", "/servers/asked/there", "<img src=x onerror=alert(1)>\u202e it's \u0007");

      tab.await("document.querySelectorAll('.request').length === 1");
      tab.evaluate("document.querySelector('.request .what').click()");
      tab.await("document.querySelector('.request .inside') !== null");
      assertThat(tab.evaluate("document.querySelector('.request .inside').textContent").asText())
          .contains("<img src=x onerror=alert(1)>\\u202e it's \u2407", "path is /there, not /here");
      assertThat(tab.evaluate("document.querySelectorAll('.request img').length").asInt()).isZero();
      String curl =
          tab.evaluate(
                  "import(document.querySelector('script[type=\"module\"]').src.replace('app.js', 'server-journal.js')).then(({ curlOf }) => curlOf({ method: 'POST', target: \"/a'b\", headers: [{ name: 'X-A', value: \"$(id)'\" }], body: \"it's\" }, { url: 'http://127.0.0.1:1/', tls: false }))")
              .asText();
      assertThat(curl)
          .isEqualTo(
              "curl -g --path-as-is -X 'POST' 'http://127.0.0.1:1/a'\\''b' -H 'X-A: $(id)'\\'''"
                  + " -H 'Content-Type:' --data-raw 'it'\\''s'");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAJournal_whenOnlyTheUnmatchedAreWantedAndThenItIsCleared_thenTheRestIsGone() {
    String id =
        make("filtered", "[{\"match\":{\"path\":\"/yes\"},\"response\":{}}]")
            .path("server_id")
            .asText();
    send("GET", "/servers/filtered/yes", "");
    send("GET", "/servers/filtered/no", "");
    try (Tab tab = pages.open(VIEW + "?id=" + id)) {
      tab.await("document.querySelectorAll('.request').length === 2");

      tab.evaluate("document.getElementById('unmatched').click()");
      tab.await("document.querySelectorAll('.request').length === 1");
      assertThat(tab.evaluate("document.querySelector('.request .path').textContent").asText())
          .isEqualTo("/no");
      press(tab, "Clear");
      press(tab, "Clear the journal");

      tab.await("document.querySelectorAll('.request').length === 0");
      assertThat(get(API + "/" + id + "/requests").path("items")).isEmpty();
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenACutConnection_whenItIsBack_thenRequestsOfMeanwhileAreShownOnce() {
    String id = make("cut", "[{\"match\":{},\"response\":{}}]").path("server_id").asText();
    send("GET", "/servers/cut/before", "");
    try (Tab tab = pages.open(VIEW + "?id=" + id)) {
      tab.await("document.querySelectorAll('.request').length === 1");

      pages.cut();
      try {
        tab.await("!document.getElementById('banner').hidden");
        send("GET", "/servers/cut/meanwhile", "");
      } finally {
        pages.restore();
      }

      tab.await("document.querySelectorAll('.request').length === 2");
      tab.await("document.getElementById('banner').hidden");
      assertThat(
              tab.evaluate(
                      "[...document.querySelectorAll('.request .path')].map(one => one.textContent).join()")
                  .asText())
          .isEqualTo("/meanwhile,/before");
    }
  }

  @Test
  void givenTwoReadersOfAJournal_whenTheyReadAtOnce_thenNoRequestIsThereTwice() {
    JsonNode server = make("twice", "[{\"match\":{\"path\":\"/\"},\"response\":{\"status\":200}}]");
    int port = server.path("port").asInt();
    Http.get(port, "/one");
    Http.get(port, "/two");
    try (Tab tab = pages.open(VIEW)) {
      String numbers =
          tab.evaluate(
                  """
                  (async () => {
                    const script = document.querySelector('script[type=module]').src;
                    const { Journal } = await import(new URL('server-journal.js', script));
                    const journal = new Journal('%s/%s', new AbortController().signal);
                    await Promise.all([journal.read(), journal.read(), journal.read()]);
                    return journal.entries.map((one) => one.target).join();
                  })()\
                  """
                      .formatted(API, server.path("server_id").asText()))
              .asText();

      assertThat(numbers).isEqualTo("/one,/two");
    }
  }

  @Test
  void givenANewConnectionOfTheFeed_whenItIsThere_thenTheViewReadsItsStateAnew() {
    JsonNode server = make("anew", "[]");
    String id = server.path("server_id").asText();
    try (Tab tab = pages.open(VIEW + "?id=" + id)) {
      tab.await(says("No requests yet"));
      tab.evaluate(
          "(() => { const real = window.fetch; window.read = 0;"
              + " window.fetch = (path, init) => { if (path === '%s/%s') window.read++;"
                  .formatted(API, id)
              + " return real(path, init); }; window.dispatchEvent(new Event('signalbox:token'));"
              + " })()");

      tab.await("window.read > 0");
    }
  }

  @Test
  void givenRoutesOfAnotherShape_whenTyped_thenTheFormStaysAndSaysSo() {
    try (Tab tab = pages.open(VIEW + "?new=routes")) {
      tab.await(EDITOR);

      enter(tab, JSON, "[{\"match\":\"/\"}]");
      tab.await(says("match and responses of route 0 must be objects"));
      enter(tab, JSON, "[{\"match\":{\"path\":\"/\"},\"response\":{\"fault\":5,\"body\":6}}]");
      tab.await("!" + says("Not used:"));

      assertThat(tab.evaluate("document.querySelectorAll('.routes .route').length").asInt())
          .isEqualTo(1);
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenRoutesThatSomebodyElseChanged_whenMineAreSaved_thenTheConflictIsShownFirst() {
    String id =
        make("shared", "[{\"match\":{\"path\":\"/old\"},\"response\":{}}]")
            .path("server_id")
            .asText();
    try (Tab tab = pages.open(VIEW + "?id=" + id + "&edit")) {
      tab.await("document.getElementById('routes-json')?.value.includes('/old')");
      send(
          "PUT",
          API + "/" + id + "/routes",
          "[{\"match\":{\"path\":\"/theirs\"},\"response\":{}}]");
      enter(tab, JSON, "[{\"match\":{\"path\":\"/mine\"},\"response\":{}}]");

      press(tab, "Save the routes");

      tab.await(says("Somebody else changed the routes"));
      assertThat(get(API + "/" + id).path("definition").toString()).contains("/theirs");
      press(tab, "Use mine, discard theirs");
      tab.await("!location.search.includes('edit') && " + says("/mine"));
      assertThat(get(API + "/" + id).path("definition").toString()).contains("/mine");
    }
  }

  @Test
  void givenWireMockMappings_whenImported_thenWhatWasNotTakenOverIsSaid() {
    try (Tab tab = pages.open(VIEW + "?new=import")) {
      tab.await("document.getElementById('import-text') !== null");
      enter(
          tab,
          "import-text",
          """
          {"mappings":[{"request":{"method":"GET","urlPath":"/wm"},"response":{"status":202}},
          {"request":{"method":"GET","urlPath":"/odd"},"response":{"status":200,"transformers":["mine"]}}]}\
          """);
      tab.await(says("WireMock stub mappings"));
      press(tab, "Create the server");

      tab.await(says("Not imported"));
      String id = get(API).path("items").path(0).path("server_id").asText();
      assertThat(Http.get(system.doors().main(), "/servers/" + id + "/wm").status()).isEqualTo(202);
    }
  }

  @Test
  void givenARecordingOfABrowser_whenImported_thenItsRoutesCanBeLookedThrough() {
    try (Tab tab = pages.open(VIEW + "?new=import")) {
      tab.await("document.getElementById('import-text') !== null");
      enter(
          tab,
          "import-text",
          """
          {"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/x?y=1"},
          "response":{"status":200,"headers":[{"name":"Content-Length","value":"2"}],
          "content":{"mimeType":"text/plain","text":"ok"}}},
          {"request":{"method":"GET","url":"data:,x"},"response":{"status":200}}]}}\
          """);
      press(tab, "Review the routes");

      tab.await(EDITOR + " && " + says("skipped, data: is not HTTP"));
      press(tab, "Create the server");
      tab.await("location.search.startsWith('?id=')");
      String id = get(API).path("items").path(0).path("server_id").asText();
      Reply reply = Http.get(system.doors().main(), "/servers/" + id + "/x?y=1");
      assertThat(reply.status()).isEqualTo(200);
    }
  }

  @Test
  void givenTextThatIsNothingKnown_whenImported_thenThePanelSaysSo() {
    try (Tab tab = pages.open(VIEW + "?new=import")) {
      tab.await("document.getElementById('import-text') !== null");
      enter(tab, "import-text", "{\"swagger\":\"2.0\"}");

      tab.await(says("Swagger 2 is not supported"));
      assertThat(tab.evaluate(button("Create the server") + ".disabled").asBoolean()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 1280, 2560})
  void givenAScreen_whenOpened_thenNobodyIsKeptOutAndNothingScrollsSideways(int width) {
    String routes =
        """
        [{"match":{"method":"GET","path":"/orders","headers":{"accept":{"contains":"json"}}},"response":{"json":{"id":1}}},
         {"match":{"path_prefix":"/a-path-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on"},
          "responses":[{"status":503},{"status":200,"delay":{"uniform":[1,2]}}]}]\
        """;
    String id = make("shop", routes).path("server_id").asText();
    send("GET", "/servers/shop/orders/" + "long".repeat(60), "");
    try (Tab tab = pages.open(VIEW, width)) {
      tab.await(says("shop"));
      DashboardPages.examineInBothSchemes(tab, "servers-" + width);
    }
    try (Tab tab = pages.open(VIEW + "?id=" + id, width)) {
      tab.await("document.querySelectorAll('.request').length === 1");
      tab.evaluate("document.querySelector('.request .what').click()");
      tab.await("document.querySelector('.request .inside') !== null");
      DashboardPages.examineInBothSchemes(tab, "server-" + width);
    }
    try (Tab tab = pages.open(VIEW + "?id=" + id + "&edit", width)) {
      tab.await("document.querySelectorAll('.route .what').length === 2");
      tab.evaluate("document.querySelectorAll('.route .what')[1].click()");
      tab.await("document.querySelector('.route .inside') !== null");
      DashboardPages.examineInBothSchemes(tab, "server-routes-" + width);
    }
    try (Tab tab = pages.open(VIEW + "?new=import", width)) {
      tab.await("document.getElementById('import-text') !== null");
      DashboardPages.examineInBothSchemes(tab, "server-import-" + width);
    }
  }
}
