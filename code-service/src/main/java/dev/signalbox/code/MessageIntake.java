package dev.signalbox.code;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages in. Those that arrive while a transaction is under way share the next one: the
 * head of the chain is then read and locked once for all of them. What waits is bounded by the
 * endpoint's requests in flight.
 */
final class MessageIntake {

  private record Waiting(
      Draft draft,
      long deadlineNanos,
      Promise<StoreMessageReply> reply,
      @Nullable TraceContext trace,
      @Nullable Span span) {

    /** Ends its span, if it has one: its batch is written or has failed. */
    void written(int batch, @Nullable Throwable failure) {
      if (span == null) {
        return;
      }
      span.setAttribute("signalbox.storage.batch_size", batch);
      if (failure == null) {
        span.end();
      } else {
        Spans.fail(span, failure);
      }
    }
  }

  private final MessageStore store;
  private final MessageLog log;
  private final int maxBatch;
  private final LongConsumer stored;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean writing;

  /** An intake without a listener. */
  MessageIntake(MessageStore store, MessageLog log, int maxBatch) {
    this(store, log, maxBatch, _ -> {});
  }

  /**
   * An intake.
   *
   * @param stored receives the id of the last message of each commit
   */
  MessageIntake(MessageStore store, MessageLog log, int maxBatch, LongConsumer stored) {
    this.stored = stored;
    this.store = store;
    this.log = log;
    this.maxBatch = maxBatch;
  }

  /**
   * Stores a message.
   *
   * @param deadlineNanos when its caller stops waiting, in terms of {@link System#nanoTime()}
   * @param trace what it is part of; null when not traced
   * @return completes when it is on disk and, unless the file is in trouble, in the log file
   */
  Future<StoreMessageReply> store(Draft draft, long deadlineNanos, @Nullable TraceContext trace) {
    Promise<StoreMessageReply> reply = Promise.promise();
    Span span = TraceContext.internal(trace, "message batch");
    synchronized (this) {
      waiting.add(new Waiting(draft, deadlineNanos, reply, TraceContext.below(trace, span), span));
    }
    writeNext();
    return reply.future();
  }

  private void writeNext() {
    List<Waiting> batch;
    List<Waiting> late = new ArrayList<>();
    synchronized (this) {
      if (writing) {
        return;
      }
      batch = take(late);
      writing = !batch.isEmpty();
    }
    for (Waiting one : late) {
      ServiceException failure =
          new ServiceException(
              ErrorCode.TIMEOUT, "too many messages are queued; the message was not stored");
      one.written(0, failure);
      one.reply.fail(failure);
    }
    if (batch.isEmpty()) {
      return;
    }
    store
        .traced(traceOf(batch))
        .store(batch.stream().map(Waiting::draft).toList())
        .onComplete(result -> {
          synchronized (this) {
            writing = false;
          }
          // The next transaction goes to the disk while this one's lines go to the log file.
          writeNext();
          batch.forEach(one -> one.written(batch.size(), result.cause()));
          if (result.succeeded()) {
            List<Message> messages = result.result().messages();
            if (!messages.isEmpty()) {
              stored.accept(messages.getLast().id());
            }
            logged(batch, result.result());
          } else {
            batch.forEach(one -> one.reply.fail(result.cause()));
          }
        });
  }

  /** The transaction is shown in the trace of one of its messages. */
  private static @Nullable TraceContext traceOf(List<Waiting> batch) {
    for (Waiting one : batch) {
      if (one.span != null) {
        return one.trace;
      }
    }
    return null;
  }

  private List<Waiting> take(List<Waiting> late) {
    List<Waiting> batch = new ArrayList<>();
    long now = System.nanoTime();
    while (batch.size() < maxBatch) {
      Waiting next = waiting.poll();
      if (next == null) {
        break;
      }
      (next.deadlineNanos - now <= 0 ? late : batch).add(next);
    }
    return batch;
  }

  private void logged(List<Waiting> batch, MessageStore.Stored stored) {
    log.append(stored.messages(), highestId(stored))
        .onComplete(_ -> {
          for (int i = 0; i < batch.size(); i++) {
            tell(batch.get(i), stored.outcomes().get(i));
          }
        });
  }

  /** The log file must also hold what an earlier request with the same key has stored. */
  private static long highestId(MessageStore.Stored stored) {
    long highest = 0;
    for (MessageStore.Outcome outcome : stored.outcomes()) {
      if (outcome instanceof MessageStore.Outcome.Stored one) {
        highest = Math.max(highest, one.id());
      }
    }
    return highest;
  }

  private static void tell(Waiting one, MessageStore.Outcome outcome) {
    switch (outcome) {
      case MessageStore.Outcome.Stored(long id, long storedAtMs, boolean replayed) ->
          one.reply.complete(new StoreMessageReply.Stored(id, storedAtMs, replayed));
      case MessageStore.Outcome.Refused(ServiceException exception) -> one.reply.fail(exception);
    }
  }
}
