package dev.signalbox.file;

import dev.signalbox.file.upload.UploadLimits;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Section {@code file}.
 *
 * @param root the directory served; made if missing; empty for {@code files} in the data directory
 * @param maxInFlight requests under way at once, the next is refused; 1 to 100,000
 * @param workers threads that wait for the disk when files are looked up and read; 1 to 256
 * @param maxUploads uploads under way at once, the next is refused; 1 to 1,000
 * @param maxUploadBytes longest upload, bytes; 1 to 1 TiB
 * @param maxTotalBytes most bytes of all files and uploads together, with 4,096 for each of them
 *     and each directory; 0 for no limit
 * @param uploadIdle an upload without a call for so long is aborted, and its place is free; a
 *     gateway reports a slow client three times as often; 100 ms to 1 day
 * @param maxResumable resumable uploads that may be unfinished; 1 to 100,000
 * @param resumableExpiry how long a resumable upload is kept after its last piece; 1 s to 365 d
 * @param jsonDepth deepest nesting of an uploaded JSON document; 1 to 100,000
 * @param smallFileBytes files up to this size are answered from memory, bytes; 0 to 1 MiB
 * @param cacheValid how long a gateway trusts what was found before it asks again; 0 asks every
 *     time; 0 to 1 h
 * @param maxOpenFiles files that are not small held open beside those in use; 1 to 100,000
 * @param streamPort TCP port at which large files are sent to gateways in other processes; 0: any
 * @param listWork directory entries looked at for one page of a listing; 100 to 100,000,000
 */
public record FileConfig(
    @Setting(
            value = "",
            doc = "Directory served, made if missing; empty for files/ in the data directory")
        Path root,
    @Setting(value = "2048", doc = "Requests under way at once; 1 to 100000") int maxInFlight,
    @Setting(value = "8", doc = "Threads that wait for the disk when reading; 1 to 256")
        int workers,
    @Setting(value = "5", doc = "Uploads under way at once; 1 to 1000") int maxUploads,
    @Setting(value = "104857600", doc = "Longest upload, bytes; 1 to 1099511627776")
        long maxUploadBytes,
    @Setting(
            value = "0",
            doc =
                "Most bytes of all files and of uploads under way, with 4096 for each of them and each"
                    + " directory; 0 for no limit, at most 1152921504606846976")
        long maxTotalBytes,
    @Setting(value = "5s", doc = "An upload without a call for so long is aborted; 100ms to 1d")
        Duration uploadIdle,
    @Setting(value = "1000", doc = "Resumable uploads that may be unfinished; 1 to 100000")
        int maxResumable,
    @Setting(
            value = "1d",
            doc = "How long a resumable upload is kept after its last piece; 1s to 365d")
        Duration resumableExpiry,
    @Setting(value = "500", doc = "Deepest nesting of an uploaded JSON document; 1 to 100000")
        int jsonDepth,
    @Setting(
            value = "65536",
            doc = "Files up to this size are answered from memory, bytes; 0 to 1048576")
        int smallFileBytes,
    @Setting(
            value = "1s",
            doc =
                "How long what was found is trusted before the disk is asked again; 0s asks every"
                    + " time, at most 1h")
        Duration cacheValid,
    @Setting(
            value = "512",
            doc = "Files that are not small held open beside those in use; 1 to 100000")
        int maxOpenFiles,
    @Setting(
            value = "0",
            doc = "Port at which large files go to gateways of other processes; 0: any; 0 to 65535")
        int streamPort,
    @Setting(
            value = "200000",
            doc = "Directory entries looked at for one page of a listing; 100 to 100000000")
        int listWork) {

  private static final long TEBIBYTE = 1L << 40;
  private static final long EXBIBYTE = 1L << 60;

  public FileConfig {
    ConfigProblems.of("file")
        .range("max-in-flight", maxInFlight, 1, 100_000)
        .range("workers", workers, 1, 256)
        .range("max-uploads", maxUploads, 1, 1_000)
        .range("max-upload-bytes", maxUploadBytes, 1, TEBIBYTE)
        .range("max-total-bytes", maxTotalBytes, 0, EXBIBYTE)
        .range("upload-idle", uploadIdle.toMillis(), 100, 86_400_000)
        .range("max-resumable", maxResumable, 1, 100_000)
        .range("resumable-expiry", resumableExpiry.toMillis(), 1_000, 31_536_000_000L)
        .range("json-depth", jsonDepth, 1, 100_000)
        .range("small-file-bytes", smallFileBytes, 0, 1 << 20)
        .range("cache-valid", cacheValid.toMillis(), 0, 3_600_000)
        .range("max-open-files", maxOpenFiles, 1, 100_000)
        .range("stream-port", streamPort, 0, 65_535)
        .range("list-work", listWork, 100, 100_000_000)
        .throwIfAny();
  }

  /** The directory served. */
  Path rootIn(Path dataDirectory) {
    return root.toString().isEmpty() ? dataDirectory.resolve("files") : root;
  }

  UploadLimits uploads() {
    return new UploadLimits(
        maxUploads, maxUploadBytes, uploadIdle, jsonDepth, maxResumable, resumableExpiry);
  }
}
