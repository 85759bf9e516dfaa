package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries calls over the event bus, to handlers of this process and of others. The caller chooses
 * the process, of those that say they serve the operation, and so knows at once which of its calls
 * get no answer when a process goes. The event bus's own request and reply would tell neither that
 * a process cannot be reached nor that it has gone.
 */
final class EventBusCarrier implements Carrier {

  /** Answers to the calls made on one event loop come back on it. */
  private static final String ANSWERS = "platform.answers.";

  private final Vertx vertx;
  private final EventBus eventBus;
  private final Members members;
  private final Greetings greetings;
  private final RemoteCancellations cancellations;
  private final ConcurrentMap<EventLoop, String> inboxes = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, Attempt<?>> underWay = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Set<Attempt<?>>> byNode = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger turn = new AtomicInteger();

  /** One request that was sent and not answered yet. */
  private final class Attempt<R> {
    private final long id = lastId.incrementAndGet();
    private final long sentNanos = System.nanoTime();
    private final Operation<?, R> operation;
    private final Promise<R> answer;

    Attempt(Operation<?, R> operation, Promise<R> answer) {
      this.operation = operation;
      this.answer = answer;
    }

    void answered(Envelope content) {
      try {
        answer.tryComplete(EnvelopeCodec.open(content, operation.replyType()));
      } catch (ServiceException e) {
        answer.tryFail(e);
      }
    }

    void unanswered(Unanswered.Reason reason) {
      answer.tryFail(new Unanswered(reason));
    }
  }

  EventBusCarrier(
      Vertx vertx, Members members, Greetings greetings, RemoteCancellations cancellations) {
    this.vertx = vertx;
    this.eventBus = vertx.eventBus();
    this.members = members;
    this.greetings = greetings;
    this.cancellations = cancellations;
    members.listener(
        new Members.Listener() {
          @Override
          public void absent(String node) {
            to(node).forEach(attempt -> attempt.unanswered(Unanswered.Reason.LOST));
          }

          @Override
          public void late(String node, long sinceNanos) {
            to(node).stream()
                .filter(attempt -> attempt.sentNanos - sinceNanos < 0)
                .filter(EventBusCarrier.this::elsewhere)
                .forEach(attempt -> attempt.unanswered(Unanswered.Reason.LOST));
          }

          @Override
          public void forgotten(String node) {
            byNode.remove(node);
          }
        });
  }

  private List<Attempt<?>> to(String node) {
    return List.copyOf(byNode.getOrDefault(node, Set.of()));
  }

  /** Whether another process may be asked the same. */
  private boolean elsewhere(Attempt<?> attempt) {
    return attempt.operation.repeatable()
        && members.serving(attempt.operation.address()).size() > 1;
  }

  @Override
  public <Q, R> Future<R> attempt(
      Operation<Q, R> operation, Q request, Call call, long waitMillis, Attempts attempts) {
    String node = choose(operation.address(), attempts);
    if (node == null) {
      return Future.failedFuture(new Unanswered(Unanswered.Reason.NOBODY));
    }
    attempts.at(node);
    ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
    Promise<R> answer = caller.promise();
    Attempt<R> attempt = new Attempt<>(operation, answer);
    Set<Attempt<?>> others = byNode.computeIfAbsent(node, _ -> ConcurrentHashMap.newKeySet());
    underWay.put(attempt.id, attempt);
    others.add(attempt);
    ScheduledFuture<?> timer =
        caller
            .nettyEventLoop()
            .schedule(
                () -> attempt.unanswered(Unanswered.Reason.TIMEOUT),
                waitMillis,
                TimeUnit.MILLISECONDS);
    answer
        .future()
        .onComplete(_ -> {
          timer.cancel(false);
          underWay.remove(attempt.id);
          others.remove(attempt);
        });
    try {
      eventBus
          .<Exchange>sender(Members.at(operation.address(), node), ExchangeCodec.DELIVERY)
          .write(
              new Exchange(
                  inbox(caller),
                  attempt.id,
                  new Envelope.Local(call, operation.requestType(), request)))
          .onFailure(_ -> attempt.unanswered(Unanswered.Reason.UNREACHED));
    } catch (RuntimeException e) {
      // A request that cannot be encoded, or a bus that is closed.
      answer.tryFail(Carrier.fault(operation, call, e));
    }
    return answer.future();
  }

  /** Of the processes not tried yet the one with the fewest calls from here, in turn of several. */
  @Override
  public boolean serves(String address) {
    return !members.serving(address).isEmpty();
  }

  private @Nullable String choose(String address, Attempts attempts) {
    List<String> nodes = members.serving(address);
    if (nodes.isEmpty()) {
      return null;
    }
    int from = nodes.size() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), nodes.size());
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < nodes.size(); i++) {
      String node = nodes.get((from + i) % nodes.size());
      if (!attempts.tried(node)) {
        Set<Attempt<?>> calls = byNode.get(node);
        int count = calls == null ? 0 : calls.size();
        if (count < fewest) {
          fewest = count;
          best = node;
        }
      }
    }
    return best;
  }

  /** Where answers come back that belong to a caller's event loop. */
  private String inbox(ContextInternal caller) {
    EventLoop loop = caller.nettyEventLoop();
    String inbox = inboxes.get(loop);
    return inbox == null ? inboxes.computeIfAbsent(loop, _ -> listen(caller)) : inbox;
  }

  private String listen(ContextInternal caller) {
    String address = Members.at(ANSWERS + Call.newRequestId(), members.self());
    // Not the caller's own context, which may end before the process does.
    ContextInternal context =
        caller.owner().contextBuilder().withEventLoop(caller.nettyEventLoop()).build();
    context.dispatch(() ->
        eventBus.<Exchange>consumer(
            address,
            message -> {
              Exchange exchange = message.body();
              Attempt<?> attempt = underWay.get(exchange.id());
              if (attempt != null) { // Otherwise the call has ended.
                attempt.answered(exchange.content());
              }
            }));
    return address;
  }

  @Override
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Admission admission) {
    return listening(
        operation.address(),
        eventBus.consumer(
            Members.at(operation.address(), members.self()),
            new RequestHandler<>(eventBus, cancellations, operation, handler, admission)));
  }

  private Future<Subscription> listening(String address, MessageConsumer<?> consumer) {
    return consumer
        .completion()
        .compose(_ -> {
          members.serves(address);
          return greetings.told();
        })
        .map(_ -> new Listening(address, consumer));
  }

  private final class Listening implements Subscription {
    private final String address;
    private final MessageConsumer<?> consumer;
    private boolean withdrawn;

    Listening(String address, MessageConsumer<?> consumer) {
      this.address = address;
      this.consumer = consumer;
    }

    @Override
    public Future<Void> withdraw() {
      synchronized (this) {
        if (!withdrawn) {
          withdrawn = true;
          members.withdraws(address);
        }
      }
      return greetings.told();
    }

    @Override
    public Future<Void> cancel() {
      return withdraw().eventually(consumer::unregister);
    }
  }

  @Override
  public void publish(String address, Envelope event) {
    for (String node : members.serving(address)) {
      eventBus.publish(Members.at(address, node), event, Carrier.EVENT);
    }
  }

  @Override
  public Future<Subscription> subscribe(String address, Consumer<Envelope> listener) {
    return listening(
        address,
        eventBus.<Envelope>consumer(
            Members.at(address, members.self()), message -> listener.accept(message.body())));
  }
}
