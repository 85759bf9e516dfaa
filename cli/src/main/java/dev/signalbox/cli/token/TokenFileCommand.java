package dev.signalbox.cli.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.Style;
import dev.signalbox.cli.client.Table;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The commands {@code token make|list|revoke}. */
public final class TokenFileCommand implements Launcher.Command {

  private static final int BYTES = 32;
  private static final int MAX_DAYS = 3_650;

  private static final Pattern PERIOD = Pattern.compile("(\\d{1,8})([mhd])");

  private static final OptionSpec FILE =
      OptionSpec.value("FILE", "the file that gateway.tokens-file names", "--file");

  private final String what;
  private final ParsedArguments arguments;
  private final List<String> words;
  private final TokensFileEditor file;
  private final InstantSource clock;
  private final CommandOutput output;
  private final PrintStream out;
  private final PrintStream err;

  /** Reads arguments; the first is the subcommand. */
  public TokenFileCommand(List<String> given, OutputStream out, PrintStream err) {
    this(given, out, err, InstantSource.system());
  }

  TokenFileCommand(List<String> given, OutputStream out, PrintStream err, InstantSource clock) {
    CommandSpec spec =
        CommandSpec.of(Group.SET_UP, "token", "").subcommands(parts()).subcommand(given);
    this.what = given.getFirst();
    this.arguments = ParsedArguments.parse(spec, given.subList(1, given.size()));
    this.words = what.equals("revoke") ? arguments.words("NAME") : arguments.words();
    this.file = file(required("--file"));
    this.clock = clock;
    this.output = CommandOutput.standard(out);
    this.out = output.printStream();
    this.err = err;
  }

  private static TokensFileEditor file(String name) {
    try {
      return new TokensFileEditor(name);
    } catch (InvalidPathException e) {
      throw new StartException("--file must be the name of a file");
    }
  }

  /** What the commands are. */
  public static CommandSpec[] parts() {
    return new CommandSpec[] {
      part("make", "make a token and add its digest to a file", "[OPTIONS]")
          .about(
              """
              Makes a token of 256 random bits, prints it once, and adds a line with its digest to the file. A
              running gateway takes it into use within seconds. A file that is not there is made, for its owner
              alone (mode 0600).
              """)
          .options(
              OptionSpec.value("NAME", "who or what it is for; no two have the same", "--name"),
              OptionSpec.choice("reader|worker|operator|admin", "role of the token", "--role"),
              FILE,
              OptionSpec.value(
                  "WHEN", "a period such as 12h or 30d, or a time of RFC 3339", "--expires"),
              OptionSpec.value(
                  "N", "how many requests are answered in a minute", "--requests-per-minute"),
              OptionSpec.value("N", "how many tasks may begin on a day (UTC)", "--tasks-per-day"),
              OptionSpec.value(
                  "N", "how many servers that it made may exist at once", "--servers-at-once"),
              OptionSpec.flag("print one JSON document", "--json"))
          .exit(CommandException.REFUSED, "the file has a token of that name")
          .exit(CommandException.WRITE_ERROR, "write error, of the file or the output")
          .examples("signalbox token make --name ci --role operator --expires 90d --file tokens"),
      part("list", "list the tokens of a file", "[OPTIONS]")
          .about(
              """
              Lists the tokens of a file, also those without a name, with role, end and limits, but neither
              tokens nor digests; with --json one a line.
              """)
          .options(FILE, OptionSpec.flag("print JSON", "--json"))
          .exit(CommandException.WRITE_ERROR, "write error")
          .examples("signalbox token list --file tokens"),
      part("revoke", "remove a token from a file", "NAME [OPTIONS]")
          .about(
              """
              Removes the line of a token; all other lines, the mode and the owner of the file stay. A running
              gateway refuses the token within seconds.
              """)
          .options(FILE, OptionSpec.flag("print one JSON document", "--json"))
          .exit(CommandException.REFUSED, "the file has no token of that name")
          .exit(CommandException.WRITE_ERROR, "write error, of the file or the output")
          .examples("signalbox token revoke ci --file tokens")
    };
  }

  private static CommandSpec part(String name, String summary, String usage) {
    return CommandSpec.of(Group.SET_UP, "token " + name, summary, usage)
        .exit(2, "invalid arguments, or the file has an error");
  }

