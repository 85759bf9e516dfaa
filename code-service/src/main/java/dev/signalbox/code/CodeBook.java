package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.code.IssueCodeReply;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who has which code. A code is 160 random bits, drawn once and kept for ever. */
final class CodeBook {

  /** What a code shown by a client is worth. */
  enum Verdict {
    RIGHT,
    WRONG,
    UNKNOWN_UUID
  }

  private static final int CODE_BYTES = 20;
  private static final HexFormat HEX = HexFormat.of();

  private final Database database;
  private final CodeQuota quota;

  /** Codes by uuid. A code never changes, so there is nothing to invalidate. */
  private final Cache<String, String> recent;

  private final InstantSource clock;
  private final SecureRandom random;
  private final String nobodysCode;

  /** Any number of codes. */
  CodeBook(Database database, int cachedCodes, InstantSource clock) {
    this(database, new CodeQuota(database, 0), cachedCodes, clock);
  }

  CodeBook(Database database, CodeQuota quota, int cachedCodes, InstantSource clock) {
    this.database = database;
    this.quota = quota;
    this.recent = Caffeine.newBuilder().maximumSize(cachedCodes).executor(Runnable::run).build();
    this.clock = clock;
    this.random = new SecureRandom();
    this.nobodysCode = draw();
  }

  private CodeBook(CodeBook all, Database traced) {
    this.database = traced;
    this.quota = all.quota;
    this.recent = all.recent;
    this.clock = all.clock;
    this.random = all.random;
    this.nobodysCode = all.nobodysCode;
  }

  /** The same codes for the work of one request, whose trace this is; null when not traced. */
  CodeBook traced(@Nullable TraceContext trace) {
    return trace == null ? this : new CodeBook(this, database.traced(trace));
  }

  /**
   * The code of a valid uuid, drawn now if it has none. Fails with INSUFFICIENT_STORAGE if it has
   * none and there are as many as may be.
   */
  Future<IssueCodeReply> issue(String uuid) {
    String known = recent.getIfPresent(uuid);
    if (known != null) {
      return Future.succeededFuture(new IssueCodeReply(known, false));
    }
    return quota
        .take()
        .compose(
            room -> room ? issueNow(uuid) : database.read(session -> issuedBefore(session, uuid)))
        .onSuccess(reply -> recent.put(uuid, reply.code()));
  }

  private Future<IssueCodeReply> issueNow(String uuid) {
    return database
        .writeRepeatable(session -> issue(session, uuid))
        .onComplete(issued -> quota.end(issued.succeeded() && issued.result().created()));
  }

  private IssueCodeReply issuedBefore(Session session, String uuid) {
    return new IssueCodeReply(find(session, uuid).orElseThrow(quota::full), false);
  }

  private IssueCodeReply issue(Session session, String uuid) {
    String drawn = draw();
    // Of two replicas that insert at once the second waits for the first, then finds its row.
    int inserted =
        session.update(
            "INSERT INTO code (uuid, code, issued_at) VALUES (?, ?, ?)"
                + " ON CONFLICT (uuid) DO NOTHING",
            uuid,
            drawn,
            clock.millis());
    if (inserted == 1) {
      return new IssueCodeReply(drawn, true);
    }
    String earlier =
        find(session, uuid)
            .orElseThrow(() -> new IllegalStateException("the conflicting code cannot be found"));
    return new IssueCodeReply(earlier, false);
  }

  /**
   * Judges a code. A wrong code and an unknown uuid cost the same: one look into the database and
   * one comparison whose time does not depend on how much of the code is right. Only a right code
   * may be answered from memory.
   */
  Future<Verdict> judge(String uuid, String shown) {
    String known = recent.getIfPresent(uuid);
    if (known != null && equal(shown, known)) {
      return Future.succeededFuture(Verdict.RIGHT);
    }
    return database
        .read(session -> find(session, uuid))
        .map(found -> {
          String code = found.orElse(nobodysCode);
          boolean right = equal(shown, code);
          if (found.isEmpty()) {
            return Verdict.UNKNOWN_UUID;
          }
          if (right) {
            recent.put(uuid, code);
          }
          return right ? Verdict.RIGHT : Verdict.WRONG;
        });
  }

  private static boolean equal(String shown, String code) {
    return MessageDigest.isEqual(shown.getBytes(UTF_8), code.getBytes(UTF_8));
  }

  private static Optional<String> find(Session session, String uuid) {
    return session.queryOne("SELECT code FROM code WHERE uuid = ?", row -> row.getString(1), uuid);
  }

  private String draw() {
    byte[] bytes = new byte[CODE_BYTES];
    random.nextBytes(bytes);
    return HEX.formatHex(bytes);
  }
}
