package dev.signalbox.worker;

import dev.signalbox.worker.HeldLease.HeldTask;
import dev.signalbox.worker.site.SiteClient;
import dev.signalbox.worker.site.SiteException;

/** Submits the results of complete tasks, again while the site cannot take them. */
final class ResultSubmitter {

  private static final int AT_ONCE = 4;

  private final HeldLeases leases;
  private final SiteClient site;
  private final Reporter reporter;
  private int submitted;
  private long answers;

  ResultSubmitter(HeldLeases leases, SiteClient site, Reporter reporter) {
    this.leases = leases;
    this.site = site;
    this.reporter = reporter;
  }

  /** Results that the site has taken. */
  int submitted() {
    return submitted;
  }

  /** Addresses that have answered in these. */
  long answers() {
    return answers;
  }

  /** Submits those that are due. */
  void submit(long nowMs) {
    long under =
        leases.all().stream()
            .flatMap(lease -> lease.tasks.stream())
            .filter(held -> held.submitting)
            .count();
    for (HeldLease lease : leases.all()) {
      for (HeldTask held : lease.tasks) {
        if (under < AT_ONCE
            && held.task.isComplete()
            && !held.submitting
            && nowMs >= held.notBeforeMs) {
          under++;
          submit(lease, held);
        }
      }
    }
  }

  private void submit(HeldLease lease, HeldTask held) {
    held.submitting = true;
    site.submit(held.task.index(), lease.token, held.task.result())
        .onComplete(
            _ -> {
              leases.done(lease, held);
              submitted++;
              answers += held.task.answered();
              reporter.submitted(held.task.network(), held.task.answered());
            },
            failure -> {
              held.submitting = false;
              if (failure instanceof SiteException refused && mayLaterBeTaken(refused)) {
                long wait = held.backoff.nextMillis(refused.retryAfter());
                held.notBeforeMs = CensusWorker.nowMs() + wait;
                reporter.waiting(refused.detail(), wait);
              } else {
                leases.done(lease, held);
                reporter.refused(held.task.network(), String.valueOf(failure.getMessage()));
              }
            });
  }

  private static boolean mayLaterBeTaken(SiteException refused) {
    return refused.isTemporary() || refused.status() == 401 || refused.status() == 403;
  }
}
