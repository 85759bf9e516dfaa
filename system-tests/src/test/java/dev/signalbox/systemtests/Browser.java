package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Chromium without a window. */
final class Browser {

  private static final String[] NAMES = {"chromium", "chromium-browser", "google-chrome"};
  private static final String[] FLAGS = {
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A tab is not slower because another one is in front of it.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--window-size=1200,900"
  };

  /**
   * A page that was opened.
   *
   * @param text what a reader sees
   * @param errors of its scripts and its resources
   * @param screenshot as a PNG file
   */
  record Visit(String text, List<String> errors, Path screenshot) {}

  private static final @Nullable Browser FOUND = search();

  private final Path program;

  private @Nullable Chromium chromium;

  private Browser(Path program) {
    this.program = program;
  }

  /** The browser of this machine; null when there is none. */
  static @Nullable Browser find() {
    return FOUND;
  }

  private static @Nullable Browser search() {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      for (String name : NAMES) {
        Path program = Path.of(directory, name);
        if (Files.isExecutable(program)) {
          return new Browser(program);
        }
      }
    }
    return null;
  }

  /** The same; without one the test is skipped, unless nothing may be. */
  static Browser required() {
    Browser browser = find();
    if (browser == null && Boolean.getBoolean("signalbox.require.all")) {
      throw new AssertionError("chromium is not on this machine, and nothing may be skipped");
    }
    assumeTrue(browser != null, "chromium is not on this machine: the pages were not opened");
    return browser;
  }

  /** Opens a page in a context of its own and waits until it has loaded what it needs. */
  Visit open(String url, String name) {
    try (Tab tab = tab(url)) {
      return new Visit(
          tab.evaluate("document.body.innerText").asText(), tab.errors(), tab.screenshot(name));
    }
  }

  /** Opens a page and keeps it open. */
  Tab tab(String url) {
    return tab(url, List.of());
  }

  /** The same under conditions such as a narrow screen: calls of the debugging protocol. */
  Tab tab(String url, List<Call> conditions) {
    Path pictures = Scratch.directory("browser");
    Chromium running = running();
    String context = running.newContext();
    try {
      DevTools tools = running.openTab(context);
      Tab tab = new Tab(running, context, tools, pictures);
      tab.load(url, conditions);
      return tab;
    } catch (Throwable e) {
      running.dispose(context);
      throw e;
    }
  }

  private synchronized Chromium running() {
    Chromium running = chromium;
    if (running == null || !running.process.alive()) {
      running = Chromium.start(program);
      chromium = running;
    }
    return running;
  }

  /**
   * The one process, which ends with the tests. Its start costs more than most tests do; what keeps
   * them apart is that each tab is in a context of its own, which has its own storage, cache,
   * cookies and connections.
   */
  private record Chromium(
      SignalboxProcess process, HttpClient client, DevTools tools, String debugger) {

    static Chromium start(Path program) {
      Path directory = Scratch.directory("chromium");
      List<String> command = new ArrayList<>(List.of(program.toString()));
      command.addAll(List.of(FLAGS));
      command.add("--user-data-dir=" + directory.resolve("profile"));
      command.add("about:blank");
      SignalboxProcess process = SignalboxProcess.start("chromium", directory, command);
      try {
        MatchResult told = process.awaitOutput("^DevTools listening on (ws://[^/]+)(/\\S+)");
        HttpClient client = HttpClient.newHttpClient();
        String debugger = told.group(1);
        return new Chromium(
            process,
            client,
            DevTools.connect(client, URI.create(debugger + told.group(2))),
            debugger);
      } catch (Throwable e) {
        process.close();
        throw e;
      }
    }

    synchronized String newContext() {
      return tools.call("Target.createBrowserContext", "{}").path("browserContextId").asText();
    }

    synchronized DevTools openTab(String context) {
      String tab =
          tools
              .call(
                  "Target.createTarget",
                  "{\"url\":\"about:blank\",\"browserContextId\":\"%s\",\"newWindow\":true}"
                      .formatted(context))
              .path("targetId")
              .asText();
      return DevTools.connect(client, URI.create(debugger + "/devtools/page/" + tab));
    }

    synchronized void dispose(String context) {
      tools.call("Target.disposeBrowserContext", "{\"browserContextId\":\"" + context + "\"}");
    }
  }

  /** A call of the debugging protocol, with its parameters as JSON. */
  record Call(String method, String parameters) {

    static Call width(int pixels) {
      return new Call(
          "Emulation.setDeviceMetricsOverride",
          "{\"width\":%d,\"height\":900,\"deviceScaleFactor\":1,\"mobile\":false}"
              .formatted(pixels));
    }

    static Call scheme(String light) {
      return new Call(
          "Emulation.setEmulatedMedia",
          "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]}".formatted(light));
    }
  }

  /** Keys by their names and their codes in browsers. */
  enum Arrow {
    RIGHT("ArrowRight", 39),
    DOWN("ArrowDown", 40);

    private final String key;
    private final int code;

    Arrow(String key, int code) {
      this.key = key;
      this.code = code;
    }
  }

  /** A page that is open, in a context of its own. */
  static final class Tab implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Chromium chromium;
    private final String context;
    private final DevTools tools;
    private final Path pictures;

    private Tab(Chromium chromium, String context, DevTools tools, Path pictures) {
      this.chromium = chromium;
      this.context = context;
      this.tools = tools;
      this.pictures = pictures;
    }

    private void load(String url, List<Call> conditions) {
      for (String domain : new String[] {"Page", "Runtime", "Log", "Network"}) {
        tools.call(domain + ".enable", "{}");
      }
      // A tab that nobody looks at is given no keys.
      tools.call("Page.bringToFront", "{}");
      tools.call("Emulation.setFocusEmulationEnabled", "{\"enabled\":true}");
      conditions.forEach(this::call);
      tools.call("Page.setLifecycleEventsEnabled", "{\"enabled\":true}");
      String loader =
          tools.call("Page.navigate", "{\"url\":\"" + url + "\"}").path("loaderId").asText();
      // Almost: a page that listens to events keeps a connection open.
      tools.await(
          "Page.lifecycleEvent",
          event ->
              event.path("name").asText().equals("networkAlmostIdle")
                  && event.path("loaderId").asText().equals(loader));
    }

    private void call(Call call) {
      tools.call(call.method(), call.parameters());
    }

    /** Changes a condition, and waits until the page is drawn so. */
    void set(Call condition) {
      call(condition);
      evaluate(
          "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))");
    }

    /** The value of an expression, or what its promise comes to. */
    JsonNode evaluate(String expression) {
      ObjectNode parameters =
          JsonNodeFactory.instance
              .objectNode()
              .put("expression", expression)
              .put("returnByValue", true)
              .put("awaitPromise", true);
      JsonNode result = tools.call("Runtime.evaluate", parameters.toString());
      assertThat(result.path("exceptionDetails").isMissingNode())
          .as("%s: %s", expression, result)
          .isTrue();
      return result.path("result").path("value");
    }

    /** Waits until an expression is true. */
    void await(String condition) {
      Awaitility.await(condition)
          .atMost(PATIENCE)
          .pollInSameThread()
          .until(() -> evaluate(condition).asBoolean());
    }

    /** Presses an arrow key, as a person with a keyboard does. */
    void press(Arrow arrow) {
      for (String type : new String[] {"rawKeyDown", "keyUp"}) {
        tools.call(
            "Input.dispatchKeyEvent",
            "{\"type\":\"%s\",\"key\":\"%s\",\"code\":\"%2$s\",\"windowsVirtualKeyCode\":%d}"
                .formatted(type, arrow.key, arrow.code));
      }
    }

    Path screenshot(String name) {
      Path file = pictures.resolve(name + ".png");
      String png = tools.call("Page.captureScreenshot", "{}").path("data").asText();
      try {
        return Files.write(file, Base64.getDecoder().decode(png));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /**
     * Gives files to a field for files, as a person does with the dialog of the browser.
     *
     * @param field an expression whose value is the field
     */
    void chooseFiles(String field, List<Path> files) {
      String object =
          tools
              .call(
                  "Runtime.evaluate",
                  JsonNodeFactory.instance.objectNode().put("expression", field).toString())
              .path("result")
              .path("objectId")
              .asText();
      ObjectNode parameters = JsonNodeFactory.instance.objectNode().put("objectId", object);
      files.forEach(file -> parameters.withArray("files").add(file.toString()));
      tools.call("DOM.setFileInputFiles", parameters.toString());
    }

    /** Lets the page send at most so many bytes a second; -1 for no limit. */
    void limitUpload(int bytesPerSecond) {
      tools.call(
          "Network.emulateNetworkConditions",
          "{\"offline\":false,\"latency\":0,\"downloadThroughput\":-1,\"uploadThroughput\":%d}"
              .formatted(bytesPerSecond));
    }

    /** Loads the page anew. */
    void reload() {
      evaluate("window.beforeReload = true");
      tools.call("Page.reload", "{}");
      await("document.readyState === 'complete' && !window.beforeReload");
    }

    /** Bytes that came over the network so far. */
    long transferredBytes() {
      return tools.events().stream()
          .filter(event -> event.path("method").asText().equals("Network.loadingFinished"))
          .mapToLong(event -> event.path("params").path("encodedDataLength").asLong())
          .sum();
    }

    /** Errors of the page's scripts and its resources so far. */
    List<String> errors() {
      return Browser.errors(tools.events());
    }

    @Override
    public void close() {
      tools.close();
      chromium.dispose(context);
    }
  }

  private static List<String> errors(List<JsonNode> events) {
    List<String> errors = new ArrayList<>();
    for (JsonNode event : events) {
      JsonNode params = event.path("params");
      boolean error =
          switch (event.path("method").asText()) {
            case "Runtime.exceptionThrown", "Network.loadingFailed" -> true;
            case "Runtime.consoleAPICalled" -> params.path("type").asText().equals("error");
            case "Log.entryAdded" -> params.path("entry").path("level").asText().equals("error");
            default -> false;
          };
      if (error) {
        errors.add(event.toString());
      }
    }
    return errors;
  }
}
