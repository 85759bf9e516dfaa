package dev.signalbox.file;

import dev.signalbox.contracts.file.FileChangedEvent;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.file.send.FileSender;
import dev.signalbox.file.send.FileSender.Limits;
import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.DiskSpace;
import dev.signalbox.file.tree.DiskThreads;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileListing;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.OpenFiles;
import dev.signalbox.file.tree.RootDirectory;
import dev.signalbox.file.tree.RootIdentity;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.upload.AbandonedUploads;
import dev.signalbox.file.upload.FileMoves;
import dev.signalbox.file.upload.ResumableUploads;
import dev.signalbox.file.upload.UploadCommit;
import dev.signalbox.file.upload.Uploads;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.platform.service.SharedState;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** file-service: opens the directory, serves it, and puts everything away at the end. */
final class FileVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(FileVerticle.class);

  private static final long LOOK_MS = 1_000;

  /** How long the start waits for the first count of the files; uploads wait for all of it. */
  private static final long COUNT_AT_START_MS = 5_000;

  /** Between two counts passes a minute, or twenty times what the last one took. */
  private static final long COUNT_AGAIN_MS = 60_000;

  private static final int COUNT_SHARE = 20;

  private final FileConfig config;
  private final ServiceContext given;
  private @Nullable Running running;
  private volatile boolean stopping;
  private boolean sweeping;

  private record Running(
      ServiceEndpoint endpoint,
      OpenFiles files,
      @Nullable FileSender sender,
      Uploads uploads,
      DiskThreads readers,
      DiskThreads writers,
      @Nullable DiskThreads counter) {}

  FileVerticle(FileConfig config, ServiceContext given) {
    this.config = config;
    this.given = given;
  }

  @Override
  public Future<?> start() {
    DiskThreads readers = new DiskThreads(vertx, "file-read-" + given.node(), config.workers());
    Path directory = config.rootIn(given.dataDirectory());
    DiskSpace space = DiskSpace.of(directory);
    // Uploads wait for fsync: with threads of their own they never keep readers waiting.
    DiskThreads writers =
        DiskThreads.writing(vertx, "file-write-" + given.node(), config.maxUploads() + 1, space);
    return readers
        .run(() -> prepare(directory))
        .compose(root -> shared(root, readers).compose(_ -> serve(root, space, readers, writers)));
  }

  /** Replicas on directories of their own would each show other files. */
  private Future<Void> shared(FileRoot root, DiskThreads readers) {
    if (!given.clustered()) {
      return Future.succeededFuture();
    }
    return readers
        .run(() -> RootIdentity.of(root, new ChangeLock(root), new SecureRandom()))
        .transform(identity -> {
          if (identity.failed()) {
            LOG.warn(
                "not compared with the directories of other replicas: {}",
                identity.cause().toString());
            return Future.succeededFuture();
          }
          return given.shares(SharedState.DIRECTORY, identity.result());
        });
  }

  private static FileRoot prepare(Path directory) {
    try {
      return RootDirectory.prepare(directory);
    } catch (IOException e) {
      throw new StartException("file.root: " + directory + " cannot be served: " + e, e);
    }
  }

  private Future<Void> serve(
      FileRoot root, DiskSpace space, DiskThreads readers, DiskThreads writers) {
    OpenFiles files =
        new OpenFiles(root, config.maxOpenFiles(), channel -> close(channel, readers));
    FileFinder finder =
        new FileFinder(root, files, given.node(), config.smallFileBytes(), config.cacheValid());
    String host = given.members().host();
    FileSender sender =
        host == null
            ? null
            : new FileSender(vertx, given.members(), host, files, readers, Limits.USUAL);
    ChangeLock lock = new ChangeLock(root);
    TotalBytes total =
        new TotalBytes(
            root,
            config.maxTotalBytes(),
            config.maxUploadBytes() + TotalBytes.ENTRY_BYTES,
            TotalBytes.ENTRY_BYTES,
            AbandonedUploads.prefix(given.process()));
    if (config.maxTotalBytes() > 0) {
      given.diagnose("the quota of files", new QuotaCheck(total::used, config.maxTotalBytes()));
    }
    UploadCommit commit =
        new UploadCommit(
            root, lock, total, config.uploads(), Clock.systemUTC(), new SecureRandom());
    ResumableUploads resumables =
        new ResumableUploads(
            root,
            commit,
            config.uploads(),
            total,
            Clock.systemUTC(),
            path -> given.bus().publish(FileContract.CHANGED, new FileChangedEvent(path)));
    Uploads uploads =
        new Uploads(
            root,
            commit,
            resumables,
            config.uploads(),
            total,
            given.process(),
            given.node(),
            System::nanoTime);
    FileRemoval removal = new FileRemoval(root, lock, total);
    ServiceEndpoint endpoint = given.endpoint(config.maxInFlight());
    new FileEndpoint(
            finder,
            files,
            sender,
            new FileListing(root, config.listWork()),
            removal,
            new FileMoves(root, lock, removal, total),
            uploads,
            resumables,
            config.maxUploadBytes(),
            given.bus(),
            readers,
            writers)
        .serveOn(endpoint);
    // A walk may take minutes: with a thread of its own it never keeps readers waiting.
    DiskThreads counter =
        total.limited() ? new DiskThreads(vertx, "file-count-" + given.node(), 1) : null;
    running = new Running(endpoint, files, sender, uploads, readers, writers, counter);

    given.readyUnless(space::problem);
    vertx.setPeriodic(0, LOOK_MS, _ -> space.look(writers));
    long sweepMs = Math.clamp(config.uploadIdle().toMillis() / 4, 25, 5_000);
    vertx.setPeriodic(
        sweepMs,
        _ -> {
          files.closeIdle();
          if (uploads.count() > 0) {
            writers.run(() -> {
              uploads.abortIdle();
              return true;
            });
          }
        });
    long expirySweepMs = Math.clamp(config.resumableExpiry().toMillis() / 4, 250, 60_000);
    vertx.setPeriodic(0, expirySweepMs, _ -> removeExpired(resumables, readers));
    // Abandoned files are hidden, so no request waits for this; a large tree takes a while.
    AbandonedUploads abandoned = new AbandonedUploads(root, given.process());
    Future<?> removed =
        readers
            .run(() -> abandoned.remove(() -> stopping))
            .onFailure(e -> LOG.warn("cannot look for abandoned uploads: {}", e.toString()));
    given.banner("files", root.real().toString());
    Future<?> counted =
        counter == null ? Future.succeededFuture() : removed.transform(_ -> count(total, counter));
    return listen(sender)
        .compose(_ ->
            counted
                .timeout(COUNT_AT_START_MS, TimeUnit.MILLISECONDS)
                .transform(_ -> endpoint.open()));
  }

  /** Counts all files, and again after a while; what is left of abandoned uploads is gone first. */
  private Future<?> count(TotalBytes total, DiskThreads counter) {
    long begin = System.nanoTime();
    return counter
        .run(() -> {
          total.count(() -> stopping);
          return true;
        })
        .onFailure(e -> LOG.warn("cannot count the bytes of all files: {}", e.toString()))
        .onComplete(_ -> {
          long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
          if (!stopping) {
            vertx.setTimer(
                Math.max(COUNT_AGAIN_MS, COUNT_SHARE * tookMs), _ -> count(total, counter));
          }
        });
  }

  /** One sweep at a time, for a disk may hang. */
  private void removeExpired(ResumableUploads resumables, DiskThreads disk) {
    if (sweeping || stopping) {
      return;
    }
    sweeping = true;
    disk.run(() -> resumables.removeExpired(() -> stopping))
        .onFailure(e -> LOG.warn("cannot look for expired uploads: {}", e.toString()))
        .onComplete(_ -> sweeping = false);
  }

  /** The space of a removed file is freed now, which takes time. */
  private void close(FileChannel channel, DiskThreads disk) {
    Callable<Boolean> work =
        () -> {
          channel.close();
          return true;
        };
    disk.run(work)
        // A client may have held the file for longer than these threads are there.
        .recover(
            e -> channel.isOpen() ? vertx.executeBlocking(work, false) : Future.failedFuture(e))
        .onFailure(e -> LOG.warn("closing a file: {}", e.toString()));
  }

  private Future<Void> listen(@Nullable FileSender sender) {
    return sender == null
        ? Future.succeededFuture()
        : sender
            .listen(config.streamPort())
            .recover(e ->
                Future.failedFuture(
                    new StartException(
                        "file.stream-port: cannot listen at " + config.streamPort() + ": " + e,
                        e)));
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    Running opened = running;
    if (opened == null) {
      return Future.succeededFuture();
    }
    FileSender sender = opened.sender();
    return opened
        .endpoint()
        .drain(() -> opened.uploads().count() == 0 && (sender == null || !sender.busy()))
        .eventually(() -> sender == null ? Future.succeededFuture() : sender.close())
        .compose(_ ->
            opened
                .writers()
                .run(() -> {
                  opened.uploads().abortAll();
                  opened.files().close();
                  return true;
                }))
        .eventually(() -> {
          DiskThreads counter = opened.counter();
          return Future.join(
              opened.readers().close(),
              opened.writers().close(),
              counter == null ? Future.succeededFuture() : counter.close());
        });
  }
}
