package dev.signalbox.cli.token;

import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.command.Printable;
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
import java.security.cert.X509Certificate;
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
  private final TokenListing listing;
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
    this.listing = new TokenListing(clock);
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
              With --certificate it makes no token: the line names a client certificate, which callers show at
              the tls door (gateway.tls-client-certificates), and ends no later than the certificate.
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
              OptionSpec.value(
                  "FILE",
                  "PEM file whose first certificate the line names, instead of a token",
                  "--certificate"),
              OptionSpec.flag("print one JSON document", "--json"))
          .exit(CommandException.REFUSED, "the file has a token of that name")
          .exit(CommandException.WRITE_ERROR, "write error, of the file or the output")
          .examples(
              "signalbox token make --name ci --role operator --expires 90d --file tokens",
              "signalbox token make --name ci --role operator --certificate ci.pem --file tokens"),
      part("list", "list the tokens of a file", "[OPTIONS]")
          .about(
              """
              Lists the tokens and certificates of a file, also tokens without a name, with role, end and limits,
              but neither tokens nor their digests; with --json one a line.
              """)
          .options(FILE, OptionSpec.flag("print JSON", "--json"))
          .exit(CommandException.WRITE_ERROR, "write error")
          .examples("signalbox token list --file tokens"),
      part("revoke", "remove a token from a file", "NAME [OPTIONS]")
          .about(
              """
              Removes the line of a token or certificate; all other lines, the mode and the owner of the file
              stay. A running gateway refuses it within seconds.
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
    X509Certificate certificate =
        arguments.value("--certificate").map(CertificateFile::read).orElse(null);
    if (certificate != null) {
      nameCertificate(certificate, name, role, expires, limits);
      return;
    }
    String token = random();
    TokenEntry entry = TokenEntry.of(name, role, token, expires, limits);
    file.add(name, entry);
    if (arguments.has("--json")) {
      out.println(listing.document(entry).put("token", token));
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

  private void nameCertificate(
      X509Certificate certificate,
      String name,
      String role,
      @Nullable Instant expires,
      TokenLimits limits)
      throws InterruptedException {
    Instant end = certificate.getNotAfter().toInstant();
    if (!end.isAfter(clock.instant())) {
      throw new StartException("--certificate has expired at " + end);
    }
    TokenEntry entry =
        TokenEntry.of(
            name,
            role,
            certificate,
            expires == null || end.isBefore(expires) ? end : expires,
            limits);
    file.add(name, entry);
    String subject = certificate.getSubjectX500Principal().getName();
    if (arguments.has("--json")) {
      out.println(listing.document(entry).put("subject", subject));
    } else {
      out.println(
          """
          %s

          The line is in %s. It names the certificate of %s, valid until %s.
          For the caller:
            curl --cert CERTIFICATE --key KEY https://HOST:PORT/api/v1/whoami\
          """
              .formatted(entry.line(), required("--file"), Printable.of(subject), end));
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
      tokens.forEach(token -> out.println(listing.document(token)));
    } else {
      listing.table(tokens).forEach(out::println);
    }
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
