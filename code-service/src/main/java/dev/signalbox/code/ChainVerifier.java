package dev.signalbox.code;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Recomputes the chain over all messages. One walk is under way at a time, however many ask: those
 * who ask meanwhile share the next one, which sees all that was stored before they asked. A walk
 * ends early when nobody waits for it any more.
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

  private record Waiting(Call call, Promise<VerifyMessagesReply> reply) {

    boolean wanted() {
      return !call.expired() && !call.cancellation().requested();
    }
  }

  private static final String NEXT =
      "SELECT " + Message.COLUMNS + " FROM message WHERE id > ? ORDER BY id LIMIT ?";

  private final Database database;
  private final Slice slice;
  private boolean walking;
  private List<Waiting> waiting = new ArrayList<>();

  ChainVerifier(Database database, Slice slice) {
    this.database = database;
    this.slice = slice;
  }

  /** Recomputes the chain up to the message that is last now, or later. */
  Future<VerifyMessagesReply> verify(Call call) {
    Promise<VerifyMessagesReply> reply = Promise.promise();
    synchronized (this) {
      waiting.add(new Waiting(call, reply));
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
        .compose(head -> walk(party, head))
        .onComplete(result -> {
          synchronized (this) {
            walking = false;
          }
          walkNext();
          tell(party, result);
        });
  }

  private static void tell(List<Waiting> party, AsyncResult<VerifyMessagesReply> result) {
    for (Waiting one : party) {
      if (result.succeeded()) {
        one.reply.complete(result.result());
      } else {
        one.reply.fail(result.cause());
      }
    }
  }

  private static Head head(Session session) {
    return session
        .queryOne(
            "SELECT id, hash, (SELECT coalesce(max(id), 0) FROM message)"
                + " FROM message_head WHERE one = 1",
            row -> new Head(row.getLong(1), ChainHash.of(row.getBytes(2)), row.getLong(3)))
        .orElse(new Head(0, ChainHash.START, 0));
  }

  private Future<VerifyMessagesReply> walk(List<Waiting> party, Head head) {
    Promise<VerifyMessagesReply> end = Promise.promise();
    step(party, head, new ChainCheck(head.id, head.hash), end);
    return end.future();
  }

  /**
   * Not composed futures: those of a long walk would complete inside each other, stack on stack.
   */
  private void step(
      List<Waiting> party, Head head, ChainCheck check, Promise<VerifyMessagesReply> end) {
    if (party.stream().noneMatch(Waiting::wanted)) {
      end.fail(new ServiceException(ErrorCode.TIMEOUT, "the chain is too long to verify in time"));
      return;
    }
    database
        .read(session -> read(session, check))
        .onComplete(more -> {
          if (more.failed()) {
            end.fail(more.cause());
          } else if (more.result()) {
            step(party, head, check, end);
          } else {
            end.complete(check.result(head.lastId));
          }
        });
  }

  /** Reads on for a while; whether there is more. A read that runs again goes on where it was. */
  private boolean read(Session session, ChainCheck check) {
    long start = System.nanoTime();
    do {
      int seen = session.scan(NEXT, check::accept, check.position(), slice.rows);
      if (check.ended() || seen < slice.rows) {
        return false;
      }
    } while (System.nanoTime() - start < slice.time.toNanos());
    return true;
  }
}
