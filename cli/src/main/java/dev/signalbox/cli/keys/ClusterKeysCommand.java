package dev.signalbox.cli.keys;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.spec.ParsedArguments;
import dev.signalbox.platform.node.ClusterKeysMaker;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.StartException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Makes or renews the keys by which the members of a cluster know each other. */
public final class ClusterKeysCommand implements Launcher.Command {

  private static final int DAYS = 365;
  private static final int MAX_DAYS = 3_650;

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(
            Group.SET_UP,
            "cluster-keys",
            "make the keys by which the processes of a cluster know each other",
            "DIR [OPTIONS]")
        .about(
            """
            Makes the keys by which the processes of a cluster know each other: a certificate
            authority of their own, a certificate for the event bus, and the secret of the
            membership. Give each process a copy of the directory (without ca-key.p12) and set
            platform.cluster-keys to it.

            Run again with the same directory, it renews the certificate and keeps the rest.
            Processes that run take the new files into use within seconds, and nobody needs to
            be restarted.
            """)
        .options(
            OptionSpec.value(
                "N", "how long the certificate is valid, 1 to 3650 days (default: 365)", "--days"),
            OptionSpec.value(
                "FILE", "the authority's own key (default: ca-key.p12 in DIR)", "--authority"))
        .examples("signalbox cluster-keys keys", "signalbox cluster-keys keys --days 90");
  }

  private final Path directory;
  private final Path authority;
  private final int days;
  private final PrintStream out;

  private ClusterKeysCommand(Path directory, Path authority, int days, PrintStream out) {
    this.directory = directory;
    this.authority = authority;
    this.days = days;
    this.out = out;
  }

  /**
   * Reads the arguments.
   *
   * @throws StartException when they are invalid
   */
  public static ClusterKeysCommand of(List<String> arguments, PrintStream out) {
    ParsedArguments parsed = ParsedArguments.parse(spec(), arguments);
    String directory = parsed.words("the directory").getFirst();
    String authority = parsed.value("--authority").orElse(null);
    int days = (int) parsed.number("--days", DAYS, 1, MAX_DAYS);
    if (directory.isBlank()) {
      throw new StartException("the directory is missing; see signalbox cluster-keys --help");
    }
    Path keys = Path.of(directory);
    return new ClusterKeysCommand(
        keys,
        authority == null ? keys.resolve(ClusterKeysMaker.AUTHORITY_KEY) : Path.of(authority),
        days,
        out);
  }

  @Override
  public int run() throws InterruptedException {
    ClusterKeysMaker.Made made = ClusterKeysMaker.make(directory, authority, days);
    out.println(
        switch (made) {
          case ALL ->
              "made the keys of a cluster in "
                  + directory
                  + "; keep "
                  + authority
                  + " to yourself, the members need the other files";
          case RENEWED -> "renewed the certificate in " + directory + ", valid for " + days + " d";
        });
    return 0;
  }
}
