package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.signalbox.systemtests.Browser.Tab;
import dev.signalbox.testsupport.LongTest;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The view of codes and messages in a browser. */
@LongTest
class MessagesViewIT {

  private static final String VIEW = "/ui/messages";
  private static final String FORM = "document.getElementById('uuid') !== null";
  private static final String UUID = "6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11";

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

  private static JsonNode post(String path, Map<String, String> fields) {
    var body = JsonNodeFactory.instance.objectNode();
    fields.forEach(body::put);
    return Http.post(system.doors().main(), path, body.toString()).json();
  }

  /** Stores a message as another client does. */
  private static void store(String text) {
    String code = post("/api/v1/codes", Map.of("uuid", UUID)).path("unique").asText();
    post("/api/v1/messages", Map.of("uuid", UUID, "unique", code, "text", text));
  }

  private static void enter(Tab tab, String field, String value) {
    tab.evaluate(
        "(() => { const field = document.getElementById('"
            + field
            + "'); field.value = "
            + JsonNodeFactory.instance.textNode(value)
            + "; field.dispatchEvent(new Event('input')); })()");
  }

  private static void press(Tab tab, String button) {
    tab.evaluate(
        "[...document.querySelectorAll('button')].find(one => one.textContent.trim() === '"
            + button
            + "').click()");
  }

  private static String shown(String text) {
    return "[...document.querySelectorAll('.messages p')].filter(one => one.textContent === "
        + JsonNodeFactory.instance.textNode(text)
        + ").length";
  }

  @Test
  void givenAUuid_whenItsCodeIsAskedForAndAMessageSent_thenTheLogShowsItAsText() {
    String hostile = "<img src=x onerror=alert(1)> \u202e\"'";
    try (Tab tab = pages.open(VIEW)) {
      tab.await(FORM);
      press(tab, "Random");
      press(tab, "Get the code");
      tab.await("document.getElementById('unique').value.length > 20");
      enter(tab, "text", hostile);
      press(tab, "Send");

      tab.await(shown(hostile) + " === 1");
      assertThat(tab.evaluate("document.getElementById('text').value").asText()).isEmpty();
      assertThat(tab.evaluate("document.querySelectorAll('.messages img').length").asInt())
          .isZero();
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAWrongCode_whenAMessageIsSent_thenTheFormSaysSoAndKeepsTheText() {
    store("before");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(FORM);
      enter(tab, "uuid", UUID);
      enter(tab, "unique", "wrong");
      enter(tab, "text", "kept");
      press(tab, "Send");

      tab.await("document.querySelector('.said.bad') !== null");
      assertThat(tab.evaluate("document.querySelector('.said.bad').textContent").asText())
          .contains("not the one issued");
      assertThat(tab.evaluate("document.getElementById('text').value").asText()).isEqualTo("kept");
      assertThat(tab.evaluate("document.getElementById('banner').hidden").asBoolean())
          .as("no token is asked for")
          .isTrue();
    }
  }

  @Test
  void givenAnOpenPage_whenAnotherClientSends_thenItsMessageAppears() {
    try (Tab tab = pages.open(VIEW)) {
      tab.await(FORM);

      store("from elsewhere");

      tab.await(shown("from elsewhere") + " === 1");
    }
  }

  @Test
  void givenACutConnection_whenItIsBack_thenWhatWasStoredMeanwhileIsShownOnce() {
    store("seen before");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(shown("seen before") + " >= 1");

      pages.cut();
      try {
        tab.await("!document.getElementById('banner').hidden");
        store("stored meanwhile");
      } finally {
        pages.restore();
      }

      tab.await(shown("stored meanwhile") + " === 1");
      tab.await("document.getElementById('banner').hidden");
      assertThat(tab.evaluate(shown("seen before")).asInt()).isEqualTo(1);
    }
  }