  /** A token of 256 random bits. */
  public static String random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public int run() throws InterruptedException {
    int code = 0;
    try {
      switch (what) {
        case "make" -> make();
        case "list" -> list();
        default -> revoke();
      }
    } catch (CommandException e) {
      code = e.report(arguments.has("--json"), out, err);
    }
    out.flush();
    return output.exitCode(code, err);
  }

  private String required(String option) {
    return arguments
        .value(option)
        .orElseThrow(() ->
            new StartException(option + " is missing; see signalbox token " + what + " --help"));
  }

  private void make() throws InterruptedException {
    String name = required("--name");
    if (!TokenEntry.isName(name)) {
      throw new StartException("--name " + TokenEntry.NAME_RULE);
    }
    String role = required("--role");
    TokenLimits limits =
        new TokenLimits(
            (int)
                arguments.number(
                    "--requests-per-minute", 0, 1, TokenLimits.MAX_REQUESTS_PER_MINUTE),
            (int) arguments.number("--tasks-per-day", 0, 1, TokenLimits.MAX_TASKS_PER_DAY),
            (int) arguments.number("--servers-at-once", 0, 1, TokenLimits.MAX_SERVERS_AT_ONCE));
    Instant expires = arguments.value("--expires").map(this::expiry).orElse(null);
    String token = random();
    TokenEntry entry = TokenEntry.of(name, role, token, expires, limits);
    file.add(name, entry);
    if (arguments.has("--json")) {
      out.println(document(entry).put("token", token));
    } else {
      out.println(
          """
          %s

          The token is stored nowhere; %s has its digest as %s.
          For the caller:
            export SIGNALBOX_TOKEN=%s\
          """
              .formatted(token, required("--file"), name, token));
    }
  }

  private Instant expiry(String text) {
    Instant now = clock.instant();
    Matcher period = PERIOD.matcher(text);
    Instant end;
    if (period.matches()) {
      long amount = Long.parseLong(period.group(1));
      end =
          now.truncatedTo(ChronoUnit.SECONDS)
              .plus(
                  switch (period.group(2)) {
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                  });
      if (end.isAfter(now.plus(Duration.ofDays(MAX_DAYS)))) {
        throw new StartException("--expires must be a period of at most " + MAX_DAYS + "d");
      }
    } else {
      try {
        end = TokenEntry.instant(text);
      } catch (IllegalArgumentException e) {
        throw new StartException(
            "--expires must be a period such as 30m, 12h or 30d, or a time of RFC 3339 such as"
                + " 2027-01-31T00:00:00Z");
      }
    }
    if (!end.isAfter(now)) {
      throw new StartException("--expires must be in the future");
    }
    return end;
  }

  private void list() {
    List<TokenEntry> tokens = file.tokens();
    if (arguments.has("--json")) {
      tokens.forEach(token -> out.println(document(token)));
      return;
    }
    Table table =
        new Table("NAME", "ROLE", "EXPIRES", "PER MINUTE", "TASKS A DAY", "SERVERS", "STATE");
    for (TokenEntry token : tokens) {
      table.row(
          token.name() == null ? "-" : token.name(),
          token.role(),
          token.expires() == null ? "never" : token.expires().toString(),
          limit(token.limits().requestsPerMinute()),
          limit(token.limits().tasksPerDay()),
          limit(token.limits().serversAtOnce()),
          state(token));
    }
    table.lines(Style.PLAIN, (_, text) -> text).forEach(out::println);
  }

  private String state(TokenEntry token) {
    Instant end = token.expires();
    return end == null || clock.instant().isBefore(end) ? "valid" : "expired";
  }

  private ObjectNode document(TokenEntry token) {
    return ClientJson.mapper()
        .createObjectNode()
        .put("name", token.name())
        .put("role", token.role())
        .put("expires_at", text(token.expires()))
        .put("requests_per_minute", limitOrNull(token.limits().requestsPerMinute()))
        .put("tasks_per_day", limitOrNull(token.limits().tasksPerDay()))
        .put("servers_at_once", limitOrNull(token.limits().serversAtOnce()))
        .put("state", state(token));
  }

  private static String limit(int number) {
    return number == 0 ? "-" : Integer.toString(number);
  }

  private static @Nullable Integer limitOrNull(int number) {
    return number == 0 ? null : number;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private void revoke() throws InterruptedException {
    String name = words.getFirst();
    file.remove(name);
    out.println(
        arguments.has("--json")
            ? ClientJson.mapper().createObjectNode().put("revoked", name).toString()
            : "revoked " + name);
  }
}
