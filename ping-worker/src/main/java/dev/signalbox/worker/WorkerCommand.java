package dev.signalbox.worker;

import dev.signalbox.worker.icmp.IcmpException;
import dev.signalbox.worker.state.StateException;
import java.io.Console;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the worker. Exit codes are those of {@link #run}. */
@Command(
    name = "worker",
    versionProvider = WorkerCommand.Version.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Takes part in a volunteer ping census of IPv4: leases blocks of 65,536 addresses from a site,"
          + " pings each address once and submits which answered."
    },
    footer = {
      "",
      "Exit codes: 0 ended well, 1 failed, 2 invalid arguments, 3 the system does not let you ping,",
      "4 the system is not supported, 5 the name is registered with another key."
    })
public final class WorkerCommand implements Callable<Integer> {

  static final int NOT_PERMITTED = 3;
  static final int UNSUPPORTED = 4;
  static final int NAME_TAKEN = 5;
  static final int MAX_RATE = 1_000_000;

  private static final int MAX_TASKS = 64;
  private static final int MAX_NAME = 128;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--site",
      paramLabel = "URL",
      defaultValue = "http://localhost:8000",
      description = "address of the site (default: ${DEFAULT-VALUE})")
  private @Nullable URI site;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "contributor to credit; without a name no contributor is credited")
  private @Nullable String name;

  @Option(names = "--team", paramLabel = "TEAM", description = "your team")
  private @Nullable String team;

  @Option(
      names = "--listed",
      description = "show --name on the site's leaderboard; without it only you see your credit")
  private boolean listed;

  @Option(
      names = "--worker",
      paramLabel = "NAME",
      description = "name of this machine (default: its host name)")
  private @Nullable String worker;

  @Option(
      names = "--rate",
      paramLabel = "PPS",
      defaultValue = "300",
      description =
          "packets a second at most, never more than the site allows (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "4",
      description = "blocks pinged in turn, 1 to 64 (default: ${DEFAULT-VALUE})")
  private int tasks;

  @Option(
      names = "--control",
      paramLabel = "HOST",
      description =
          "a host near you to ping once a second: when it answers late, the worker slows down")
  private @Nullable String control;

  @Option(names = "--once", description = "end after one lease")
  private boolean once;

  @Option(
      names = "--give-back",
      description =
          "when stopped, return unfinished blocks to the site; without it the next start goes on"
              + " with them")
  private boolean giveBack;

  @Option(
      names = "--dry-run",
      description = "check the socket, the state directory and the site, and send no ping")
  private boolean dryRun;

  @Option(names = "--quiet", description = "print errors only")
  private boolean quiet;

  @Option(names = "--json", description = "print progress as lines of JSON")
  private boolean json;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description = "where leases and keys are kept (default: ~/.signalbox/worker)")
  private @Nullable Path stateDirectory;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:SIGNALBOX_TOKEN}",
      description = "token of a site that asks for one (default: $SIGNALBOX_TOKEN)")
  private @Nullable String token;

  @Option(names = "--wait-ms", hidden = true, defaultValue = "8000", description = "for tests")
  private long waitMs;

  private volatile boolean stopping;
  private volatile @Nullable WorkerProcess running;
  private final PingCommand ping = new PingCommand();

  /** Prints the version of the jar. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {"signalbox worker " + version()};
    }
  }

  static String version() {
    String version = WorkerCommand.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * Runs to the end.
   *
   * @param command how the user calls it, for the help text
   * @return 0 ended well, 1 failed, 2 invalid arguments, 3 pinging is not permitted, 4 the system
   *     is not supported, 5 the name is registered with another key
   */
  public int run(String command, List<String> arguments) {
    return new CommandLine(this)
        .setCommandName(command)
        .addSubcommand(ping)
        .execute(arguments.toArray(String[]::new));
  }

  /** Asks {@link #run} to return soon; another thread may call it. */
  public void stop() {
    stopping = true;
    ping.stop();
    WorkerProcess current = running;
    if (current != null) {
      current.stop();
    }
  }

  static int refused(IcmpException e) {
    System.err.println(e.getMessage());
    return e.reason() == IcmpException.Reason.UNSUPPORTED ? UNSUPPORTED : NOT_PERMITTED;
  }

  @Override
  public Integer call() throws InterruptedException {
    URI address = checkedSite();
    check(rate >= 1 && rate <= MAX_RATE, "--rate must be 1 to " + MAX_RATE);
    check(tasks >= 1 && tasks <= MAX_TASKS, "--tasks must be 1 to " + MAX_TASKS);
    checkName("--name", name);
    check(!listed || name != null, "--listed needs --name");
    checkName("--team", team);
    checkName("--worker", worker);
    int controlAddress = control == null ? 0 : resolve(control);
    Path directory =
        stateDirectory == null
            ? Path.of(System.getProperty("user.home", "."), ".signalbox", "worker")
            : stateDirectory;
    WorkerProcess process =
        new WorkerProcess(
            address,
            token,
            directory,
            rate,
            controlAddress,
            TimeUnit.MILLISECONDS.toNanos(waitMs),
            new CensusWorker.Settings(
                worker == null ? hostName() : worker, name, team, listed, tasks, once, giveBack));
    running = process;
    if (stopping) {
      process.stop();
    }
    try {
      return dryRun ? process.dryRun() : process.run(style());
    } catch (IcmpException e) {
      return refused(e);
    } catch (StateException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  @SuppressWarnings("SystemConsoleNull") // It is again since JDK 25 (JDK-8351435).
  Reporter.Style style() {
    if (quiet) {
      return Reporter.Style.QUIET;
    }
    if (json) {
      return Reporter.Style.JSON;
    }
    // Null where input or output is no terminal: under systemd, nohup or in a pipe.
    Console console = System.console();
    return console != null && console.isTerminal() ? Reporter.Style.TERMINAL : Reporter.Style.LINES;
  }

  private URI checkedSite() {
    return checkedSite(Objects.requireNonNull(site, "picocli sets the default"));
  }

  URI checkedSite(URI address) {
    check(
        address.getHost() != null
            && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
            && address.getQuery() == null
            && address.getFragment() == null,
        "--site must be an address such as https://census.example.org");
    // Keys and leases are kept by site, which has one address however it is written.
    return URI.create(
        address.getScheme()
            + "://"
            + address.getAuthority().toLowerCase(Locale.ROOT)
            + address.getRawPath().replaceFirst("/+$", ""));
  }

  private int resolve(String host) {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (address instanceof Inet4Address) {
          return ByteBuffer.wrap(address.getAddress()).getInt();
        }
      }
    } catch (UnknownHostException e) {
      // Told below.
    }
    throw invalid("--control: " + host + " has no IPv4 address");
  }

  private static String hostName() {
    try {
      String host = InetAddress.getLocalHost().getHostName();
      return host.length() <= MAX_NAME ? host : host.substring(0, MAX_NAME);
    } catch (UnknownHostException e) {
      return "worker";
    }
  }

  private void checkName(String option, @Nullable String text) {
    check(
        text == null || (!text.isBlank() && text.length() <= MAX_NAME),
        option + " must have 1 to " + MAX_NAME + " characters");
  }

  private void check(boolean valid, String message) {
    if (!valid) {
      throw invalid(message);
    }
  }

  private ParameterException invalid(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
