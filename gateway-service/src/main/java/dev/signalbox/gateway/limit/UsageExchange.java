package dev.signalbox.gateway.limit;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.gateway.TokensUsed;
import dev.signalbox.contracts.gateway.TokensUsed.RequestsSent;
import dev.signalbox.contracts.gateway.TokensUsed.TasksBegun;
import dev.signalbox.gateway.limit.DailyTasks.Tally;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.token.TokenEntry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Makes the limits of tokens hold over all gateways of a cluster: they tell each other afterwards
 * what was used, and no request waits for that. Belongs to one event loop.
 */
public final class UsageExchange {

  private static final long PERIOD_MS = 250;

  /** Every so many periods the tasks of the day are told again, for those that missed them. */
  private static final int REPEAT = 120;

  private static final int MAX_ID = 128;

  private final String gateway;
  private final DailyTasks tasks;
  private final RequestTotals requests;
  private final Elsewhere elsewhere;
  private final Consumer<TokensUsed> publisher;
  private int periods;
  private boolean wanted;

  /** Takes requests that other gateways have granted from what is left here. */
  @FunctionalInterface
  public interface Elsewhere {

    /** Takes so many requests of a token, which need not be known here. */
    void take(String token, long count);
  }

  UsageExchange(
      String gateway,
      DailyTasks tasks,
      RequestTotals requests,
      Elsewhere elsewhere,
      Consumer<TokensUsed> publisher) {
    this.gateway = gateway;
    this.tasks = tasks;
    this.requests = requests;
    this.elsewhere = elsewhere;
    this.publisher = publisher;
  }

  /** The exchange of a gateway; it is silent until it is started. */
  public static UsageExchange of(
      ServiceContext context, DailyTasks tasks, RequestTotals requests, Elsewhere elsewhere) {
    return new UsageExchange(
        context.node(),
        tasks,
        requests,
        elsewhere,
        used -> context.bus().publish(TokensUsed.EVENT, used));
  }

  /** Tells and listens until the calling verticle stops, and asks the others what they know. */
  public Future<Void> start(ServiceContext context) {
    context.vertx().setPeriodic(PERIOD_MS, _ -> tick());
    return context
        .bus()
        .subscribe(TokensUsed.EVENT, this::onUsed)
        .compose(_ -> context.bus().subscribe(TokensUsed.WANTED, _ -> onWanted()))
        .map(_ -> {
          context.bus().publish(TokensUsed.WANTED, Empty.EMPTY);
          return null;
        });
  }

  /** Answers at the next period, once for all who ask until then. */
  void onWanted() {
    wanted = true;
  }

  /** Tells what is new; what is known of others too when somebody asked. */
  void tick() {
    List<Tally> news = tasks.news();
    periods++;
    if (wanted) {
      wanted = false;
      news = tasks.tallies();
    } else if (periods % REPEAT == 0) {
      news = tasks.tallies().stream().filter(tally -> tally.instance().equals(gateway)).toList();
    }
    tell(news, requests.news());
  }

  private void tell(List<Tally> tallies, List<RequestsSent> sent) {
    Map<String, List<TasksBegun>> byGateway = new TreeMap<>();
    for (Tally tally : tallies) {
      byGateway
          .computeIfAbsent(tally.instance(), _ -> new ArrayList<>())
          .add(new TasksBegun(tally.day(), tally.token(), tally.tasks()));
    }
    byGateway.forEach((id, begun) ->
        pieces(begun).forEach(piece -> publisher.accept(new TokensUsed(id, piece, List.of()))));
    pieces(sent).forEach(piece -> publisher.accept(new TokensUsed(gateway, List.of(), piece)));
  }

  private static <T> List<List<T>> pieces(List<T> all) {
    List<List<T>> pieces = new ArrayList<>();
    for (int from = 0; from < all.size(); from += TokensUsed.MOST) {
      pieces.add(all.subList(from, Math.min(all.size(), from + TokensUsed.MOST)));
    }
    return pieces;
  }

  /** Takes what a gateway tells; what no gateway says is ignored. */
  void onUsed(TokensUsed used) {
    String other = used.gateway();
    if (other.equals(gateway)
        || other.isEmpty()
        || other.length() > MAX_ID
        || used.tasks().size() > TokensUsed.MOST
        || used.requests().size() > TokensUsed.MOST) {
      return;
    }
    for (TasksBegun begun : used.tasks()) {
      if (TokenEntry.isName(begun.token())) {
        tasks.merge(new Tally(begun.day(), other, begun.token(), begun.total()));
      }
    }
    for (RequestsSent sent : used.requests()) {
      if (TokenEntry.isName(sent.token())) {
        long more = requests.merge(other, sent);
        if (more > 0) {
          elsewhere.take(sent.token(), more);
        }
      }
    }
  }
}
