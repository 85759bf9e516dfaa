package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.Requester;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.token.TokenLimits;
import dev.signalbox.serverfactory.Reservation.Refused;
import dev.signalbox.serverfactory.Reservation.Repeated;
import dev.signalbox.serverfactory.Reservation.Reserved;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.IdempotencyLog;
import dev.signalbox.storage.IdempotencyLog.Answer;
import dev.signalbox.storage.Session;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * From the wish for a server to its row: rules and insert are one transaction, so that they hold
 * however many instances take wishes at once.
 */
final class Reservations {

  private static final String SCOPE = ServerFactoryContract.START.address();
  private static final int MAX_KEYS = 100_000;

  private final Database database;
  private final ServerFactoryConfig config;
  private final String node;
  private final String host;
  private final Counter tokenLimited;
  private final IdempotencyLog repeats =
      new IdempotencyLog(IdempotencyLog.A_DAY, MAX_KEYS, InstantSource.system());

  Reservations(
      Database database,
      ServerFactoryConfig config,
      String node,
      String host,
      MeterRegistry metrics) {
    this.tokenLimited = TokenLimits.refusals(metrics, TokenLimits.SERVERS_AT_ONCE);
    this.database = database;
    this.config = config;
    this.node = node;
    this.host = host;
  }

  /**
   * Checks the rules in their order and takes port and page for this instance.
   *
   * @param unusable ports of the range that turned out to be taken by other programs
   */
  Future<Reservation> reserve(NewServer wish, Set<Integer> unusable) {
    Set<Integer> avoided = Set.copyOf(unusable);
    return database.write(session -> {
      ServerTable.change(session);
      return reserve(session, wish, avoided);
    });
  }

  /**
   * The server cannot listen: takes another port for it. One transaction, so that a repeated
   * request with the same idempotency key never sees the first port.
   */
  Future<Reservation> reserveAnother(ServerRow row, NewServer wish, Set<Integer> unusable) {
    Set<Integer> avoided = Set.copyOf(unusable);
    return database.write(session -> {
      ServerTable.change(session);
      delete(session, row);
      return reserve(session, wish, avoided);
    });
  }

  /**
   * Finds what an earlier request with the same idempotency key came to; empty when this one is the
   * first, whose key stays free.
   */
  Future<Optional<Repeated>> repeated(StartServerRequest request) {
    String key = request.idempotencyKey();
    if (key == null) {
      return Future.succeededFuture(Optional.empty());
    }
    return database.write(session -> {
      ServerTable.lock(session);
      return switch (repeats.claim(session, SCOPE, key, fingerprint(request))) {
        case Answer.Seen seen -> Optional.of(repeated(session, seen));
        case Answer.Mismatch mismatch -> throw mismatch.exception();
        case Answer.Unseen() -> {
          repeats.release(session, SCOPE, key);
          yield Optional.empty();
        }
      };
    });
  }

  private static Repeated repeated(Session session, Answer.Seen seen) {
    StartServerReply first = seen.read(Remembered.class).reply();
    return new Repeated(replayed(first), pending(session, first));
  }

  /** The server listens. False when it was stopped or adopted meanwhile. */
  Future<Boolean> confirm(ServerRow row) {
    return database.write(session -> {
      ServerTable.lock(session);
      return session.update(
              "UPDATE servers SET bound = 1 WHERE server_id = ? AND owner = ?",
              row.serverId(),
              node)
          == 1;
    });
  }

  /** The server cannot listen and was never acknowledged: it does not exist after all. */
  Future<Void> discard(ServerRow row, Refused why) {
    return database
        .write(session -> {
          ServerTable.change(session);
          String key = row.idempotencyKey();
          if (key != null) {
            remember(session, key, why.reply());
          }
          return delete(session, row);
        })
        .mapEmpty();
  }

  private int delete(Session session, ServerRow row) {
    return session.update(
        "DELETE FROM servers WHERE server_id = ? AND owner = ? AND bound = 0",
        row.serverId(),
        node);
  }

  private Reservation reserve(Session session, NewServer wish, Set<Integer> unusable) {
    String key = wish.idempotencyKey();
    // When a further port is tried the key is this request's already.
    if (key != null && unusable.isEmpty()) {
      switch (repeats.claim(session, SCOPE, key, fingerprint(wish.request()))) {
        case Answer.Seen seen -> {
          return repeated(session, seen);
        }
        case Answer.Mismatch mismatch -> throw mismatch.exception();
        case Answer.Unseen() -> {
          // It is this request's now.
        }
      }
    }
    Reservation reservation = decide(session, wish, unusable);
    if (key != null
        && reservation instanceof Refused(Reason reason, String _)
        && reason == Reason.LIMIT) {
      // Nothing was made, and there may be room when it comes again.
      repeats.release(session, SCOPE, key);
    } else if (key != null) {
      remember(
          session,
          key,
          switch (reservation) {
            case Reserved(ServerRow row) -> new StartServerReply.Started(row.info(), false);
            case Refused refused -> refused.reply();
            case Repeated repeated -> repeated.reply();
          });
    }
    return reservation;
  }

