package dev.signalbox.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Remembers which requests have been answered, so that one sent again with the same key is answered
 * as before and not done again. Works on the table {@code idempotency}, which every service's
 * schema has. Keys of one scope (usually an operation) do not meet those of another.
 *
 * <p>Inside one write: {@link #claim}; when the answer is {@link Answer.Unseen}, do the work and
 * {@link #answer} with the reply. Claim and work then commit or vanish together, and a replica that
 * claims the same key at the same moment waits for this one's commit.
 */
public final class IdempotencyLog {

  /** What is known about a key. */
  public sealed interface Answer {

    /** Nothing; it is now the caller's. */
    record Unseen() implements Answer {}

    /**
     * The same request was answered before.
     *
     * @param reply as it was given to {@link IdempotencyLog#answer}
     */
    record Seen(String reply) implements Answer {}

    /** Another request came under this key. */
    record Mismatch() implements Answer {}
  }

  /** How long the REST contract promises to remember. */
  public static final Duration A_DAY = Duration.ofDays(1);

  private static final int SWEEP_ROWS = 1_000;

  private final Duration keep;
  private final InstantSource clock;
  private long sweepAtMs;

  /**
   * @param keep how long a key is remembered
   * @param clock the time of day
   */
  public IdempotencyLog(Duration keep, InstantSource clock) {
    this.keep = keep;
    this.clock = clock;
  }

  /**
   * Looks a key up and takes it when it is free.
   *
   * @param request what the key stands for, in a form that is equal for equal requests
   */
  public Answer claim(Session session, String scope, String key, byte[] request) {
    long now = clock.millis();
    long expired = now - keep.toMillis();
    byte[] digest = sha256(request);
    sweep(session, now, expired);
    int claimed =
        session.update(
            "INSERT INTO idempotency (scope, key, digest, reply, claimed_at)"
                + " VALUES (?, ?, ?, NULL, ?)"
                + " ON CONFLICT (scope, key) DO UPDATE SET"
                + " digest = excluded.digest, reply = NULL, claimed_at = excluded.claimed_at"
                + " WHERE idempotency.claimed_at <= ?",
            scope,
            key,
            digest,
            now,
            expired);
    if (claimed == 1) {
      return new Answer.Unseen();
    }
    return session
        .<Answer>queryOne(
            "SELECT digest, reply FROM idempotency WHERE scope = ? AND key = ?",
            row ->
                MessageDigest.isEqual(row.getBytes(1), digest)
                    ? new Answer.Seen(row.getString(2))
                    : new Answer.Mismatch(),
            scope,
            key)
        .orElseThrow(() -> new IllegalStateException("a claimed key has no row"));
  }

  /** Keeps the reply to a request whose key was claimed in the same write. */
  public void answer(Session session, String scope, String key, String reply) {
    session.update(
        "UPDATE idempotency SET reply = ? WHERE scope = ? AND key = ?", reply, scope, key);
  }

  /** Forgets old keys, a few at a time so that no write waits long for it. */
  private synchronized void sweep(Session session, long now, long expired) {
    if (now < sweepAtMs) {
      return;
    }
    int swept =
        session.update(
            "DELETE FROM idempotency WHERE (scope, key) IN (SELECT scope, key FROM idempotency"
                + " WHERE claimed_at <= ? ORDER BY claimed_at LIMIT ?)",
            expired,
            SWEEP_ROWS);
    sweepAtMs = swept == SWEEP_ROWS ? now : now + Duration.ofMinutes(1).toMillis();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
