package dev.signalbox.platform.diagnostic;

import java.time.Duration;
import java.util.Locale;

/**
 * Everything that a process can find wrong. The names are stable: programs compare them. One that
 * has an alert is called like it, {@code SLOW_COMMITS} like {@code SignalboxSlowCommits}, and is an
 * error where the alert is a page.
 */
public enum FindingCode {
  /** An instance does not answer, or has vanished. */
  DOWN(
      Severity.ERROR,
      0,
      "An instance does not answer",
      "Look at the log of its process and start it again. If it runs, look at the network and at"
          + " the processors it has."),
  /** Nobody does the work of a service. */
  NO_INSTANCE(
      Severity.ERROR,
      0,
      "No instance of a service takes work",
      "Start the service. If it runs, compare platform.cluster-name, platform.cluster-members and"
          + " the cluster keys, and look at the firewall."),
  /** Members of the cluster do not answer. */
  MEMBER(
      Severity.WARNING,
      0,
      "Members of the cluster do not answer",
      "Look at the network between the machines and whether the processes have processor time."),
  /** No other member was ever met. */
  ALONE(
      Severity.WARNING,
      60,
      "No other member of the cluster was found",
      "Start the others. If they run, compare platform.cluster-name, platform.cluster-members and"
          + " the cluster keys, and look at the firewall."),
  /** Readiness says no. */
  NOT_READY(
      Severity.ERROR,
      0,
      "A process is not ready",
      "Mend what the detail names; load balancers send it nothing until then."),
  /** Builds differ. */
  MIXED_VERSIONS(
      Severity.WARNING,
      300,
      "Instances of several versions run",
      "Finish the upgrade, or take it back."),
  /** Clocks differ. */
  CLOCK(
      Severity.WARNING,
      0,
      "The clocks of two machines differ",
      "Run a time service such as chrony on both; leases and the ends of tokens depend on it."),
  /** The database cannot be used. */
  STORAGE(
      Severity.ERROR,
      0,
      "A service cannot use its database",
      "Mend the database or make room on its disk. The service uses it again by itself."),
  /** The database refuses statements. */
  STATEMENTS(
      Severity.WARNING,
      0,
      "The database refuses statements",
      "The log has the cause under the request id: report it with that."),
  /** Commits are slow. */
  SLOW_COMMITS(
      Severity.WARNING,
      30,
      "Commits of the database are slow",
      "Look at the disk and at what else uses it, or at PostgreSQL and the network to it."),
  /** Writes queue up. */
  WRITES_WAITING(
      Severity.WARNING,
      30,
      "Writes wait for the database",
      "Look at the disk or the database; when the queue is full, writes are refused."),
  /** The log of messages is behind. */
  MESSAGES_LOG(
      Severity.WARNING,
      30,
      "messages.log is behind the database",
      "Look at the disk and the permissions of the data directory. No message is lost; the file"
          + " catches up."),
  /** Lines of the audit log are lost. */
  AUDIT_LOG(
      Severity.WARNING,
      0,
      "The audit log lost lines",
      "Make room on the disk of gateway.audit-log, or use a faster one."),
  /** Defects. */
  DEFECT(
      Severity.WARNING,
      0,
      "Requests failed by a defect",
      "The log has the cause under the request id: report it with that."),
  /** Many server errors. */
  ERRORS(
      Severity.ERROR,
      0,
      "More than one of a hundred responses is an error of the server",
      "Look at the other findings and at the log for the cause."),
  /** Requests are refused for load. */
  OVERLOADED(
      Severity.WARNING,
      0,
      "A service refuses requests",
      "Add replicas, or raise max-in-flight of the service where memory and processors allow."),
  /** Requests wait at the gateway. */
  QUEUE(
      Severity.WARNING,
      10,
      "Requests wait for a place",
      "Look which service is slow; add replicas, or raise gateway.max-in-flight."),
  /** Connections run out. */
  CONNECTIONS(
      Severity.WARNING,
      10,
      "The gateway has almost all the connections it may have",
      "Raise gateway.max-connections where files and memory allow, or look for clients that leave"
          + " connections open."),
  /** Clients do not read. */
  SLOW_CLIENTS(
      Severity.WARNING,
      0,
      "Clients do not read their responses",
      "Give the gateway more heap, or look for the clients in the request log."),
  /** An event loop does not run. */
  EVENT_LOOP(
      Severity.ERROR,
      4,
      "An event loop is blocked or late",
      "Look for a warning of a blocked thread in the log, and whether the process has processor"
          + " time."),
  /** The heap is full. */
  MEMORY(
      Severity.WARNING,
      30,
      "The heap is almost full",
      "Raise -Xmx in JAVA_OPTS, or SIGNALBOX_MEMORY in a container."),
  /** Much time goes into collections. */
  COLLECTOR(
      Severity.WARNING,
      30,
      "The garbage collector takes much time",
      "Raise -Xmx in JAVA_OPTS, or SIGNALBOX_MEMORY in a container."),
  /** File descriptors run out. */
  FILES(
      Severity.ERROR,
      10,
      "The process has almost all the files open that it may",
      "Raise the limit (ulimit -n, LimitNOFILE of systemd), or lower gateway.max-connections."),
  /** The disk is full. */
  DISK(
      Severity.ERROR,
      0,
      "The disk of the data directory is almost full",
      "Delete what is not needed, or move the data directory to a larger disk."),
  /** The quota of files is used up. */
  FILE_QUOTA(
      Severity.WARNING,
      0,
      "The quota of files is almost used up",
      "Delete files, or raise file.max-total-bytes."),
  /** Spans are lost. */
  TRACES(
      Severity.WARNING,
      30,
      "Spans are dropped",
      "Look whether the collector of platform.trace-endpoint runs, or lower platform.trace-ratio."),
  /** A certificate ends. */
  TLS_CERTIFICATE(
      Severity.ERROR,
      0,
      "A certificate of the TLS door is not in order",
      "Renew the files of gateway.tls-certificate and gateway.tls-key, or the authorities of"
          + " gateway.tls-client-ca; the gateway loads new files by itself."),
  /** The tokens in use are not those of the file. */
  TOKENS_FILE(
      Severity.ERROR,
      0,
      "The file of tokens cannot be loaded",
      "Correct gateway.tokens-file; the gateway loads it again by itself."),
  /** Tokens end. */
  TOKEN_EXPIRES(
      Severity.WARNING,
      0,
      "A token ends soon or has ended",
      "Make a new one with signalbox token and give it to its user, or take it out of the file."),
  /** Servers on demand that nobody listens for. */
  SERVER_PORT(
      Severity.WARNING,
      10,
      "Servers on demand have no instance that listens",
      "Free their ports: another program has them, such as a second Signalbox on a copy of the"
          + " data. The log of server-factory-service has the reason."),
  /** A check is broken. */
  CHECK_FAILED(
      Severity.WARNING,
      0,
      "A check of the diagnostics failed",
      "Look at what it checks: a check that does not return often waits for a disk.");

  /** How bad it is. */
  public enum Severity {
    /** Requests fail, or soon will. */
    ERROR,
    /** Something needs a look. */
    WARNING;

    /** Its name in messages. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String PAGE = "docs/operations/troubleshoot.md#";

  private final Severity severity;
  private final Duration lasting;
  private final String title;
  private final String action;

  FindingCode(Severity severity, int lastingSeconds, String title, String action) {
    this.severity = severity;
    this.lasting = Duration.ofSeconds(lastingSeconds);
    this.title = title;
    this.action = action;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** It is told when it has lasted for so long. */
  public Duration lasting() {
    return lasting;
  }

  /** What is wrong, in general. */
  public String title() {
    return title;
  }

  /** What to do about it. */
  public String action() {
    return action;
  }

  /** Page of the documentation and anchor on it. */
  public String docs() {
    return PAGE + name().toLowerCase(Locale.ROOT);
  }
}
