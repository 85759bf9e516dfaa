package dev.signalbox.cli.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.Table;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.spec.CommandSpec;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The commands {@code server create|list|show|stop|log|import}. */
public final class ServerCommand extends ClientCommand {

  private static final String SERVERS = "/api/v1/servers";
  private static final int PAGE = 1_000;
  private static final int FOLLOW_MS = 500;

  private final String what;
  private final List<String> words;
  private final JsonNode definition;

  /** Reads arguments; the first is the subcommand. */
  public ServerCommand(List<String> given, OutputStream out, PrintStream err) {
    super(ServerSpecs.server().subcommand(given), given.subList(1, given.size()), out, err);
    what = given.getFirst();
    words =
        switch (what) {
          case "create", "list" -> arguments.words();
          case "import" -> arguments.words("FILE");
          default -> arguments.words("the server");
        };
    definition =
        switch (what) {
          case "create" -> ServerDefinition.of(arguments);
          case "import" -> ServerDefinition.imported(words.getFirst(), arguments);
          default -> ClientJson.mapper().missingNode();
        };
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ServerSpecs.server();
  }

  @Override
  protected int execute() throws InterruptedException {
    return switch (what) {
      case "create", "import" -> create();
      case "list" -> list();
      case "show" -> show();
      case "stop" -> stopServer();
      default -> log();
    };
  }

  private String path() {
    return SERVERS + "/" + encoded(words.getFirst());
  }

  private int create() {
    JsonNode server = client.json("POST", SERVERS, definition);
    if (json()) {
      print(server);
    } else {
      out.println(Printable.of(server.path("server_id")) + "  " + Printable.of(server.path("url")));
      server.path("import_notes").forEach(note -> err.println("Note: " + Printable.of(note)));
    }
    return 0;
  }

  private int list() {
    Table table = new Table("ID", "NAME", "PORT", "ROUTES", "EXPIRES", "URL");
    String after = "";
    do {
      JsonNode page = client.get(SERVERS + "?limit=" + PAGE + after);
      for (JsonNode server : page.path("items")) {
        if (json()) {
          print(server);
        } else {
          table.row(
              server.path("server_id").asText(),
              server.path("name").asText(""),
              server.path("port").asText(),
              server.path("routes").asText(),
              server.path("expires_at").asText("never").replace("null", "never"),
              server.path("url").asText());
        }
      }
      String next = page.path("next").asText("");
      after = page.hasNonNull("next") ? "&after=" + encoded(next) : "";
    } while (!after.isEmpty() && written());
    if (!json()) {
      table.lines(style(), (_, text) -> text).forEach(out::println);
    }
    return 0;
  }

  private int show() {
    JsonNode server = client.get(path());
    out.println(json() ? server.toString() : Printable.json(server.toPrettyString()));
    return 0;
  }

  private int stopServer() {
    client.json("DELETE", path(), null);
    if (json()) {
      ObjectNode done = ClientJson.mapper().createObjectNode();
      print(done.put("stopped", words.getFirst()));
    } else {
      out.println("Stopped " + Printable.of(words.getFirst()));
    }
    return 0;
  }

  private int log() throws InterruptedException {
    boolean follow = arguments.has("--follow");
    String filter = arguments.has("--unmatched") ? "&unmatched=true" : "";
    String after = "0";
    while (true) {
      JsonNode page =
          client.get(path() + "/requests?limit=" + PAGE + "&after=" + encoded(after) + filter);
      for (JsonNode request : page.path("items")) {
        after = request.path("number").asText();
        if (json()) {
          print(request);
        } else {
          out.println(line(request));
        }
      }
      if (page.hasNonNull("next")) {
        after = page.path("next").asText();
        if (!written()) {
          return 0;
        }
      } else if (!follow || !pause(FOLLOW_MS)) {
        return 0;
      }
    }
  }

  private String line(JsonNode request) {
    int status = request.path("status").asInt();
    String shown = status == 0 ? Printable.of(request.path("fault")) : Integer.toString(status);
    return String.join(
        "  ",
        Printable.of(request.path("at")),
        Printable.of(request.path("peer")),
        Printable.of(request.path("method")) + " " + Printable.of(request.path("target")),
        status >= 400 || status == 0 ? style().bad(shown) : style().good(shown),
        route(request),
        Printable.of(request.path("duration_ms")) + " ms");
  }

  /** The route that answered, or the one that came nearest and what kept it from matching. */
  private static String route(JsonNode request) {
    if (request.hasNonNull("route")) {
      return "route " + Printable.of(request.path("route"));
    }
    JsonNode nearest = request.path("nearest");
    if (nearest.path("reasons").isEmpty()) {
      return "no route";
    }
    List<String> reasons = new ArrayList<>();
    nearest.path("reasons").forEach(reason -> reasons.add(Printable.of(reason)));
    return "no route, nearest "
        + Printable.of(nearest.path("route"))
        + ": "
        + String.join("; ", reasons);
  }
}
