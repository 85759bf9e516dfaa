package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.signalbox.systemtests.Browser.Tab;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestCertificate;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The view of tasks in a browser: the form, one task, a list, and results to read. */
@LongTest
class TasksViewIT {

  private static final String VIEW = "/ui/tasks";
  private static final String CHOICE = "document.querySelector('.types input') !== null";
  private static final String FORM = "document.querySelector('.task-form .go .primary') !== null";
  private static final String RESULT = "document.querySelector('.result') !== null";
  private static final String HOSTILE = "<img src=x onerror=alert(1)>";

  private static OneProcess system;
  private static DashboardPages pages;
  private static FakeDnsServer dns;

  @BeforeAll
  static void start() {
    Browser browser = Browser.required();
    dns =
        FakeDnsServer.start()
            .record("host.test. 300 IN A 192.0.2.1")
            .record("host.test. 300 IN TXT \"" + HOSTILE + "\"")
            .record("other.test. 300 IN A 192.0.2.2");
    system = OneProcess.start(DashboardPages.settings("resolver.upstreams", dns.resolver()));
    pages = new DashboardPages(browser, system.doors().main());
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      pages.close();
      system.close();
    }
    if (dns != null) {
      dns.close();
    }
  }

  private static Tab open(String task, String params) {
    Tab tab = pages.open(link(task, params));
    tab.await(FORM);
    return tab;
  }

  private static String link(String task, String params) {
    return VIEW
        + "?task="
        + task
        + "&params="
        + URLEncoder.encode(params, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void run(Tab tab) {
    tab.evaluate("document.querySelector('.go .primary').click()");
  }

  private static void choose(Tab tab, String task) {
    tab.await("document.querySelector('.types input[value=" + task + "]') !== null");
    tab.evaluate("document.querySelector('.types input[value=" + task + "]').click()");
    tab.await("document.querySelector('.task-form h2').textContent === '" + task + "'");
  }

  private static void press(Tab tab, String button) {
    tab.evaluate(
        "[...document.querySelectorAll('button')].find(one => one.textContent.trim() === '"
            + button
            + "').click()");
  }

  /** Types into the field that a label names, as a person does. */
  private static void enter(Tab tab, String label, String value) {
    tab.evaluate(
        "(() => { const named = [...document.querySelectorAll('label')].find(one =>"
            + " one.textContent.trim().startsWith('"
            + label
            + "')); const field = document.getElementById(named.htmlFor); field.value = "
            + JsonNodeFactory.instance.textNode(value)
            + "; field.dispatchEvent(new Event('input', {bubbles: true})); })()");
  }

  private static String text(Tab tab, String selector) {
    return tab.evaluate("document.querySelector('" + selector + "').innerText").asText();
  }

  private static void list(Tab tab, String... lines) {
    press(tab, "A list");
    tab.await("document.getElementById('list') !== null");
    enter(tab, "Tasks, one per line", String.join("\n", lines));
  }

  /**
   * What the page did wrong. The browser may count a stream as aborted: one that the page cancels,
   * and now and then one whose last line the page has read already.
   */
  private static List<String> scriptErrors(Tab tab) {
    return tab.errors().stream().filter(error -> !error.contains("net::ERR_ABORTED")).toList();
  }

  private static String rows(String status) {
    return "[...document.querySelectorAll('.answers tbody tr')].filter(row =>"
        + " row.querySelector('.tag').textContent.trim() === '"
        + status
        + "').length";
  }

  @Test
  void givenTheForm_whenANameIsQueried_thenItsRecordsAreATableAndText() {
    try (Tab tab = pages.open(VIEW)) {
      choose(tab, "dns_query");
      enter(tab, "Domain", "host.test");
      enter(tab, "Record type", "TXT");
      run(tab);
      tab.await(RESULT);

      assertThat(text(tab, ".records .data")).contains(HOSTILE);
      assertThat(text(tab, ".query h3")).contains("host.test. TXT", "NOERROR", "RD");
      assertThat(text(tab, ".raw .tree")).contains("rcode", "NOERROR");
      assertThat(tab.evaluate("document.querySelectorAll('main img').length").asInt()).isZero();
      assertThat(tab.evaluate("document.activeElement.id").asText()).isEqualTo("result");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenALink_whenOpened_thenTheFormIsFilledAndNothingRuns() {
    String params = "{\"domain\":\"linked.test\",\"types\":[\"A\",\"MX\"]}";
    try (Tab tab = open("dns_query", params)) {
      tab.await("document.getElementById('json').value.includes('linked.test')");

      assertThat(tab.evaluate("document.querySelectorAll('.members input').length").asInt())
          .isEqualTo(2);
      assertThat(text(tab, ".command")).isEqualTo("./signalbox dns linked.test A MX");
      assertThat(dns.queries("linked.test")).isEmpty();
    }
  }

  @Test
  void givenALinkWithoutJson_whenOpened_thenThePageSaysSo() {
    try (Tab tab = open("dns_query", "{<b>")) {
      tab.await("document.querySelector('.task-form .said.bad') !== null");

      assertThat(text(tab, ".task-form .said.bad")).contains("not a JSON object");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAnEmptyForm_whenRun_thenTheFieldSaysWhatIsNeededAndHasTheFocus() {
    try (Tab tab = open("http_probe", "{}")) {
      run(tab);
      tab.await("document.querySelector('.task-form .wrong') !== null");

      assertThat(text(tab, ".task-form .wrong")).isEqualTo("URL is required");
      tab.await("document.activeElement.getAttribute('aria-invalid') === 'true'");
      assertThat(tab.evaluate(RESULT).asBoolean()).isFalse();
    }
  }

  @Test
  void givenTheJson_whenItIsEdited_thenTheFormFollowsAndWhatIsNoTaskCannotRun() {
    try (Tab tab = open("dns_query", "{}")) {
      edit(tab, "{\"task_name\":\"issue_code\",\"params\":{\"uuid\":\"abc\"}}");
      tab.await("document.querySelector('.task-form h2').textContent === 'issue_code'");
      assertThat(tab.evaluate("document.querySelector('.task-form .field input').value").asText())
          .isEqualTo("abc");

      edit(tab, "{\"task_name\":");
      tab.await("document.getElementById('json-said').textContent !== ''");
      assertThat(tab.evaluate("document.querySelector('.go .primary').disabled").asBoolean())
          .isTrue();
      assertThat(tab.evaluate("document.getElementById('json').value").asText())
          .as("what was typed stays")
          .isEqualTo("{\"task_name\":");
    }
  }

  private static void edit(Tab tab, String json) {
    tab.evaluate(
        "(() => { const field = document.getElementById('json'); field.value = "
            + JsonNodeFactory.instance.textNode(json)
            + "; field.dispatchEvent(new Event('input')); })()");
  }

  @Test
  void givenAProbeOverTls_whenItEnds_thenPhasesCertificateAndAssertionsAreShown() {
    TestCertificate certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    try (FakeHttpServer target =
            FakeHttpServer.startTls(certificate, HttpAnswer.of(200, HOSTILE, "X-Seen: yes"));
        Tab tab =
            open(
                "http_probe",
                """
                {"url":"%s","verify_tls":false,"assertions":[
                {"source":"status","comparison":"equals","target":200},
                {"source":"header","property":"x-seen","comparison":"equals","target":"no"}]}\
                """
                    .formatted(target.url("/")))) {
      run(tab);
      tab.await(RESULT);

      assertThat(text(tab, ".big-tag")).isEqualTo("200");
      assertThat(text(tab, ".phases")).contains("Connect", "TLS", "First byte", "Download");
      assertThat(text(tab, ".read")).contains("days left", "not verified", "1 of 2 failed");
      assertThat(text(tab, ".read")).contains("header x-seen equals no").contains("was yes");
      assertThat(tab.evaluate("document.querySelectorAll('.read h3 .tag.busy').length").asInt())
          .as("an end that is near is a warning")
          .isEqualTo(1);
      assertThat(text(tab, "pre.body")).isEqualTo(HOSTILE);
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenATargetThatIsNotThere_whenProbed_thenTheErrorAndItsPhaseAreShown() {
    String params = "{\"url\":\"http://127.0.0.1:%d/\"}".formatted(FreePorts.next());
    try (Tab tab = open("http_probe", params)) {
      run(tab);
      tab.await(RESULT);

      assertThat(text(tab, ".result .said.bad")).contains("CONNECT", "while: connect");
      assertThat(text(tab, ".result .headline")).contains("failed");
    }
  }

  @Test
  void givenAList_whenRun_thenResultsComeWhileOthersAreWaitedFor() {
    dns.script("slow.test", DnsBehaviour.drop());
    try (Tab tab = open("dns_query", "{\"timeout_ms\":7000}")) {
      list(
          tab,
          "host.test",
          "slow.test",
          "{\"task_name\":\"issue_code\",\"params\":{\"uuid\":\"u\"}}",
          "{broken");
      assertThat(text(tab, "#list-count")).contains("2 lines of domain, 1 task as written");
      assertThat(text(tab, ".task-form .wrong")).contains("Line 4 is not JSON");
      run(tab);

      tab.await(rows("finished") + " === 2 && " + rows("waiting") + " === 1");
      assertThat(text(tab, ".answers tbody tr")).contains("host.test", "192.0.2.1");
      press(tab, "Cancel");
      tab.await(rows("cancelled") + " === 1");

      tab.evaluate("document.querySelector('.answers .open').click()");
      tab.await("document.querySelector('dialog.whole[open] .records') !== null");
      tab.evaluate("document.querySelector('dialog.whole .close').click()");
      tab.await("document.activeElement.matches('.answers .open')");
      assertThat(scriptErrors(tab)).isEmpty();
    }
  }

  @Test
  void givenAListThatIsCutOff_whenTheConnectionIsBack_thenOnlyTheRestRunsAgain() {
    dns.script("later.test", DnsBehaviour.drop());
    try (Tab tab = open("dns_query", "{\"timeout_ms\":7000}")) {
      list(tab, "other.test", "later.test");
      run(tab);
      tab.await(rows("finished") + " === 1");
      int before = dns.queries("other.test").size();

      pages.cut();
      try {
        tab.await(rows("no result") + " === 1");
        assertThat(text(tab, ".many .said.bad")).contains("connection to the gateway broke");
        dns.script("later.test", DnsBehaviour.answer());
      } finally {
        pages.restore();
      }
      tab.await("document.getElementById('banner').hidden");
      press(tab, "Run the remaining 1");

      tab.await(rows("finished") + " === 2");
      assertThat(dns.queries("other.test")).hasSize(before);
    }
  }

  @Test
  void givenACutConnection_whenOneTaskIsRun_thenTheFormSaysSoAndKeepsWhatWasTyped() {
    try (Tab tab = open("dns_query", "{\"domain\":\"host.test\"}")) {
      pages.cut();
      try {
        run(tab);
        tab.await("document.querySelector('.task-form .said.bad') !== null");
        assertThat(text(tab, ".task-form .said.bad")).contains("No connection to the gateway");
      } finally {
        pages.restore();
      }
      tab.await("document.getElementById('banner').hidden");
      run(tab);

      tab.await(RESULT);
      assertThat(text(tab, ".records")).contains("192.0.2.1");
    }
  }

  @Test
  void givenATaskThatRan_whenThePageIsLoadedAgain_thenTheHistoryFillsInTheFormUntilCleared() {
    try (Tab tab = open("dns_query", "{\"domain\":\"host.test\"}")) {
      run(tab);
      tab.await(RESULT);
      choose(tab, "issue_code");
      tab.reload();
      tab.await("document.querySelector('.past li button') !== null");

      tab.evaluate("document.querySelector('.past li button').click()");
      tab.await("document.getElementById('json').value.includes('host.test')");
      assertThat(tab.evaluate(RESULT).asBoolean()).as("nothing ran by itself").isFalse();

      press(tab, "Clear history");
      tab.await("document.querySelector('dialog[open] .danger') !== null");
      tab.evaluate("document.querySelector('dialog .danger').click()");
      tab.await("document.querySelector('.past') === null");
      assertThat(tab.evaluate("localStorage.getItem('signalbox.tasks')").isNull()).isTrue();
    }
  }

  @Test
  void givenATaskWithSecrets_whenItRan_thenTheHistoryAndTheLinkHaveNoneAndItAsksForThem() {
    try (FakeHttpServer target = FakeHttpServer.start(HttpAnswer.of(200, "ok"));
        Tab tab =
            open(
                "http_probe",
                """
                {"url":"%s","headers":{"Authorization":"Bearer hush","cookie":"id=hush",\
                "Accept":"text/html"},"method":"POST","body":"user=ann&password=hush"}\
                """
                    .formatted(target.url("/?access_token=hush&page=2")))) {
      run(tab);
      tab.await(RESULT);
      tab.evaluate(
          "navigator.clipboard.writeText = text => { window.copied = text;"
              + " return Promise.resolve(); }");
      press(tab, "Copy link");
      tab.await("window.copied !== undefined");
      String kept = tab.evaluate("localStorage.getItem('signalbox.tasks')").asText();
      assertThat(kept)
          .contains("Authorization", "text/html", "access_token=•••", "page=2", "user=ann")
          .doesNotContain("hush");
      assertThat(tab.evaluate("decodeURIComponent(window.copied)").asText())
          .contains("access_token=•••")
          .doesNotContain("hush");

      tab.evaluate("document.querySelector('.past li button').click()");
      tab.await("document.querySelector('.task-form .said.bad')?.textContent.includes('again')");
      tab.evaluate(
          "window.sent = 0; const real = fetch; window.fetch = (path, init) => {"
              + " if (path === '/api/v1/tasks') window.sent++; return real(path, init); }; true");
      run(tab);
      assertThat(tab.evaluate("window.sent").asInt()).as("a mask is sent to nobody").isZero();

      edit(
          tab,
          "{\"task_name\":\"http_probe\",\"params\":{\"url\":\"%s\"}}"
              .formatted(target.url("/again")));
      run(tab);
      tab.await("document.querySelector('.status-line')?.textContent.includes('/again')");
      assertThat(tab.evaluate("document.querySelector('.task-form .said.bad')").isNull()).isTrue();
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenPlainHttp_whenATaskIsCopied_thenItIsCopiedFromAField() {
    try (Tab tab = open("dns_query", "{\"domain\":\"host.test\"}")) {
      tab.evaluate(
          "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
              + " document.execCommand = (command) => {"
              + " window.copied = command + ' ' + document.activeElement.value; return true; };");

      press(tab, "Copy as NDJSON");

      tab.await("window.copied !== undefined");
      assertThat(tab.evaluate("window.copied").asText())
          .isEqualTo("copy {\"task_name\":\"dns_query\",\"params\":{\"domain\":\"host.test\"}}");
      tab.await("document.activeElement.textContent === 'Copied'");
      assertThat(tab.evaluate("document.querySelectorAll('textarea.unseen').length").asInt())
          .isZero();
    }
  }

  /** A service that announces a task nobody has heard of; its schema has all that a form can do. */
  @Test
  void givenAnOpenPage_whenAServiceOffersANewTask_thenItsFormIsMadeFromItsSchema() {
    try (Tab tab = pages.open(VIEW)) {
      tab.await(CHOICE);
      tab.evaluate(
          """
          (() => {
            const real = window.fetch;
            window.fetch = async (path, init) => {
              const response = await real(path, init);
              if (!String(path).endsWith('/task-types')) return response;
              const all = await response.json();
              all.items.push({name: 'weigh', aliases: [], description: 'Weighs <b>things</b>', params_schema: {
                type: 'object', required: ['what'], properties: {
                  what: {type: 'string', minLength: 1},
                  unit: {type: 'string', enum: ['g', 'kg'], default: 'kg'},
                  times: {type: 'integer', minimum: 1, maximum: 9, default: 1},
                  exact: {type: 'boolean', default: false},
                  box: {type: 'object', properties: {wide: {type: 'number'}, high: {$ref: '#/$defs/size'}}},
                  tags: {type: 'object', additionalProperties: {type: 'string'}},
                  by: {oneOf: [{type: 'string'}, {type: 'array', items: {type: 'integer'}}]},
                  odd: {}},
                $defs: {size: {type: 'number', minimum: 0}}}});
              return new Response(JSON.stringify(all), {status: 200});
            };
          })()\
          """);

      choose(tab, "weigh");
      enter(tab, "What", "x");
      enter(tab, "Times", "12");
      tab.evaluate("document.querySelector('.more').open = true");
      enter(tab, "High", "2.5");
      enter(tab, "Odd", "[1, {\"a\": null}]");
      press(tab, "Add one");

      tab.await("document.querySelector('[aria-label=\"Name 1\"]') !== null");
      assertThat(tab.evaluate("JSON.parse(document.getElementById('json').value).params"))
          .isEqualTo(
              tab.evaluate(
                  "({what: 'x', times: 12, box: {high: 2.5}, odd: [1, {a: null}], tags: {}})"));
      run(tab);
      tab.await("document.querySelector('.task-form .wrong') !== null");
      assertThat(text(tab, ".task-form .wrong")).isEqualTo("Times must be between 1 and 9");
      assertThat(tab.evaluate("document.querySelectorAll('.types b').length").asInt()).isZero();
      assertThat(tab.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 1280, 2560})
  void givenAScreen_whenAResultIsShown_thenNobodyIsKeptOutAndNothingScrollsSideways(int width) {
    try (FakeHttpServer target =
            FakeHttpServer.start(
                HttpAnswer.of(200, "x".repeat(5_000), "X-Long: " + "y".repeat(900)));
        Tab tab =
            pages.open(
                link(
                    "http_probe",
                    """
                    {"url":"%s","headers":{"Accept":["a","b"]},"assertions":[
                    {"source":"status","comparison":"equals","target":404}]}\
                    """
                        .formatted(target.url("/" + "long".repeat(60)))),
                width)) {
      tab.await(FORM);
      run(tab);
      tab.await("document.querySelector('.big-tag') !== null");
      tab.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)");

      DashboardPages.examineInBothSchemes(tab, "tasks-" + width);
    }
  }

  @ParameterizedTest
  @CsvSource({"light, 360", "dark, 1280"})
  void givenAScreen_whenAListHasRun_thenNobodyIsKeptOutAndNothingScrollsSideways(
      String scheme, int width) {
    try (Tab tab = pages.open(link("dns_query", "{}"), width)) {
      tab.await(FORM);
      list(tab, "host.test", "z".repeat(300) + ".test", "\u202e" + HOSTILE);
      run(tab);
      tab.await("document.querySelector('.many [role=status]')?.textContent.startsWith('Done')");
      tab.set(Browser.Call.scheme(scheme));

      tab.screenshot("tasks-list-" + scheme + "-" + width);
      assertThat(DashboardPages.violations(tab)).isEmpty();
      assertThat(tab.evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean())
          .as("no scrolling sideways")
          .isTrue();
      assertThat(scriptErrors(tab)).isEmpty();
    }
  }
}
