package dev.signalbox.platform.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.signalbox.platform.bus.Members.Silence;
import dev.signalbox.platform.json.Json;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The talk between members: each asks each once a second, and at once when what it serves has
 * changed, and tells what it serves in question and answer. Members that are absent are asked too,
 * so that a connection that is healed, or a process that was paused, is back within a second,
 * whatever membership says meanwhile. One question a second also names the members that answer, so
 * that all learn of all even while membership is split.
 */
final class Greetings {

  private static final Logger LOG = LoggerFactory.getLogger(Greetings.class);

  static final String ADDRESS = "platform.hello";

  static final long PERIOD_MS = 1_000;

  /** An answer takes some milliseconds; on a busy machine, some hundreds. */
  static final long ANSWER_MS = 1_000;

  /** A timer that is so late tells of a pause of this process itself. */
  private static final long PAUSE_NANOS = 3_000_000_000L;

  /** Made when the bus is: an event loop would wait for it. */
  private static final ObjectReader READER = Json.reader(Hello.class);

  private static final ObjectWriter WRITER = Json.writer(Hello.class);

  private final Vertx vertx;
  private final EventBus eventBus;
  private final Members members;
  private final Context context;
  private final Map<Long, Promise<Void>> questions = new ConcurrentHashMap<>();
  private final AtomicLong lastQuestion = new AtomicLong();
  private volatile long lastTick = System.nanoTime();
  private @Nullable Promise<Void> nextRound;
  private int turn;

  Greetings(Vertx vertx, Members members) {
    this.vertx = vertx;
    this.eventBus = vertx.eventBus();
    this.members = members;
    this.context = vertx.getOrCreateContext();
  }

  /**
   * Listens and asks from now on.
   *
   * @return completes when every member that is listed, or that one of those has named, has said
   *     what it serves, or was late
   */
  Future<Void> begin() {
    Promise<Void> met = Promise.promise();
    context.runOnContext(_ -> {
      eventBus.<Buffer>consumer(Members.at(ADDRESS, members.self()), this::arrived);
      members.exchange(() -> told(), node -> ask(node));
      vertx.setPeriodic(PERIOD_MS, _ -> tick());
      askAll(members.toAsk(true), true)
          // Those they named.
          .compose(_ -> askAll(members.toAsk(true), false))
          .onComplete(_ -> met.complete());
    });
    return met.future();
  }

  private Future<Void> askAll(Collection<String> nodes, boolean naming) {
    return Future.join(nodes.stream().map(node -> ask(node, naming, false)).toList())
        .transform(_ -> Future.succeededFuture());
  }

  private void tick() {
    noticePause();
    lastTick = System.nanoTime();
    List<String> present = List.copyOf(members.toAsk(false));
    String named = present.isEmpty() ? "" : present.get(Math.floorMod(turn++, present.size()));
    members.toAsk(true).forEach(node -> ask(node, node.equals(named), false));
  }

  private void noticePause() {
    long now = System.nanoTime();
    if (now - lastTick > PAUSE_NANOS) {
      LOG.warn("this process was paused for {} s", (now - lastTick) / 1_000_000_000L);
      members.pausedUntil(now);
      lastTick = now;
    }
  }

  /** Completes when every present member knows what is served now, or did not answer in time. */
  Future<Void> told() {
    synchronized (this) {
      if (nextRound == null) {
        Promise<Void> round = Promise.promise();
        nextRound = round;
        context.runOnContext(_ -> tellAll(round));
      }
      return nextRound.future();
    }
  }

  private void tellAll(Promise<Void> round) {
    synchronized (this) {
      nextRound = null; // Changes from now on are not in this round.
    }
    askAll(members.toAsk(false), false).onComplete(_ -> round.complete());
  }

  /** Says that this process leaves; completes when that is sent. */
  Future<Void> leave() {
    return Future.join(
            members.toAsk(false).stream()
                .map(node -> send(node, members.hello(true, 0, 0, false)))
                .toList())
        .transform(_ -> Future.succeededFuture());
  }

  private Future<Void> ask(String node) {
    return ask(node, false, false);
  }

  /**
   * Completes, always successfully, when the question is answered or is known not to be.
   *
   * @param naming whether question and answer name the members that answer
   */
  private Future<Void> ask(String node, boolean naming, boolean again) {
    long asked = System.nanoTime();
    long question = lastQuestion.incrementAndGet();
    Promise<Void> answered = Promise.promise();
    questions.put(question, answered);
    long timer = vertx.setTimer(ANSWER_MS, _ -> silent(node, Silence.LATE, asked, answered));
    send(node, members.hello(false, question, 0, naming))
        .onFailure(
            _ -> silent(node, again ? Silence.REFUSED_AGAIN : Silence.REFUSED, asked, answered));
    return answered
        .future()
        .onComplete(_ -> {
          questions.remove(question);
          vertx.cancelTimer(timer);
        });
  }

  private void silent(String node, Silence how, long asked, Promise<Void> answered) {
    if (!answered.tryComplete()) {
      return;
    }
    noticePause();
    if (members.silent(node, how, asked, System.nanoTime())) {
      ask(node, false, true);
    }
  }

  private Future<Void> send(String node, Hello hello) {
    try {
      return eventBus
          .<Buffer>sender(Members.at(ADDRESS, node), new DeliveryOptions())
          .write(Buffer.buffer(WRITER.writeValueAsBytes(hello)));
    } catch (JsonProcessingException e) {
      return Future.failedFuture(e);
    }
  }

  private void arrived(Message<Buffer> message) {
    Hello hello;
    try {
      hello = READER.readValue(message.body().getBytes());
    } catch (IOException | RuntimeException e) {
      LOG.warn("cannot decode a greeting of a member", e);
      return;
    }
    members.heard(hello, System.nanoTime());
    if (hello.question() != 0) {
      send(hello.node(), members.hello(false, 0, hello.question(), hello.others() != null));
    }
    Promise<Void> question = questions.get(hello.answer());
    if (question != null) {
      question.tryComplete();
    }
  }
}
