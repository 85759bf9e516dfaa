package dev.signalbox.ping;

import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.ping.ledger.Ledger;
import dev.signalbox.ping.map.MapTiles;
import dev.signalbox.platform.node.FileWatch;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires the ledger to its database and to the bus. */
final class PingVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(PingVerticle.class);

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
    return vertx
        .executeBlocking(() -> written(file), false)
        .map(Objects::requireNonNull)
        .compose(before ->
            read(opened, file)
                .onSuccess(_ ->
                    FileWatch.start(
                        vertx,
                        before,
                        () -> written(file),
                        _ -> read(opened, file),
                        PingVerticle::keepOptOuts,
                        LOOK_MS)))
        .recover(e ->
            Future.failedFuture(new StartException("ping.opt-out-file: " + e.getMessage(), e)));
  }

  /** When it was; empty when that cannot be told. */
  private static Optional<FileTime> written(Path file) {
    try {
      return Optional.of(Files.getLastModifiedTime(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Future<Integer> read(Ledger ledger, Path file) {
    return ledger
        .readOptOuts(file)
        .onSuccess(changes -> LOG.info("{}: {} opt-outs changed", file, changes));
  }

  private static void keepOptOuts(Throwable cause) {
    LOG.warn("cannot read ping.opt-out-file; keeping the opt-outs: {}", cause.toString());
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
