package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.PathText;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import dev.signalbox.gateway.routing.HttpDates;
import dev.signalbox.gateway.routing.Response;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file with its header values formatted once for many responses.
 *
 * @param found file-service's reply
 * @param content the whole content of a small file, not copied; else null
 * @param lastModified Last-Modified
 * @param modifiedSeconds the same in seconds since 1970
 * @param disposition Content-Disposition; null for inline
 * @param contentLength Content-Length of the whole file
 * @param cacheControl null for none
 */
record PreparedFile(
    Found found,
    @Nullable Buffer content,
    CharSequence etagHeader,
    CharSequence lastModified,
    long modifiedSeconds,
    CharSequence contentType,
    @Nullable CharSequence disposition,
    CharSequence contentLength,
    @Nullable CharSequence cacheControl) {

  private static final CharSequence HTML = HttpHeaders.createOptimized("text/html; charset=utf-8");
  private static final CharSequence OCTETS =
      HttpHeaders.createOptimized("application/octet-stream");
  private static final CharSequence BYTES = HttpHeaders.createOptimized("bytes");

  private static final CharSequence CONTENT_DISPOSITION =
      HttpHeaders.createOptimized("content-disposition");
  private static final CharSequence CONTENT_SECURITY_POLICY =
      HttpHeaders.createOptimized("content-security-policy");

  /** Prepares a file; without a requested disposition it uses the configured one. */
  static PreparedFile of(Found found, @Nullable Disposition requested, FilesConfig config) {
    FileInfo file = found.file();
    boolean html = file.path().toLowerCase(Locale.ROOT).endsWith(".html");
    Disposition usual = html ? Disposition.INLINE : config.disposition();
    boolean inline = (requested == null ? usual : requested) == Disposition.INLINE;
    CharSequence type = inline ? file.mediaType() : OCTETS;
    Binary binary = found.content();
    return new PreparedFile(
        found,
        binary == null ? null : BufferInternal.buffer(Unpooled.wrappedBuffer(binary.bytes())),
        HttpHeaders.createOptimized(file.etag()),
        HttpHeaders.createOptimized(HttpDates.text(file.modifiedEpochMs())),
        Math.floorDiv(file.modifiedEpochMs(), 1_000L),
        inline && html ? HTML : HttpHeaders.createOptimized(type.toString()),
        inline ? null : HttpHeaders.createOptimized(ContentDisposition.attachment(name(file))),
        HttpHeaders.createOptimized(Long.toString(file.sizeBytes())),
        config.cacheControl().isEmpty()
            ? null
            : HttpHeaders.createOptimized(config.cacheControl()));
  }

  private static String name(FileInfo file) {
    return PathText.readable(file.path().substring(file.path().lastIndexOf('/') + 1));
  }

  /** Whether it is a file that this process holds open. */
  boolean isHeld() {
    return found.held() != null;
  }

  /** Keeps an open file open until {@link #release}; false when it is closed already. */
  boolean retain() {
    HeldFile held = found.held();
    return held == null || held.retain();
  }

  /** Ends what one {@link #retain} began. */
  void release() {
    HeldFile held = found.held();
    if (held != null) {
      held.release();
    }
  }

  String etag() {
    return found.file().etag();
  }

  long size() {
    return found.file().sizeBytes();
  }

  /** Adds the headers of version and caching, which a 304 has too. */
  void addVersionHeaders(MultiMap headers) {
    headers.add(HttpHeaders.ETAG, etagHeader);
    headers.add(HttpHeaders.LAST_MODIFIED, lastModified);
    // Even without a compressed sibling: one may be added, and caches must keep them apart. Keeps
    // the Vary of CORS.
    if (!headers.contains(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING, true)) {
      headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    }
    if (cacheControl != null) {
      headers.add(HttpHeaders.CACHE_CONTROL, cacheControl);
    }
  }

  /** Adds the headers of the content except Content-Type, which differs for several pieces. */
  void addContentHeaders(MultiMap headers) {
    headers.add(HttpHeaders.ACCEPT_RANGES, BYTES);
    if (disposition == null) {
      headers.add(CONTENT_SECURITY_POLICY, Response.SANDBOX);
    } else {
      headers.add(CONTENT_DISPOSITION, disposition);
    }
    String encoding = found.file().encoding();
    if (encoding != null) {
      headers.add(HttpHeaders.CONTENT_ENCODING, encoding);
    }
  }

  /** Removes all of these headers. */
  static void removeHeaders(MultiMap headers) {
    headers
        .remove(HttpHeaders.ETAG)
        .remove(HttpHeaders.LAST_MODIFIED)
        .remove(HttpHeaders.CACHE_CONTROL)
        .remove(HttpHeaders.ACCEPT_RANGES)
        .remove(HttpHeaders.CONTENT_TYPE)
        .remove(HttpHeaders.CONTENT_ENCODING)
        .remove(CONTENT_DISPOSITION)
        .remove(CONTENT_SECURITY_POLICY);
  }
}
