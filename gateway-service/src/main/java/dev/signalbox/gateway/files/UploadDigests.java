package dev.signalbox.gateway.files;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The digests that a client sends with an upload (RFC 9530). Content-Digest and Repr-Digest cover
 * the same bytes, since an upload is a whole file without a content coding.
 */
final class UploadDigests {

  private static final List<String> HEADERS = List.of("Content-Digest", "Repr-Digest");

  /** One digest that must match. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Expected(String header, String algorithm, byte[] value) {}

  private final List<Expected> expected;
  private final Map<String, MessageDigest> computed = new HashMap<>();

  private UploadDigests(List<Expected> expected) {
    this.expected = expected;
    for (Expected one : expected) {
      computed.computeIfAbsent(one.algorithm(), UploadDigests::digest);
    }
  }

  /**
   * Reads the headers of a request. Algorithms other than sha-256 and sha-512 are ignored (RFC 9530
   * section 2).
   *
   * @throws HttpException 400 when the digest of a known algorithm cannot be read
   */
  static UploadDigests of(RoutingContext ctx) {
    List<Expected> expected = new ArrayList<>();
    for (String header : HEADERS) {
      // The last of a key counts (RFC 9651 section 4.2.2).
      Map<String, byte[]> members = new HashMap<>();
      for (String line : ctx.request().headers().getAll(header)) {
        for (String member : line.split(",", -1)) {
          read(header, member.strip(), members);
        }
      }
      members.forEach((algorithm, value) -> expected.add(new Expected(header, algorithm, value)));
    }
    return new UploadDigests(expected);
  }

  private static void read(String header, String member, Map<String, byte[]> members) {
    String item = member.split(";", 2)[0];
    int equals = item.indexOf('=');
    String algorithm = (equals < 0 ? item : item.substring(0, equals)).strip();
    MessageDigest digest = digest(algorithm);
    if (digest == null) {
      return;
    }
    String value = equals < 0 ? "" : item.substring(equals + 1).strip();
    byte[] bytes =
        value.length() > 1 && value.startsWith(":") && value.endsWith(":")
            ? decode(value.substring(1, value.length() - 1))
            : null;
    if (bytes == null || bytes.length != digest.getDigestLength()) {
      throw HttpException.malformed(
          "%s must have for %s the base64 of %d bytes between colons"
              .formatted(header, algorithm, digest.getDigestLength()));
    }
    members.put(algorithm, bytes);
  }

  private static byte @Nullable [] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** Null for an algorithm that is not known; keys are in lower case. */
  static @Nullable MessageDigest digest(String algorithm) {
    if (!algorithm.equals("sha-256") && !algorithm.equals("sha-512")) {
      return null;
    }
    try {
      return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes a piece of the body; free when no digest was sent. */
  void update(Buffer piece) {
    if (!computed.isEmpty()) {
      byte[] bytes = piece.getBytes();
      computed.values().forEach(digest -> digest.update(bytes));
    }
  }

  /**
   * Compares at the end of the body; once.
   *
   * @throws HttpException 400 when one does not match
   */
  void verify() {
    Map<String, byte[]> values = new HashMap<>();
    computed.forEach((algorithm, digest) -> values.put(algorithm, digest.digest()));
    for (Expected one : expected) {
      if (!MessageDigest.isEqual(one.value(), values.get(one.algorithm()))) {
        throw HttpException.of(
            400,
            "DIGEST_MISMATCH",
            "The body does not match the %s of its %s; nothing is stored"
                .formatted(one.algorithm(), one.header()));
      }
    }
  }
}
