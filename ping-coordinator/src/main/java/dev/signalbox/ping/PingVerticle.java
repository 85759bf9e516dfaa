package dev.signalbox.ping;

import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.ping.ledger.Ledger;
import dev.signalbox.ping.map.MapTiles;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Wires the ledger to its database and to the bus. */
final class PingVerticle extends VerticleBase {

  private static final long LOOK_MS = 1_000;

  private final PingConfig config;
  private final ServiceContext platform;
  private @Nullable Database database;
  private @Nullable Ledger ledger;
  private @Nullable MapTiles map;
  private @Nullable ServiceEndpoint endpoint;

  PingVerticle(PingConfig config, ServiceContext platform) {
    this.config = config;
    this.platform = platform;
  }

  @Override
  public Future<?> start() {
    return Database.open(platform, Ledger.SCHEMA)
        .compose(opened -> {
          database = opened;
          return Ledger.open(vertx, opened, config.ledger());
        })
        .compose(opened -> {
          ledger = opened;
          opened.onChange(changed -> platform.bus().publish(PingContract.CHANGED, changed));
          return measure(opened);
        })
        .compose(opened -> {
          return config.optOutFile().isEmpty()
              ? Future.succeededFuture(opened)
              : watch(opened, Path.of(config.optOutFile())).map(opened);
        })
        .compose(opened -> {
          MapTiles tiles = MapTiles.open(vertx, opened.mapStorage());
          map = tiles;
          ServiceEndpoint served =
              new PingEndpoint(opened, tiles).serve(platform.endpoint(config.maxInFlight()));
          endpoint = served;
          return served.open();
        })
        // A verticle that fails to start is never stopped.
        .recover(e -> release().transform(ignored -> Future.failedFuture(e)));
  }

  /** The events of all replicas keep the meters up to date, so that no scrape asks the database. */
  private Future<Ledger> measure(Ledger opened) {
    CensusMetrics metrics = new CensusMetrics();
    return platform
        .bus()
        .subscribe(PingContract.CHANGED, changed -> metrics.update(changed.progress()))
        .compose(_ -> opened.progress())
        .map(progress -> {
          metrics.begin(progress);
          metrics.bindTo(platform.metrics());
          return opened;
        });
  }

  /** Takes the opt-outs of a file, and again whenever it has changed. */
  private Future<Integer> watch(Ledger opened, Path file) {
    OptOutWatch watch = new OptOutWatch(vertx, opened, file);
    return watch
        .read()
        .recover(
            e -> Future.failedFuture(new StartException("ping.opt-out-file: " + e.getMessage(), e)))
        .onSuccess(_ -> vertx.setPeriodic(LOOK_MS, _ -> watch.look()));
  }

  @Override
  public Future<?> stop() {
    Future<Void> drained = endpoint == null ? Future.succeededFuture() : endpoint.drain();
    return drained.transform(ignored -> release());
  }

  private Future<Void> release() {
    Future<Void> swept = ledger == null ? Future.succeededFuture() : ledger.close();
    Future<Void> looked = map == null ? Future.succeededFuture() : map.close();
    return Future.join(swept, looked)
        .transform(ignored -> database == null ? Future.succeededFuture() : database.close());
  }
}
