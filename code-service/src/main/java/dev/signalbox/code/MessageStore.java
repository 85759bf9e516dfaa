package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import dev.signalbox.storage.IdempotencyLog;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages in the database, which is the truth about them. */
final class MessageStore {

  /** What became of a draft. */
  sealed interface Outcome {

    /**
     * Stored, now or by an earlier request with the same key.
     *
     * @param replayed whether it was the earlier request
     */
    record Stored(long id, long storedAtMs, boolean replayed) implements Outcome {}

    /** Not stored: its key came before with another message, or there are as many as may be. */
    record Refused(ServiceException exception) implements Outcome {}
  }

  /**
   * What a transaction did.
   *
   * @param outcomes one for each draft, in order
   * @param messages those that are new, in order of their ids, which follow each other
   */
  record Stored(List<Outcome> outcomes, List<Message> messages) {}

  private record Head(long id, ChainHash hash) {}

  private static final String SCOPE = "store-message";
  private static final int CHUNK_ROWS = 64;
  private static final int PAGE_BYTES = 4 << 20;

  /** What a search looks at for one page; holds a connection for well below a second. */
  static final int MAX_SEEN_ROWS = 10_000;

  private static final int MAX_SEEN_BYTES = 16 << 20;

  private final Database database;
  private final InstantSource clock;
  private final long most;
  private final IdempotencyLog idempotency;

  /** Any number of messages. */
  MessageStore(Database database, InstantSource clock) {
    this(database, clock, 0);
  }

  /**
   * Messages of a database.
   *
   * @param most messages; 0 for any number
   */
  MessageStore(Database database, InstantSource clock, long most) {
    // Each key comes with a message, which is kept for ever.
    this(
        database,
        clock,
        most,
        new IdempotencyLog(IdempotencyLog.A_DAY, IdempotencyLog.UNLIMITED, clock));
  }

  private MessageStore(
      Database database, InstantSource clock, long most, IdempotencyLog idempotency) {
    this.database = database;
    this.clock = clock;
    this.most = most;
    this.idempotency = idempotency;
  }

  /** The same messages for the work of one request, whose trace this is; null when not traced. */
  MessageStore traced(@Nullable TraceContext trace) {
    return trace == null
        ? this
        : new MessageStore(database.traced(trace), clock, most, idempotency);
  }

  /** Stores drafts in one transaction; done when they are on disk. */
  Future<Stored> store(List<Draft> drafts) {
    // A key tells a message that was stored after all from one that was not.
    return drafts.stream().allMatch(draft -> draft.idempotencyKey() != null)
        ? database.writeRepeatable(session -> store(session, drafts))
        : database.write(session -> store(session, drafts));
  }

