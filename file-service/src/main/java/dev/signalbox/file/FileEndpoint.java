package dev.signalbox.file;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.file.tree.DiskThreads;
import dev.signalbox.file.tree.FileListing;
import dev.signalbox.file.tree.FileReader;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.OpenCache;
import dev.signalbox.file.upload.Uploads;
import dev.signalbox.platform.service.ServiceEndpoint;

/** Operations of {@link FileContract} as work on the directory. */
final class FileEndpoint {

  private final OpenCache cache;
  private final FileReader reader;
  private final FileListing listing;
  private final FileRemoval removal;
  private final Uploads uploads;
  private final DiskThreads readers;
  private final DiskThreads writers;

  FileEndpoint(
      OpenCache cache,
      FileReader reader,
      FileListing listing,
      FileRemoval removal,
      Uploads uploads,
      DiskThreads readers,
      DiskThreads writers) {
    this.cache = cache;
    this.reader = reader;
    this.listing = listing;
    this.removal = removal;
    this.uploads = uploads;
    this.readers = readers;
    this.writers = writers;
  }

  ServiceEndpoint serveOn(ServiceEndpoint endpoint) {
    return endpoint
        .serve(FileContract.OPEN, (open, _) -> cache.open(open.path(), open.encodings()))
        .serve(FileContract.READ, (read, _) -> readers.run(() -> reader.read(read)))
        .serve(FileContract.LIST, (list, _) -> readers.run(() -> listing.page(list)))
        .serve(FileContract.DELETE, (delete, _) -> writers.run(() -> removal.delete(delete)))
        .serve(FileContract.BEGIN_UPLOAD, (begin, _) -> writers.run(() -> uploads.begin(begin)))
        .serveHere(
            FileContract.APPEND_UPLOAD,
            (append, _) ->
                writers.run(() -> {
                  uploads.append(append);
                  return Empty.EMPTY;
                }))
        .serveHere(
            FileContract.FINISH_UPLOAD, (finish, _) -> writers.run(() -> uploads.finish(finish)))
        .serveHere(
            FileContract.ABORT_UPLOAD,
            (abort, _) ->
                writers.run(() -> {
                  uploads.abort(abort.uploadId());
                  return Empty.EMPTY;
                }));
  }
}
