package dev.signalbox.cli.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The commands {@code message send|tail|verify}. */
public final class MessageCommand extends ClientCommand {

  private static final String MESSAGES = "/api/v1/messages";
  private static final int PAGE = 1_000;
  private static final int FOLLOW_MS = 500;
  private static final int LAST = 10;
  private static final int MOST_LAST = 1_000_000_000;

  private final String what;
  private final List<String> words;
  private final long last;

  /** Reads arguments; the first is the subcommand. */
  public MessageCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec().subcommand(given), given.subList(1, given.size()), out, err);
    what = given.getFirst();
    words = what.equals("send") ? arguments.words("the uuid", "the text") : arguments.words();
    last = what.equals("tail") ? arguments.number("--lines", LAST, 0, MOST_LAST) : 0;
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(Group.CLIENT, "message", "store, follow and verify messages")
        .subcommands(
            part("send", "store a message", "UUID TEXT")
                .about(
                    """
                    Stores a message: on disk before the command ends. The code of the uuid is fetched unless
                    --unique gives it. Prints the id of the message.
                    """)
                .options(OptionSpec.value("CODE", "the code of the uuid", "--unique"))
                .examples("signalbox message send 6f1c1b9e-5d0a-4d53-9f0e-0c6f6c4d1f11 'Hello'"),
            part("tail", "print the last messages", "[-n N] [-f]")
                .about("Prints the last messages, oldest first; with --json one a line.")
                .options(
                    OptionSpec.value("N", "how many (default: 10)", "--lines", "-n"),
                    OptionSpec.flag("go on with messages as they are stored", "--follow", "-f"),
                    OptionSpec.value("UUID", "only messages of this uuid", "--uuid"))
                .examples("signalbox message tail -n 20 -f"),
            part("verify", "verify the hash chain and the log file", "")
                .about(
                    """
                    Verifies that every message follows from the one before, and the log file of the replica that
                    answers.
                    """)
                .exit(1, "a message or a line of the file was changed")
                .examples("signalbox message verify"));
  }

  private static CommandSpec part(String name, String summary, String usage) {
    return ClientOptions.with(CommandSpec.of(Group.CLIENT, "message " + name, summary, usage));
  }

  @Override
  protected int execute() throws InterruptedException {
    return switch (what) {
      case "send" -> send();
      case "tail" -> tail();
      default -> verify();
    };
  }

  private int send() {
    ObjectNode message = ClientJson.mapper().createObjectNode().put("uuid", words.getFirst());
    String unique =
        arguments
            .value("--unique")
            .orElseGet(() -> client.json("POST", "/api/v1/codes", message).path("unique").asText());
    JsonNode stored =
        client.json("POST", MESSAGES, message.put("unique", unique).put("text", words.getLast()));
    out.println(json() ? stored.toString() : Printable.of(stored.path("id")));
    return 0;
  }

  private int tail() throws InterruptedException {
    long all = client.get(MESSAGES + "/checkpoint").path("size").asLong();
    String filter = arguments.value("--uuid").map(uuid -> "&uuid=" + encoded(uuid)).orElse("");
    // With a filter nothing says where the last ones begin: all are read, the last are kept.
    Deque<JsonNode> kept = new ArrayDeque<>();
    String after = Long.toString(filter.isEmpty() ? Math.max(0, all - last) : 0);
    boolean following = false;
    while (true) {
      JsonNode page = client.get(MESSAGES + "?limit=" + PAGE + "&after=" + encoded(after) + filter);
      for (JsonNode message : page.path("items")) {
        after = message.path("id").asText();
        if (following || filter.isEmpty()) {
          line(message);
        } else {
          kept.add(message);
          if (kept.size() > last) {
            kept.removeFirst();
          }
        }
      }
      boolean more = page.hasNonNull("next");
      if (more) {
        after = page.path("next").asText();
        if (!written()) {
          return 0;
        }
        continue;
      }
      kept.forEach(this::line);
      kept.clear();
      following = true;
      if (!arguments.has("--follow") || !pause(FOLLOW_MS)) {
        return 0;
      }
    }
  }

  private void line(JsonNode message) {
    if (json()) {
      print(message);
    } else {
      out.println(
          Printable.of(message.path("id"))
              + "  "
              + Printable.of(message.path("stored_at"))
              + "  "
              + Printable.of(message.path("uuid"))
              + "  "
              + Printable.of(message.path("text")));
    }
  }

  private int verify() {
    JsonNode result = client.get(MESSAGES + "/verify");
    JsonNode file = result.path("file");
    boolean chain = result.path("intact").asBoolean();
    boolean lines = !file.isObject() || file.path("intact").asBoolean();
    if (json()) {
      print(result);
      return chain && lines ? 0 : 1;
    }
    out.println(
        chain
            ? style().good("intact") + "  " + Printable.of(result.path("messages")) + " messages"
            : style().bad("changed")
                + "  first at message "
                + Printable.of(result.path("first_break")));
    if (file.isObject()) {
      out.println(
          lines
              ? style().good("intact")
                  + "  "
                  + Printable.of(file.path("lines"))
                  + " lines of the log file"
              : style().bad("differs")
                  + "  "
                  + Printable.of(file.path("first_difference_file"))
                  + ", line "
                  + Printable.of(file.path("first_difference_line")));
    }
    return chain && lines ? 0 : 1;
  }
}