  @Test
  void givenMessages_whenTheChainIsChecked_thenItIsDrawnAndSaidToBeIntact() {
    store("one");
    store("two");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(FORM);

      press(tab, "Check the chain");

      tab.await("document.querySelectorAll('.chain .block').length >= 2");
      assertThat(tab.evaluate("document.querySelectorAll('.verdict.done').length").asInt())
          .isGreaterThanOrEqualTo(2);
      assertThat(tab.evaluate("document.querySelectorAll('.bad').length").asInt()).isZero();
      press(tab, "Check the chain");
      tab.await("document.body.textContent.includes('that this browser saw on')");
    }
  }

  @Test
  void givenMessages_whenSearchedFor_thenThoseThatMatchAreShown() {
    store("a pin in the log");
    store("hay");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(shown("hay") + " >= 1");

      tab.evaluate(
          "(() => { const form = document.querySelector('.find');"
              + " form.elements.contains.value = 'pin in'; form.requestSubmit(); })()");

      tab.await("document.querySelectorAll('.messages li').length === 1");
      assertThat(tab.evaluate(shown("a pin in the log")).asInt()).isEqualTo(1);
    }
  }

  @Test
  void givenALostResponse_whenTheMessageIsSentAgain_thenItIsStoredOnce() {
    try (Tab tab = pages.open(VIEW)) {
      tab.await(FORM);
      press(tab, "Random");
      press(tab, "Get the code");
      tab.await("document.getElementById('unique').value.length > 20");
      tab.evaluate(
          """
          (() => {
            const real = window.fetch;
            window.fetch = async (path, init) => {
              const response = await real(path, init);
              if (init.method !== 'POST') return response;
              window.fetch = real;
              throw new TypeError('lost');
            };
          })()\
          """);
      enter(tab, "text", "only once");
      press(tab, "Send");
      tab.await("document.querySelector('.said.bad') !== null");

      press(tab, "Send");

      tab.await("document.getElementById('toasts').textContent.includes('is stored')");
      enter(tab, "text", "and another");
      press(tab, "Send");
      tab.await(shown("and another") + " === 1");
      assertThat(tab.evaluate(shown("only once")).asInt()).isEqualTo(1);
    }
  }

  @Test
  void givenWhatWasTyped_whenTheReaderSkipsToTheContent_thenItStays() {
    try (Tab tab = pages.open(VIEW)) {
      tab.await(FORM);
      enter(tab, "text", "half a messa");

      tab.evaluate("document.querySelector('.skip').click()");

      assertThat(tab.evaluate("document.activeElement.id").asText()).isEqualTo("main");
      assertThat(tab.evaluate("document.getElementById('text').value").asText())
          .isEqualTo("half a messa");
      assertThat(tab.evaluate("location.hash").asText()).isEmpty();
    }
  }

  @Test
  void givenALogThatIsShorterThanOnceSeen_whenTheChainIsChecked_thenItIsSaidToBeCut() {
    store("still here");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(shown("still here") + " >= 1");
      tab.evaluate(
          "window.seen = JSON.stringify({size: 1e6, head_hash: 'ab'.repeat(32), at: new Date()});"
              + " localStorage.setItem('signalbox.messages.seen', window.seen)");

      press(tab, "Check the chain");

      tab.await("document.body.textContent.includes('the log was cut or rewritten')");
      assertThat(
              tab.evaluate("localStorage.getItem('signalbox.messages.seen') === window.seen")
                  .asBoolean())
          .as("what was seen before stays the measure")
          .isTrue();
    }
  }

  @Test
  void givenAResponseThatIsLate_whenSomethingElseIsSearchedFor_thenItIsNotShown() {
    store("a needle in the log");
    store("hay");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(shown("hay") + " >= 1");
      tab.evaluate(
          """
          (() => {
            const real = window.fetch;
            window.fetch = async (path, init) => {
              const response = await real(path, init);
              if (!String(path).includes('contains=needle')) return response;
              const body = await response.json();
              await new Promise((resolve) => { window.release = resolve; });
              response.json = async () => {
                setTimeout(() => { window.taken = true; });
                return body;
              };
              return response;
            };
          })()\
          """);
      search(tab, "needle");
      tab.await("window.release !== undefined");
      search(tab, "hay");
      tab.await(shown("hay") + " >= 1");

      tab.evaluate("window.release()");

      tab.await("window.taken === true");
      assertThat(tab.evaluate(shown("a needle in the log")).asInt()).isZero();
      assertThat(tab.evaluate(shown("hay")).asInt()).isPositive();
    }
  }

  private static void search(Tab tab, String text) {
    tab.evaluate(
        "(() => { const form = document.querySelector('.find');"
            + " form.elements.contains.value = '"
            + text
            + "'; form.requestSubmit(); })()");
  }

  @Test
  void givenAPageThatIsHidden_whenItIsLookedAtAgain_thenItKeptNoStreamAndMissedNothing() {
    store("seen before it was hidden");
    try (Tab tab = pages.open(VIEW)) {
      tab.await(shown("seen before it was hidden") + " >= 1");
      tab.evaluate(
          """
          (() => {
            const real = window.fetch;
            window.streams = new Map();
            window.fetch = (path, init) => {
              if (init.headers.Accept === 'text/event-stream') {
                window.streams.set(String(path).split('?')[0], init.signal);
              }
              return real(path, init);
            };
            window.look = (hidden) => {
              Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
              document.dispatchEvent(new Event('visibilitychange'));
            };
            window.look(true);
            window.look(false);
          })()\
          """);
      tab.await("window.streams.size === 2");
      tab.await("document.querySelector('.pulse[data-state=live]') !== null");

      tab.evaluate("window.look(true)");

      assertThat(tab.evaluate("[...window.streams.values()].every(one => one.aborted)").asBoolean())
          .isTrue();
      store("stored while hidden");
      tab.evaluate("window.look(false)");
      tab.await(shown("stored while hidden") + " === 1");
      assertThat(tab.evaluate(shown("seen before it was hidden")).asInt()).isPositive();
      assertThat(tab.evaluate("document.getElementById('banner').hidden").asBoolean()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 1280, 2560})
  void givenAScreen_whenOpened_thenNobodyIsKeptOutAndNothingScrollsSideways(int width) {
    store("A message that is long enough to be wrapped on a narrow screen, as many are.");
    try (Tab tab = pages.open(VIEW, width)) {
      tab.await(FORM);
      press(tab, "Check the chain");
      tab.await("document.querySelector('.chain') !== null");

      DashboardPages.examineInBothSchemes(tab, "messages-" + width);
    }
  }
}
