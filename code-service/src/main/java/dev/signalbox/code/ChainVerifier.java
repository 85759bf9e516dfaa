package dev.signalbox.code;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes the chain over all messages and compares the log file with them. One walk is under way
 * at a time, however many ask: those who ask meanwhile share the next one, which sees all that was
 * stored before they asked. A walk ends early when all its callers have left.
 */
final class ChainVerifier {

  /**
   * How a walk shares the database with others: it reads in slices, between which other reads have
   * their turn. No transaction spans two of them: in the past of the chain nothing changes, and a
   * long one would keep SQLite's write-ahead log from being folded back.
   *
   * @param rows what one statement reads; bounds memory
   * @param time how long a connection is held
   */
  record Slice(int rows, Duration time) {

    static final Slice USUAL = new Slice(64, Duration.ofMillis(50));
  }

  private record Head(long id, ChainHash hash, long lastId) {}

  /** What a walk looks at. */
  private record Walk(List<Waiting> party, Head head, ChainCheck chain, LogFileCheck file) {

    /** Takes the next message; whether there is reason to go on. */
    boolean accept(ResultSet row) throws SQLException {
      long before = chain.checked();
      boolean more = chain.accept(row);
      if (chain.checked() > before) {
        file.accept(Message.of(row));
      }
      return more;
    }
  }

  private record Waiting(
      VerifyMessagesRequest request, Call call, Promise<VerifyMessagesReply> reply) {

    boolean wanted() {
      return !call.expired() && !call.cancellation().requested();
    }
  }

  private static final String NEXT =
      "SELECT " + Message.COLUMNS + " FROM message WHERE id > ? ORDER BY id LIMIT ?";

  private final Database database;
  private final Slice slice;
  private final Path file;
  private final boolean deletes;
  private boolean walking;
  private List<Waiting> waiting = new ArrayList<>();

  /**
   * @param file the log file, of whose rotated ones none may be missing
   */
  ChainVerifier(Database database, Slice slice, Path file) {
    this(database, slice, file, false);
  }

  /**
   * @param file the log file
   * @param deletes whether the oldest of its rotated ones may be missing
   */
  ChainVerifier(Database database, Slice slice, Path file, boolean deletes) {
    this.database = database;
    this.slice = slice;
    this.file = file;
    this.deletes = deletes;
  }

  /** Recomputes the chain up to the message that is last now, or later. */
  Future<VerifyMessagesReply> verify(VerifyMessagesRequest request, Call call) {
    Promise<VerifyMessagesReply> reply = Promise.promise();
    synchronized (this) {
      waiting.add(new Waiting(request, call, reply));
    }
    walkNext();
    return reply.future();
  }

  private void walkNext() {
    List<Waiting> party;
    synchronized (this) {
      if (walking || waiting.isEmpty()) {
        return;
      }
      walking = true;
      party = waiting;
      waiting = new ArrayList<>();
    }
    database
        .read(ChainVerifier::head)
        .map(head -> walk(party, head))
        .compose(walk -> walk(walk).eventually(() -> close(walk)))
        .onComplete(result -> {
          synchronized (this) {
            walking = false;
          }
          walkNext();
          if (result.failed()) {
            party.forEach(one -> one.reply.fail(result.cause()));
          }
        });
  }

  private Walk walk(List<Waiting> party, Head head) {
    Set<Long> sizes =
        party.stream()
            .map(one -> one.request.size())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    return new Walk(
        party, head, new ChainCheck(head.id, head.hash, sizes), new LogFileCheck(file, deletes));
  }

  private static void tell(Walk walk) {
    VerifyMessagesReply found = walk.chain.result(walk.head.lastId, walk.file.result());
    for (Waiting one : walk.party) {
      one.reply.complete(
          new VerifyMessagesReply(
              found.intact(),
              found.messages(),
              found.headHash(),
              found.firstBreak(),
              consistent(one.request, walk.chain),
              found.file()));
    }
  }

  private static @Nullable Boolean consistent(VerifyMessagesRequest request, ChainCheck chain) {
    return request.size() == null ? null : chain.headOf(request.size()).equals(request.headHash());
  }

  private static Head head(Session session) {
    return session
        .queryOne(
            "SELECT id, hash, (SELECT coalesce(max(id), 0) FROM message)"
                + " FROM message_head WHERE one = 1",
            row -> new Head(row.getLong(1), ChainHash.of(row.getBytes(2)), row.getLong(3)))
        .orElse(new Head(0, ChainHash.START, 0));
  }

  private Future<Void> close(Walk walk) {
    walk.file.close();
    return Future.succeededFuture();
  }

  private Future<Void> walk(Walk walk) {
    Promise<Void> end = Promise.promise();
    step(walk, end);
    return end.future();
  }

  /**
   * Not composed futures: those of a long walk would complete inside each other, stack on stack.
   */
  private void step(Walk walk, Promise<Void> end) {
    if (walk.party.stream().noneMatch(Waiting::wanted)) {
      end.fail(new ServiceException(ErrorCode.TIMEOUT, "the chain is too long to verify in time"));
      return;
    }
    database
        .read(session -> read(session, walk))
        .onComplete(more -> {
          if (more.failed()) {
            end.fail(more.cause());
          } else if (more.result()) {
            step(walk, end);
          } else {
            tell(walk);
            end.complete();
          }
        });
  }

  /** Reads on for a while; whether there is more. A read that runs again goes on where it was. */
  private boolean read(Session session, Walk walk) {
    long start = System.nanoTime();
    do {
      int seen = session.scan(NEXT, walk::accept, walk.chain.position(), slice.rows);
      if (walk.chain.ended() || seen < slice.rows) {
        compareLineAfter(session, walk);
        return false;
      }
    } while (System.nanoTime() - start < slice.time.toNanos());
    return true;
  }

  /** A line after the last one that was compared is of a message stored since, or of none. */
  private static void compareLineAfter(Session session, Walk walk) {
    if (walk.chain.checked() == walk.head.id && walk.file.goesOn()) {
      session
          .queryOne(
              "SELECT " + Message.COLUMNS + " FROM message WHERE id = ?",
              Message::of,
              walk.chain.checked() + 1)
          .ifPresentOrElse(walk.file::accept, walk.file::differs);
    }
  }
}
