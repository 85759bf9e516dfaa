package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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

  private final Path program;

  private Browser(Path program) {
    this.program = program;
  }

  /** The browser of this machine; null when there is none. */
  static @Nullable Browser find() {
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

  /** Opens a page with a profile of its own and waits until it has loaded what it needs. */
  Visit open(String url, String name) {
    Path profile = Scratch.directory("browser");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(FLAGS));
    command.add("--user-data-dir=" + profile.resolve("profile"));
    command.add("about:blank");
    try (SignalboxProcess chromium = SignalboxProcess.start("chromium", profile, command);
        HttpClient client = HttpClient.newHttpClient()) {
      String debugger = chromium.awaitOutput("^DevTools listening on ws://([^/]+)/").group(1);
      JsonNode tab = tab(debugger);
      try (DevTools tools =
          DevTools.connect(client, URI.create(tab.path("webSocketDebuggerUrl").asText()))) {
        return visit(tools, url, profile.resolve(name + ".png"));
      }
    }
  }

  private static JsonNode tab(String debugger) {
    int port = Integer.parseInt(debugger.substring(debugger.lastIndexOf(':') + 1));
    return Http.request(port, "PUT", "/json/new?about:blank", new byte[0]).json();
  }

  private static Visit visit(DevTools tools, String url, Path screenshot) {
    for (String domain : new String[] {"Page", "Runtime", "Log", "Network"}) {
      tools.call(domain + ".enable", "{}");
    }
    tools.call("Page.setLifecycleEventsEnabled", "{\"enabled\":true}");
    String loader =
        tools.call("Page.navigate", "{\"url\":\"" + url + "\"}").path("loaderId").asText();
    // Almost: a page that listens to events keeps a connection open.
    tools.await(
        "Page.lifecycleEvent",
        event ->
            event.path("name").asText().equals("networkAlmostIdle")
                && event.path("loaderId").asText().equals(loader));
    String text =
        tools
            .call("Runtime.evaluate", "{\"expression\":\"document.body.innerText\"}")
            .path("result")
            .path("value")
            .asText();
    String png = tools.call("Page.captureScreenshot", "{}").path("data").asText();
    try {
      Files.write(screenshot, Base64.getDecoder().decode(png));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Visit(text, errors(tools.events()), screenshot);
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
