package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.CreateResumableRequest;
import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the headers of tus 1.0; each error is a 400 that names the header and its rule. */
final class TusHeaders {

  static final String RESUMABLE = "Tus-Resumable";
  static final String VERSION = "1.0.0";
  static final String LENGTH = "Upload-Length";
  static final String DEFER_LENGTH = "Upload-Defer-Length";
  static final String OFFSET = "Upload-Offset";
  static final String METADATA = "Upload-Metadata";

  /** The value of Upload-Concat of an upload that becomes a part of another. */
  static final String PARTIAL = "partial";

  static final String CONCAT = "Upload-Concat";
  static final String CHECKSUM = "Upload-Checksum";
  static final String EXPIRES = "Upload-Expires";

  /** The algorithms of Upload-Checksum, and what Java calls them. */
  private static final Map<String, String> ALGORITHMS =
      Map.of("sha1", "SHA-1", "sha256", "SHA-256");

  static final String ALGORITHM_NAMES = "sha1,sha256";

  private static final int MAX_DIGITS = 18;
  private static final Pattern URL = Pattern.compile(".*/api/v1/uploads/([0-9a-f]{32})");

  private TusHeaders() {}

  /** A header that may be sent once; null without it. */
  private static @Nullable String single(RoutingContext ctx, String name) {
    List<String> values = ctx.request().headers().getAll(name);
    if (values.size() > 1) {
      throw HttpException.malformed(name + " must be sent once");
    }
    return values.isEmpty() ? null : values.getFirst().strip();
  }

  /** A number of bytes; -1 without the header. */
  static long bytes(RoutingContext ctx, String name) {
    String value = single(ctx, name);
    if (value == null) {
      return -1;
    }
    if (value.isEmpty()
        || value.length() > MAX_DIGITS
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw HttpException.malformed(
          "%s must be a number from 0, of at most %d digits".formatted(name, MAX_DIGITS));
    }
    return Long.parseLong(value);
  }

  /** Upload-Length of a new upload; -1 when Upload-Defer-Length is 1. */
  static long lengthOrDeferred(RoutingContext ctx) {
    long length = bytes(ctx, LENGTH);
    String deferred = single(ctx, DEFER_LENGTH);
    if (deferred != null && !deferred.equals("1")) {
      throw HttpException.malformed(DEFER_LENGTH + " must be 1");
    }
    if ((length < 0) == (deferred == null)) {
      throw HttpException.malformed(
          "Either %s or %s: 1 must be sent".formatted(LENGTH, DEFER_LENGTH));
    }
    return length;
  }

  /** What an upload is in a concatenation. */
  sealed interface Concat {}

  /** Nothing. */
  record None() implements Concat {}

  /** A part. */
  record Partial() implements Concat {}

  /**
   * The whole.
   *
   * @param value of the header
   * @param ids of the parts, in order
   */
  record Final(String value, List<String> ids) implements Concat {
    Final {
      ids = List.copyOf(ids);
    }
  }

  /** Upload-Concat. */
  static Concat concat(RoutingContext ctx) {
    String value = single(ctx, CONCAT);
    if (value == null) {
      return new None();
    }
    if (value.equals(PARTIAL)) {
      return new Partial();
    }
    if (!value.startsWith("final;")) {
      throw HttpException.malformed(CONCAT + " must be partial, or final;URLs");
    }
    List<String> ids = new ArrayList<>();
    for (String url : value.substring("final;".length()).strip().split(" +", -1)) {
      ids.add(id(url));
    }
    if (ids.size() > CreateResumableRequest.MAX_PARTS) {
      throw HttpException.malformed(
          "%s may name at most %d uploads".formatted(CONCAT, CreateResumableRequest.MAX_PARTS));
    }
    return new Final(value, ids);
  }

  private static String id(String url) {
    try {
      String path = new URI(url).getPath();
      Matcher matcher = URL.matcher(path == null ? "" : path);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    } catch (URISyntaxException _) {
      // It is reported like any other that is not the URL of an upload.
    }
    throw HttpException.malformed(
        CONCAT + " must name uploads by the URLs of their Location, separated by spaces");
  }

