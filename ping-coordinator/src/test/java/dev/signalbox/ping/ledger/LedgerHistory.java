package dev.signalbox.ping.ledger;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What workers asked and were told, every change of a task as the database saw it, and what is
 * stored in the end. All times are milliseconds since 1970 by the clock of the one machine that
 * workers and database run on.
 *
 * @param leaseMs how long a lease lasts without a heartbeat
 * @param churnPercent share of the answering addresses that may differ between two results
 */
record LedgerHistory(
    long leaseMs,
    int churnPercent,
    List<Leased> leases,
    List<Renewed> renewals,
    List<Released> releases,
    List<Submitted> submissions,
    List<Change> changes,
    Stored stored) {

  /** A lease that a worker was told. */
  record Leased(String leaseId, List<Integer> tasks, long askedAt, long toldAt, long expiresAt) {}

  /** A heartbeat that was confirmed. */
  record Renewed(String leaseId, long askedAt, long toldAt, long expiresAt) {}

  /** A lease that was given back, or may have been. */
  record Released(String leaseId, long askedAt) {}

  /** What a worker was told of a result. */
  enum Outcome {
    ACCEPTED,
    REPEATED,
    REFUSED,
    /** No answer came: it may be stored or not. */
    UNKNOWN
  }

  /** A result that was sent. */
  @SuppressWarnings("ArrayRecordComponent")
  record Submitted(String leaseId, int task, byte[] bitmap, long askedAt, Outcome outcome) {}

  /**
   * A row of the table of tasks after a change.
   *
   * @param number in the order of the changes of one row
   * @param status {@link #DELETED} when the row was deleted
   */
  record Change(
      long number,
      long at,
      int task,
      int copy,
      int status,
      @Nullable String leaseId,
      @Nullable Long participant,
      @Nullable Long expiresAt) {

    static final int DELETED = -1;
  }

  /** A row of the table of tasks in the end. */
  record TaskRow(int task, int copy, int status, int answered) {}

  /**
   * A row of the table of results in the end.
   *
   * @param bitmap null for a copy whose data is not kept
   */
  @SuppressWarnings("ArrayRecordComponent")
  record ResultRow(
      int task,
      int copy,
      @Nullable Long participant,
      byte @Nullable [] bitmap,
      int confirmations) {}

  /** That a participant was confirmed or refuted. */
  record Compared(int task, long participant, boolean agreed) {}

  /**
   * What is stored in the end.
   *
   * @param tally tasks of status 0 to 3, then addresses that answered
   * @param credit tasks by participant, as the leaderboard counts them
   */
  record Stored(
      List<TaskRow> tasks,
      List<ResultRow> results,
      List<Compared> comparisons,
      List<Long> tally,
      Map<Long, Integer> credit) {}
}
