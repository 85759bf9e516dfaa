package dev.signalbox.code;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.MessagesStoredEvent;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.storage.Database;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** One instance of the service: wires it, and releases it in the opposite order. */
final class CodeVerticle extends VerticleBase {

  private static final String SCHEMA = "code";

  private final CodeConfig config;
  private final ServiceContext service;
  private final Deque<Supplier<Future<Void>>> releases = new ArrayDeque<>();

  CodeVerticle(CodeConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    return Database.open(service, SCHEMA)
        .compose(database -> {
          releases.push(database::close);
          return serve(database);
        })
        .recover(failure -> release().transform(ignored -> Future.failedFuture(failure)));
  }

  private Future<Void> serve(Database database) {
    InstantSource clock = InstantSource.system();
    MessageStore store = new MessageStore(database, clock, config.maxMessages());
    Path file = service.dataDirectory().resolve(MessageLog.FILE_NAME);
    MessageLog log = new MessageLog(vertx, file, store, config.rotation());
    releases.push(log::close);
    Gauge.builder("signalbox.messages.log.lag", log, MessageLog::lag)
        .description("Messages in the database that messages.log lacks")
        .baseUnit("messages")
        .tag("service", service.name())
        .register(service.metrics());
    MessageIntake intake =
        new MessageIntake(
            store,
            log,
            config.maxBatch(),
            id -> service.bus().publish(CodeContract.MESSAGES_STORED, new MessagesStoredEvent(id)));
    var quota = new CodeQuota(database, config.maxCodes());
    CodeBook codes = new CodeBook(database, quota, config.cachedCodes(), clock);
    ChainVerifier verifier =
        new ChainVerifier(database, ChainVerifier.Slice.USUAL, file, config.rotation().deletes());
    ServiceEndpoint endpoint =
        new CodeEndpoint(
                codes,
                intake,
                store,
                verifier,
                new CheckpointSigner(database, clock),
                config.maxTextBytes())
            .on(service.endpoint(config.maxInFlight()));
    // A file that cannot be written keeps no message from being stored.
    return log.follow()
        .otherwiseEmpty()
        .compose(caughtUp -> {
          service.banner("messages.log", file.toAbsolutePath().normalize().toString());
          long timer = vertx.setPeriodic(config.followInterval().toMillis(), tick -> log.follow());
          releases.push(() -> {
            vertx.cancelTimer(timer);
            return Future.succeededFuture();
          });
          releases.push(endpoint::drain);
          return endpoint.open();
        });
  }

  @Override
  public Future<?> stop() {
    return release();
  }

  private Future<Void> release() {
    Supplier<Future<Void>> next = releases.poll();
    // A release that fails must not keep the others from theirs.
    return next == null ? Future.succeededFuture() : next.get().transform(ignored -> release());
  }
}
