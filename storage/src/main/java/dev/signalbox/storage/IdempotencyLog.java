package dev.signalbox.storage;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.Sha256;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Remembers which requests have been answered, so that one sent again with the same key is answered
 * as before and not done again. Works on the table {@code idempotency}, which every service's
 * schema has. Keys of one scope (usually an operation) do not meet those of another.
 *
 * <p>Inside one write: {@link #claim}; when the answer is {@link Answer.Unseen}, do the work and
 * {@link #answer} with the reply, or {@link #release} the key when the work came to nothing. Claim
 * and work then commit or vanish together, and a replica that claims the same key at the same
 * moment waits for this one's commit.
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
    record Seen(String reply) implements Answer {

      /**
       * The reply when it was kept as JSON.
       *
       * @throws ServiceException STORAGE when it does not fit the type
       */
      public <T> T read(Class<T> type) {
        try {
          return Json.read(reply.getBytes(StandardCharsets.UTF_8), type);
        } catch (IOException e) {
          throw new ServiceException(
              ErrorCode.STORAGE, "the reply kept for this idempotency key cannot be read", e);
        }
      }
    }

    /** Another request came under this key. */
    record Mismatch() implements Answer {

      /** The error for the caller. */
      public ServiceException exception() {
        return new ServiceException(
            ErrorCode.IDEMPOTENCY_MISMATCH, "the idempotency key was used for another request");
      }
    }
  }

  /** How long the REST contract promises to remember. */
  public static final Duration A_DAY = Duration.ofDays(1);

  /** For keys that come with something else that is kept, and so need no limit of their own. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** What {@link #isKey} demands. */
  public static final String KEY_RULE = "must be 1 to 255 printable ASCII characters";

  private static final int MAX_KEY_LENGTH = 255;
  private static final int SWEEP_ROWS = 1_000;

  private final Duration keep;
  private final int maxKeys;
  private final InstantSource clock;
  private long sweepAtMs;
  private long kept;

  /**
   * @param keep how long a key is remembered
   * @param maxKeys how many keys are remembered at most, about: those of other replicas are counted
   *     once a minute
   * @param clock the time of day
   */
  public IdempotencyLog(Duration keep, int maxKeys, InstantSource clock) {
    this.keep = keep;
    this.maxKeys = maxKeys;
    this.clock = clock;
  }

  /** Whether a text may be a key. */
  public static boolean isKey(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_KEY_LENGTH
        && text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /**
   * Looks a key up and takes it when it is free.
   *
   * @param request what the key stands for, in a form that is equal for equal requests
   * @throws ServiceException LIMIT_REACHED when the key is new and the log is full
   */
  public Answer claim(Session session, String scope, String key, byte[] request) {
    long now = clock.millis();
    long expired = now - keep.toMillis();
    byte[] digest = Sha256.of(request);
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
      count();
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

  /** Frees a key that was claimed in the same write, for a request that changed nothing. */
  public void release(Session session, String scope, String key) {
    session.update("DELETE FROM idempotency WHERE scope = ? AND key = ?", scope, key);
  }

  /** Refusing undoes the claim. Forgetting an older key instead would break a promise unseen. */
  private synchronized void count() {
    if (kept >= maxKeys) {
      throw new ServiceException(
          ErrorCode.LIMIT_REACHED,
          "the limit of " + maxKeys + " idempotency keys is reached; retry later or without a key");
    }
    kept++;
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
    if (maxKeys != UNLIMITED) {
      kept =
          session
              .queryOne("SELECT count(*) FROM idempotency", row -> row.getLong(1))
              .orElseThrow(() -> new IllegalStateException("a count has a row"));
    }
    sweepAtMs = swept == SWEEP_ROWS ? now : now + Duration.ofMinutes(1).toMillis();
  }
}
