package dev.signalbox.file;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FileChangedEvent;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.contracts.file.FinishUploadRequest;
import dev.signalbox.contracts.file.MoveFileReply;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.contracts.file.UploadLimitsReply;
import dev.signalbox.file.send.FileSender;
import dev.signalbox.file.tree.DiskThreads;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileListing;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.OpenFiles;
import dev.signalbox.file.upload.FileMoves;
import dev.signalbox.file.upload.ResumableUploads;
import dev.signalbox.file.upload.Uploads;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Operations of {@link FileContract} as work on the directory. */
final class FileEndpoint {

  private final FileFinder finder;
  private final OpenFiles files;
  private final @Nullable FileSender sender;
  private final FileListing listing;
  private final FileRemoval removal;
  private final FileMoves moves;
  private final Uploads uploads;
  private final ResumableUploads resumables;
  private final UploadLimitsReply limits;
  private final Bus bus;
  private final DiskThreads readers;
  private final DiskThreads writers;

  FileEndpoint(
      FileFinder finder,
      OpenFiles files,
      @Nullable FileSender sender,
      FileListing listing,
      FileRemoval removal,
      FileMoves moves,
      Uploads uploads,
      ResumableUploads resumables,
      long maxUploadBytes,
      Bus bus,
      DiskThreads readers,
      DiskThreads writers) {
    this.finder = finder;
    this.files = files;
    this.sender = sender;
    this.listing = listing;
    this.removal = removal;
    this.moves = moves;
    this.uploads = uploads;
    this.resumables = resumables;
    this.limits = new UploadLimitsReply(maxUploadBytes);
    this.bus = bus;
    this.readers = readers;
    this.writers = writers;
  }

  ServiceEndpoint serveOn(ServiceEndpoint endpoint) {
    if (sender != null) {
      endpoint
          .serve(FileContract.SEND, (send, _) -> sender.ticket(send))
          .serveHere(FileContract.SEND, (send, _) -> sender.ticket(send));
    }
    return endpoint
        .serve(FileContract.OPEN, (open, _) -> readers.run(() -> finder.find(open)))
        .serve(FileContract.READ, (read, _) -> readers.run(() -> files.read(read)))
        .serveHere(FileContract.READ, (read, _) -> readers.run(() -> files.read(read)))
        .serve(FileContract.LIST, (list, _) -> readers.run(() -> listing.page(list)))
        .serve(FileContract.DELETE, (delete, _) -> delete(delete))
        .serve(FileContract.MOVE, (move, _) -> move(move))
        .serve(FileContract.COPY, this::copy)
        .serve(FileContract.BEGIN_UPLOAD, (begin, _) -> writers.run(() -> uploads.begin(begin)))
        .serve(FileContract.UPLOAD_LIMITS, (_, _) -> Future.succeededFuture(limits))
        .serve(
            FileContract.CREATE_RESUMABLE,
            (create, _) -> writers.run(() -> resumables.create(create)))
        .serve(
            FileContract.RESUMABLE_STATUS,
            (status, _) -> writers.run(() -> resumables.status(status.id())))
        .serve(FileContract.RESUME_UPLOAD, (resume, _) -> writers.run(() -> uploads.resume(resume)))
        .serve(
            FileContract.TERMINATE_RESUMABLE,
            (terminate, _) -> writers.run(() -> resumables.terminate(terminate.id())))
        .serveHere(FileContract.APPEND_UPLOAD, (append, _) -> append(append))
        .serveHere(FileContract.FINISH_UPLOAD, (finish, _) -> finish(finish))
        .serveHere(
            FileContract.ABORT_UPLOAD,
            (abort, _) ->
                writers.run(() -> {
                  uploads.abort(abort.uploadId());
                  return Empty.EMPTY;
                }));
  }

  private Future<DeleteFileReply> delete(DeleteFileRequest request) {
    return writers
        .run(() -> removal.delete(request))
        .onSuccess(reply -> {
          if (reply instanceof DeleteFileReply.Deleted) {
            tell(request.path());
          }
        });
  }

  private Future<MoveFileReply> move(MoveFileRequest request) {
    return writers
        .run(() -> moves.move(request))
        .onSuccess(reply -> {
          if (reply instanceof MoveFileReply.Done done) {
            tell(request.from());
            tell(done.file().path());
          }
        });
  }

  private Future<MoveFileReply> copy(MoveFileRequest request, Call call) {
    return writers
        .run(() -> uploads.beginCopy(request))
        .compose(begin ->
            switch (begin) {
              case Uploads.Refused(MoveFileReply reply) -> Future.succeededFuture(reply);
              case Uploads.Copying(String id, long bytes) -> copy(id, bytes, call);
            });
  }

  private Future<MoveFileReply> copy(String id, long bytes, Call call) {
    Promise<Void> copied = Promise.promise();
    copySlices(id, call, copied);
    return copied
        .future()
        .compose(_ -> finish(new FinishUploadRequest(id, bytes)))
        .<MoveFileReply>map(reply ->
            switch (reply) {
              case FinishUploadReply.Stored(FileInfo file, boolean created) ->
                  new MoveFileReply.Done(file, created);
              case FinishUploadReply.ConditionFailed() -> new MoveFileReply.ConditionFailed();
              case FinishUploadReply.Kept _, FinishUploadReply.Rejected _ ->
                  throw new IllegalStateException("not the end of a copy: " + reply);
            })
        .onFailure(_ ->
            writers.run(() -> {
              uploads.abort(id);
              return Empty.EMPTY;
            }));
  }

  /** One slice for each turn of a disk thread, so that other work comes in between. */
  private void copySlices(String id, Call call, Promise<Void> copied) {
    if (call.cancellation().requested()) {
      copied.fail(new ServiceException(ErrorCode.CANCELLED, "the caller cancelled the copy"));
    } else if (call.expired()) {
      copied.fail(new ServiceException(ErrorCode.TIMEOUT, "copying took too long"));
    } else {
      onUpload(id, () -> uploads.copySlice(id))
          .onComplete(slice -> {
            if (slice.failed()) {
              copied.fail(slice.cause());
            } else if (slice.result()) {
              copied.complete();
            } else {
              copySlices(id, call, copied);
            }
          });
    }
  }

  private Future<Empty> append(AppendUploadRequest request) {
    if (request.data().length() == 0) {
      // A heartbeat never waits behind pieces for the disk.
      uploads.onHeartbeat(request.uploadId());
      return Future.succeededFuture(Empty.EMPTY);
    }
    return onUpload(
        request.uploadId(),
        () -> {
          uploads.append(request);
          return Empty.EMPTY;
        });
  }

  private <T> Future<T> onUpload(String uploadId, Callable<T> work) {
    uploads.onCall(uploadId);
    return writers.run(work).onComplete(_ -> uploads.onCallEnded(uploadId));
  }

  private Future<FinishUploadReply> finish(FinishUploadRequest request) {
    return onUpload(request.uploadId(), () -> uploads.finish(request))
        .onSuccess(reply -> {
          if (reply instanceof FinishUploadReply.Stored stored) {
            tell(stored.file().path());
          }
        });
  }

  /** Before the reply goes out, so that a read after it gets the new file. */
  private void tell(String path) {
    bus.publish(FileContract.CHANGED, new FileChangedEvent(path));
  }
}