  private Stored store(Session session, List<Draft> drafts) {
    Head head = lockHead(session);
    long now = clock.millis();
    long id = head.id;
    ChainHash hash = head.hash;
    List<Outcome> outcomes = new ArrayList<>(drafts.size());
    List<Message> messages = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      Outcome earlier = claim(session, draft);
      if (earlier != null) {
        outcomes.add(earlier);
        continue;
      }
      if (most > 0 && id >= most) {
        outcomes.add(refused(session, draft));
        continue;
      }
      id++;
      hash = hash.next(id, draft.uuid(), draft.text(), now);
      messages.add(new Message(id, draft.uuid(), draft.text(), now, hash));
      outcomes.add(new Outcome.Stored(id, now, false));
      if (draft.idempotencyKey() != null) {
        idempotency.answer(session, SCOPE, draft.idempotencyKey(), id + " " + now);
      }
    }
    if (!messages.isEmpty()) {
      session.updateAll(
          "INSERT INTO message (id, uuid, text, stored_at, hash) VALUES (?, ?, ?, ?, ?)",
          messages.stream().map(MessageStore::columns).toList());
      session.update("UPDATE message_head SET id = ?, hash = ? WHERE one = 1", id, hash.bytes());
    }
    return new Stored(outcomes, messages);
  }

  /** What an earlier request with the same key came to; null when this one is to be stored. */
  private @Nullable Outcome claim(Session session, Draft draft) {
    String key = draft.idempotencyKey();
    if (key == null) {
      return null;
    }
    return switch (idempotency.claim(session, SCOPE, key, draft.content())) {
      case IdempotencyLog.Answer.Unseen() -> null;
      case IdempotencyLog.Answer.Mismatch mismatch -> new Outcome.Refused(mismatch.exception());
      case IdempotencyLog.Answer.Seen(String reply) -> {
        int space = reply.indexOf(' ');
        yield new Outcome.Stored(
            Long.parseLong(reply, 0, space, 10),
            Long.parseLong(reply, space + 1, reply.length(), 10),
            true);
      }
    };
  }

  /** Ids follow each other from 1 on, so the last one says how many there are. */
  private Outcome refused(Session session, Draft draft) {
    if (draft.idempotencyKey() != null) {
      idempotency.release(session, SCOPE, draft.idempotencyKey());
    }
    return new Outcome.Refused(
        new ServiceException(
            ErrorCode.INSUFFICIENT_STORAGE,
            "code.max-messages is reached: there are " + most + " messages; it was not stored"));
  }

  private static @Nullable Object[] columns(Message message) {
    return new Object[] {
      message.id(),
      message.uuid(),
      message.text().getBytes(UTF_8),
      message.storedAtMs(),
      message.hash().bytes()
    };
  }

  /** Reads the head so that no other replica appends before this transaction ends. */
  private static Head lockHead(Session session) {
    String sql = "SELECT id, hash FROM message_head WHERE one = 1";
    return session
        .queryOne(
            session.engine() == Engine.POSTGRESQL ? sql + " FOR UPDATE" : sql,
            row -> new Head(row.getLong(1), ChainHash.of(row.getBytes(2))))
        .orElseThrow(() -> new IllegalStateException("the message log has no head"));
  }

  /** Messages with higher ids, in order; fewer than the limit only at the end of the log. */
  Future<List<Message>> after(long id, int limit) {
    return database.read(session -> after(session, id, limit, null));
  }

  /** Id of the last message; 0 when there is none. */
  Future<Long> lastId() {
    return database.read(session ->
        session
            .queryOne("SELECT id FROM message_head WHERE one = 1", row -> row.getLong(1))
            .orElse(0L));
  }

  /**
   * A page, cut short when its texts would make the reply too large for the bus, or when it took
   * long enough to look for messages that match.
   */
  Future<ListMessagesReply> list(ListMessagesRequest request) {
    MessageFilter filter = MessageFilter.of(request);
    return database.read(session -> {
      List<StoredMessage> page = new ArrayList<>();
      long pageBytes = 0;
      long seenBytes = 0;
      int seen = 0;
      long after = request.after();
      while (true) {
        int wanted =
            filter.matchesAll()
                ? Math.min(CHUNK_ROWS, request.limit() - page.size() + 1)
                : CHUNK_ROWS;
        List<Message> chunk = after(session, after, wanted, request.uuid());
        for (Message message : chunk) {
          if (page.size() == request.limit()
              || pageBytes >= PAGE_BYTES
              || seen == MAX_SEEN_ROWS
              || seenBytes >= MAX_SEEN_BYTES) {
            return new ListMessagesReply(page, true, after);
          }
          seen++;
          seenBytes += message.text().length();
          after = message.id();
          if (filter.matches(message)) {
            page.add(message.toContract());
            pageBytes += message.text().length();
          }
        }
        if (chunk.size() < wanted) {
          return new ListMessagesReply(page, false, after);
        }
      }
    });
  }

  private static List<Message> after(Session session, long id, int limit, @Nullable String uuid) {
    return uuid == null
        ? session.query(
            "SELECT " + Message.COLUMNS + " FROM message WHERE id > ? ORDER BY id LIMIT ?",
            Message::of,
            id,
            limit)
        : session.query(
            "SELECT "
                + Message.COLUMNS
                + " FROM message WHERE uuid = ? AND id > ? ORDER BY id LIMIT ?",
            Message::of,
            uuid,
            id,
            limit);
  }
}
