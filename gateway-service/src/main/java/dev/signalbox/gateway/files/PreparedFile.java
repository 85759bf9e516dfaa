package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.gateway.files.FilesConfig.Disposition;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file with its header values written out once for many answers.
 *
 * @param found what file-service said
 * @param content the whole content when it is small; not copied
 * @param lastModified Last-Modified
 * @param modifiedSeconds the same in seconds since 1970
 * @param contentType Content-Type
 * @param disposition Content-Disposition; null when it is to be shown
 * @param contentLength Content-Length of the whole
 * @param cacheControl Cache-Control; null for none
 */
record PreparedFile(
    Found found,
    @Nullable Buffer content,
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

  /**
   * A page that somebody uploaded is of no origin (HTML, section 7.1.5): it runs, and cannot call
   * the API as whoever reads it.
   */
  private static final CharSequence SANDBOX =
      HttpHeaders.createOptimized(
          "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads");

  private static final CharSequence CONTENT_DISPOSITION =
      HttpHeaders.createOptimized("content-disposition");
  private static final CharSequence CONTENT_SECURITY_POLICY =
      HttpHeaders.createOptimized("content-security-policy");

  /**
   * Prepares a file.
   *
   * @param wished what the request asks for; null for nothing particular
   * @param config what is usual
   */
  static PreparedFile of(Found found, @Nullable Disposition wished, FilesConfig config) {
    FileInfo file = found.file();
    boolean html = file.path().toLowerCase(Locale.ROOT).endsWith(".html");
    Disposition usual = html ? Disposition.INLINE : config.disposition();
    boolean inline = (wished == null ? usual : wished) == Disposition.INLINE;
    CharSequence type = inline ? file.mediaType() : OCTETS;
    Binary binary = found.content();
    return new PreparedFile(
        found,
        binary == null ? null : BufferInternal.buffer(Unpooled.wrappedBuffer(binary.bytes())),
        HttpHeaders.createOptimized(HttpDate.text(file.modifiedEpochMs())),
        Math.floorDiv(file.modifiedEpochMs(), 1_000L),
        inline && html ? HTML : HttpHeaders.createOptimized(type.toString()),
        inline ? null : HttpHeaders.createOptimized(ContentDisposition.attachment(name(file))),
        HttpHeaders.createOptimized(Long.toString(file.sizeBytes())),
        config.cacheControl().isEmpty()
            ? null
            : HttpHeaders.createOptimized(config.cacheControl()));
  }

  private static String name(FileInfo file) {
    return file.path().substring(file.path().lastIndexOf('/') + 1);
  }

  String etag() {
    return found.file().etag();
  }

  long size() {
    return found.file().sizeBytes();
  }

  /** Headers that say which version this is and how long it may be kept; a 304 has them too. */
  void describeVersion(MultiMap headers) {
    headers.set(HttpHeaders.ETAG, found.file().etag());
    headers.set(HttpHeaders.LAST_MODIFIED, lastModified);
    // Even without a sibling now: one may come, and caches must not mix them up. What CORS varies
    // by
    // stays.
    if (!headers.contains(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING, true)) {
      headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    }
    if (cacheControl != null) {
      headers.set(HttpHeaders.CACHE_CONTROL, cacheControl);
    }
  }

  /** Headers that say what the content is; the type is left to who sends several pieces. */
  void describeContent(MultiMap headers) {
    headers.set(HttpHeaders.ACCEPT_RANGES, BYTES);
    if (disposition == null) {
      headers.set(CONTENT_SECURITY_POLICY, SANDBOX);
    } else {
      headers.set(CONTENT_DISPOSITION, disposition);
    }
    String encoding = found.file().encoding();
    if (encoding != null) {
      headers.set(HttpHeaders.CONTENT_ENCODING, encoding);
    }
  }

  /** Takes all of this back from an answer that will say something else. */
  static void undescribe(MultiMap headers) {
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