  private Reservation decide(Session session, NewServer wish, Set<Integer> unusable) {
    List<ServerRow> servers = ServerTable.all(session);
    if (servers.size() >= config.limit()) {
      return new Refused(Reason.LIMIT, "Cannot create more than " + config.limit() + " servers");
    }
    Requester token = wish.requester();
    if (token != null
        && token.serversAtOnce() > 0
        && made(servers, token) >= token.serversAtOnce()) {
      tokenLimited.increment();
      return new Refused(
          Reason.LIMIT,
          "The token " + token.name() + " may have " + token.serversAtOnce() + " servers at once");
    }
    boolean any = wish.port() == 0;
    int port = any ? freePort(servers, unusable) : wish.port();
    if (any && port == 0) {
      return new Refused(Reason.PORT_NOT_AVAILABLE, "No port of the configured range is available");
    }
    if (port < ServerFactoryConfig.LOWEST_PORT || port > ServerFactoryConfig.HIGHEST_PORT) {
      return new Refused(
          Reason.PORT_RANGE,
          "Port must be between "
              + ServerFactoryConfig.LOWEST_PORT
              + " and "
              + ServerFactoryConfig.HIGHEST_PORT);
    }
    for (ServerRow server : servers) {
      if (server.port() == port) {
        return new Refused(
            Reason.PORT_TAKEN,
            "Port " + port + " is already in use by server " + server.serverId());
      }
    }
    String uri = wish.pageUri();
    for (ServerRow server : servers) {
      String other = server.pageUri();
      if (uri != null && other != null && new Page(uri, "").isAt(other)) {
        return new Refused(
            Reason.PAGE_URI_TAKEN,
            "Page URI " + uri + " is already in use by server " + server.serverId());
      }
    }
    requireFreeName(wish, servers);
    long now = ServerTable.now(session);
    Long expiresInS = wish.expiresInS();
    ServerRow row =
        new ServerRow(
            UUID.randomUUID().toString(),
            port,
            uri,
            node,
            host,
            now,
            false,
            wish.idempotencyKey(),
            wish.name(),
            wish.routes(),
            wish.tls(),
            expiresInS == null ? null : now + Duration.ofSeconds(expiresInS).toMillis(),
            wish.content().revision(),
            token == null ? null : token.name());
    ServerTable.insert(session, row, wish.content());
    return new Reserved(row);
  }

  private static long made(List<ServerRow> servers, Requester token) {
    return servers.stream().filter(server -> token.name().equals(server.createdBy())).count();
  }

  /** Not a refusal that is remembered: a name is no rule of the classic task. */
  private static void requireFreeName(NewServer wish, List<ServerRow> servers) {
    for (ServerRow server : servers) {
      if (wish.name() != null && wish.name().equals(server.name())) {
        String taken = "is already in use by server " + server.serverId();
        throw new ServiceException(
            ErrorCode.CONFLICT,
            "Name " + wish.name() + " " + taken,
            List.of(new FieldProblem("/name", taken)));
      }
    }
  }

  /** The lowest port of the range that is not taken; 0 when all are. */
  private int freePort(List<ServerRow> servers, Set<Integer> unusable) {
    Set<Integer> taken = new HashSet<>(unusable);
    servers.forEach(server -> taken.add(server.port()));
    for (int port = config.firstPort(); port <= config.lastPort(); port++) {
      if (!taken.contains(port)) {
        return port;
      }
    }
    return 0;
  }

  /** A reply as it is kept; inside another record, for there its type is written with it. */
  record Remembered(StartServerReply reply) {}

  private void remember(Session session, String key, StartServerReply reply) {
    repeats.answer(session, SCOPE, key, Json.text(new Remembered(reply)));
  }

  /** A server without a row has been stopped since: its start is as it was answered. */
  private static boolean pending(Session session, StartServerReply reply) {
    return reply instanceof StartServerReply.Started started
        && ServerTable.find(session, started.server().serverId())
            .filter(row -> !row.bound())
            .isPresent();
  }

  private static StartServerReply replayed(StartServerReply first) {
    return switch (first) {
      case StartServerReply.Started(ServerInfo server, boolean _) ->
          new StartServerReply.Started(server, true);
      case StartServerReply.Refused(Reason reason, String message, boolean _) ->
          new StartServerReply.Refused(reason, message, true);
    };
  }

  private static byte[] fingerprint(StartServerRequest request) {
    String definition = request.definition();
    List<Object> page = List.of(request.port(), request.pageUri(), request.responseData());
    return Json.bytes(definition == null ? page : List.of(page, definition));
  }
}
