package dev.signalbox.cli.keys;

import dev.signalbox.platform.node.ClusterKeysMaker;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.StartException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** Makes or renews the keys by which the members of a cluster know each other. */
public final class ClusterKeysCommand implements Launcher.Command {

  private static final int DAYS = 365;
  private static final int MAX_DAYS = 3_650;

  /** The help text. */
  public static final String USAGE =
      """
      Usage: signalbox cluster-keys DIR [--days N] [--authority FILE]

      Makes the keys by which the processes of a cluster know each other: a certificate
      authority of their own, a certificate for the event bus, and the secret of the
      membership. Give each process a copy of the directory (without ca-key.p12) and set
      platform.cluster-keys to it.

      Run again with the same directory, it renews the certificate and keeps the rest.
      Processes that run take the new files into use within seconds, and nobody needs to
      be restarted.

      Options:
        --days N           how long the certificate is valid, 1 to 3650 days (default: 365)
        --authority FILE   the authority's own key (default: ca-key.p12 in DIR)\
      """;

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
    String directory = null;
    String authority = null;
    int days = DAYS;
    for (Iterator<String> left = arguments.iterator(); left.hasNext(); ) {
      String argument = left.next();
      String name = argument.replaceFirst("=.*", "");
      if (name.equals("--days")) {
        days = days(value(argument, left));
      } else if (name.equals("--authority")) {
        authority = value(argument, left);
      } else if (argument.startsWith("-") || directory != null) {
        throw new StartException("unknown argument: " + argument + "\n\n" + USAGE);
      } else {
        directory = argument;
      }
    }
    if (directory == null || directory.isBlank()) {
      throw new StartException("the directory is missing\n\n" + USAGE);
    }
    Path keys = Path.of(directory);
    return new ClusterKeysCommand(
        keys,
        authority == null ? keys.resolve(ClusterKeysMaker.AUTHORITY_KEY) : Path.of(authority),
        days,
        out);
  }

  private static String value(String argument, Iterator<String> left) {
    int equals = argument.indexOf('=');
    if (equals >= 0) {
      return argument.substring(equals + 1);
    }
    if (!left.hasNext()) {
      throw new StartException(argument + " needs a value\n\n" + USAGE);
    }
    return left.next();
  }

  private static int days(String text) {
    try {
      int days = Integer.parseInt(text);
      if (days >= 1 && days <= MAX_DAYS) {
        return days;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new StartException("--days must be a number from 1 to " + MAX_DAYS + ": " + text);
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
