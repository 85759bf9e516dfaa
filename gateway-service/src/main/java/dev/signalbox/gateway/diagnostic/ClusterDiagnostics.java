package dev.signalbox.gateway.diagnostic;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.contracts.DiagnoseReply.Finding;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.PlatformContract;
import dev.signalbox.gateway.diagnostic.Answers.Answer;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.FindingHistory;
import dev.signalbox.platform.diagnostic.FindingHistory.Seen;
import dev.signalbox.platform.diagnostic.Symptom;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the processes of the system. Asks each instance that is announced, all at
 * once: one that does not answer is a finding itself. Any thread may use it.
 */
public final class ClusterDiagnostics {

  /** How often a gateway asks by itself, so that it knows since when one has not answered. */
  public static final long PERIOD_MS = 15_000;

  private static final int MOST_INSTANCES = 1_000;
  private static final long CLOCK_MS = 2_000;

  /**
   * All of it.
   *
   * @param answers of those that were asked
   * @param notAsked those that serve no diagnostics: of a version before them
   * @param findings about instances and clocks, by this gateway
   */
  record Report(
      Answers<DiagnoseReply> answers, List<Announcement> notAsked, List<Finding> findings) {}

  private record Asked(Answer<DiagnoseReply> answer, long skewMs) {}

  private final Bus bus;
  private final ServiceDirectory directory;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final FindingHistory history;
  private @Nullable Future<Report> collecting;

  /** Those of all instances of a directory. */
  public ClusterDiagnostics(Bus bus, ServiceDirectory directory) {
    this(bus, directory, InstantSource.system(), System::nanoTime);
  }

  ClusterDiagnostics(Bus bus, ServiceDirectory directory, InstantSource clock, LongSupplier nanos) {
    this.bus = bus;
    this.directory = directory;
    this.clock = clock;
    this.nanos = nanos;
    this.history = new FindingHistory(clock, nanos);
  }

  /** Asks every instance; who asks meanwhile gets the same. Completes on whichever thread. */
  public Future<Report> collect() {
    synchronized (this) {
      if (collecting != null) {
        return collecting;
      }
      // One whose process has vanished serves nothing either: it is soon silent, and so DOWN.
      Map<Boolean, List<Announcement>> instances =
          directory.live().stream()
              .filter(instance -> instance.ready() || instance.state().equals("draining"))
              .limit(MOST_INSTANCES)
              .collect(
                  Collectors.partitioningBy(
                      instance -> bus.serves(PlatformContract.DIAGNOSE.at(instance.node()))));
      List<Announcement> notAsked = instances.getOrDefault(false, List.of());
      List<Future<Asked>> asked =
          instances.getOrDefault(true, List.of()).stream().map(this::ask).toList();
      Future<Report> report =
          Future.join(asked)
              .map(_ -> report(asked.stream().map(Future::result).toList(), notAsked));
      if (!report.isComplete()) {
        collecting = report;
        report.onComplete(_ -> {
          synchronized (this) {
            collecting = null;
          }
        });
      }
      return report;
    }
  }

  private Future<Asked> ask(Announcement instance) {
    long askedMs = clock.millis();
    long askedNanos = nanos.getAsLong();
    Future<DiagnoseReply> call =
        bus.call(
            PlatformContract.DIAGNOSE.at(instance.node()),
            Empty.EMPTY,
            Call.within(PlatformContract.DIAGNOSE.timeout()));
    return Answer.of(instance, PlatformContract.DIAGNOSE, call)
        .map(answer -> {
          DiagnoseReply reply = answer.reply();
          if (reply == null) {
            return new Asked(answer, 0);
          }
          long halfMs = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - askedNanos) / 2;
          long apart = reply.clockEpochMs() - askedMs - halfMs;
          // What the way took is not known to be even: by so much the clocks may agree.
          long skew = Math.abs(apart) <= halfMs ? 0 : apart - Long.signum(apart) * halfMs;
          return new Asked(answer, skew);
        });
  }

  private Report report(List<Asked> all, List<Announcement> notAsked) {
    Answers<DiagnoseReply> answers =
        Answers.of(
            all.stream().map(Asked::answer).toList(),
            (one, other) -> one.checkedAtEpochMs() >= other.checkedAtEpochMs() ? one : other);
    Map<String, Long> skews = new HashMap<>();
    List<Seen> seen = new ArrayList<>();
    for (Asked asked : all) {
      Announcement instance = asked.answer.instance();
      DiagnoseReply reply = asked.answer.reply();
      if (reply != null) {
        skews.merge(reply.process(), asked.skewMs, ClusterDiagnostics::smaller);
      } else if (instance.ready()) {
        seen.add(down(instance, "does not answer: " + asked.answer.reason()));
      }
    }
    answers.replies().forEach(reply -> clock(reply, skews.getOrDefault(reply.process(), 0L), seen));
    long now = nanos.getAsLong();
    for (ServiceDirectory.Lost lost : directory.lost()) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(now - lost.sinceNanos());
      seen.add(
          down(
              lost.announcement(),
              "was last heard " + seconds + " s ago, without saying that it stops"));
    }
    history.update(seen);
    return new Report(answers, notAsked, history.findings());
  }

  private static long smaller(long one, long other) {
    return Math.abs(one) <= Math.abs(other) ? one : other;
  }

  private static Seen down(Announcement instance, String what) {
    return new Seen(
        instance.service(),
        instance.node(),
        Symptom.of(
            FindingCode.DOWN,
            instance.service()
                + " "
                + instance.node()
                + " at "
                + instance.host()
                + " "
                + what
                + "."));
  }

  private static void clock(DiagnoseReply reply, long skewMs, List<Seen> seen) {
    if (Math.abs(skewMs) > CLOCK_MS) {
      seen.add(
          new Seen(
              null,
              null,
              Symptom.of(
                  FindingCode.CLOCK,
                  reply.process(),
                  String.format(
                      Locale.ROOT,
                      "The clock of %s (process %d) is at least %.1f s %s that of this gateway.",
                      reply.host(),
                      reply.pid(),
                      Math.abs(skewMs) / 1e3,
                      skewMs > 0 ? "ahead of" : "behind"))));
    }
  }
}