  /**
   * Upload-Metadata.
   *
   * @param value of the header
   * @param path where the file shall be; null for a new name
   */
  record Metadata(String value, @Nullable String path) {}

  /** Upload-Metadata; null without it. */
  static @Nullable Metadata metadata(RoutingContext ctx) {
    String value = single(ctx, METADATA);
    if (value == null || value.isEmpty()) {
      return null;
    }
    if (value.length() > CreateResumableRequest.MAX_METADATA_BYTES) {
      throw HttpException.malformed(
          "%s may have at most %d bytes"
              .formatted(METADATA, CreateResumableRequest.MAX_METADATA_BYTES));
    }
    Map<String, String> pairs = new HashMap<>();
    for (String pair : value.split(",", -1)) {
      String[] parts = pair.strip().split(" ", -1);
      String key = parts[0];
      if (parts.length > 2
          || key.isEmpty()
          || !key.chars().allMatch(c -> c > ' ' && c <= '~')
          || pairs.putIfAbsent(key, parts.length == 2 ? parts[1] : "") != null) {
        throw badMetadata();
      }
    }
    Map<String, byte[]> values = new HashMap<>();
    pairs.forEach((key, base64) -> values.put(key, decode(base64)));
    return new Metadata(value, path(values));
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw badMetadata();
    }
  }

  private static HttpException badMetadata() {
    return HttpException.malformed(
        METADATA
            + " must be pairs separated by commas, each a key of its own and, after a space, a value"
            + " in base64");
  }

  /** The value of {@code path}, else that of {@code filename} under {@code /uploads/}. */
  private static @Nullable String path(Map<String, byte[]> values) {
    byte[] path = values.get("path");
    if (path != null) {
      String text = text("path", path);
      return text.startsWith("/") ? text : "/" + text;
    }
    byte[] name = values.get("filename");
    if (name == null) {
      return null;
    }
    String text = text("filename", name);
    if (text.indexOf('/') >= 0) {
      throw HttpException.malformed(
          METADATA + ": filename must be a name without a slash; path may have some");
    }
    return "/uploads/" + text;
  }

  private static String text(String key, byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException _) {
      throw HttpException.malformed("%s: %s must be in UTF-8".formatted(METADATA, key));
    }
  }

  /** The checksum of a request's body. */
  static final class Checksum {

    private final String algorithm;
    private final byte[] expected;
    private final MessageDigest digest;

    private Checksum(String algorithm, byte[] expected, MessageDigest digest) {
      this.algorithm = algorithm;
      this.expected = expected;
      this.digest = digest;
    }

    void update(Buffer piece) {
      digest.update(piece.getBytes());
    }

    /**
     * Compares at the end of the body; once.
     *
     * @throws HttpException 460 when it does not match
     */
    void verify() {
      if (!MessageDigest.isEqual(expected, digest.digest())) {
        throw HttpException.of(
            460,
            "CHECKSUM_MISMATCH",
            "The body does not match the %s of its %s; nothing of it is stored"
                .formatted(algorithm, CHECKSUM));
      }
    }
  }

  /** Upload-Checksum; null without it. */
  static @Nullable Checksum checksum(RoutingContext ctx) {
    String value = single(ctx, CHECKSUM);
    if (value == null) {
      return null;
    }
    int space = value.indexOf(' ');
    String algorithm = space < 0 ? value : value.substring(0, space);
    String name = ALGORITHMS.get(algorithm);
    if (name == null) {
      throw HttpException.malformed(
          "The algorithm of %s must be one of %s".formatted(CHECKSUM, ALGORITHM_NAMES));
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(name);
      byte[] expected = Base64.getDecoder().decode(space < 0 ? "" : value.substring(space + 1));
      if (expected.length == digest.getDigestLength()) {
        return new Checksum(algorithm, expected, digest);
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IllegalArgumentException _) {
      // Reported like one of the wrong length.
    }
    throw HttpException.malformed(
        "%s must have an algorithm, a space and the base64 of a digest".formatted(CHECKSUM));
  }
}
