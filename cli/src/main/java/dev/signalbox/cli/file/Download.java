package dev.signalbox.cli.file;

import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a file. What has come is in {@code FILE.part} until all of it is there and its digest is
 * right; {@code FILE.part.etag} says which version that is, so that a later command goes on with
 * it.
 */
public final class Download {

  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final Pattern SHA256 = Pattern.compile("sha-256=:([A-Za-z0-9+/=]+):");
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final RestClient client;
  private final PrintStream err;

  /** Fetches by a client. */
  public Download(RestClient client, PrintStream err) {
    this.client = client;
    this.err = err;
  }

  /**
   * Writes the content of a path of the REST interface to an output that cannot be read again.
   *
   * @return bytes written
   */
  public long to(String path, OutputStream out) {
    try (RestClient.Response response = client.send("GET", path, wanted(), null)) {
      MessageDigest digest = sha256();
      long bytes = receive(response, out, 0, digest);
      check(response, bytes, digest);
      return bytes;
    } catch (IOException e) {
      throw client.failure(e);
    }
  }

  /**
   * Writes the content to a file, whole or not at all.
   *
   * @return bytes of the file
   */
  public long to(String path, Path file) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Path version = file.resolveSibling(file.getFileName() + ".part.etag");
    try {
      return resume(path, file, part, version);
    } catch (IOException e) {
      throw writeError(file, e);
    }
  }

  private long resume(String path, Path file, Path part, Path version) throws IOException {
    Map<String, String> headers = wanted();
    boolean begun = Files.isRegularFile(part) && Files.isRegularFile(version);
    long have = begun ? Files.size(part) : 0;
    if (have > 0) {
      headers.put("Range", "bytes=" + have + "-");
      headers.put("If-Range", Files.readString(version).strip());
    }
    try (RestClient.Response response = client.exchange("GET", path, headers, null)) {
      if (have > 0 && response.status() == UNSATISFIABLE) {
        Files.delete(part); // All of another version, or too much.
        Files.delete(version);
        return resume(path, file, part, version);
      }
      if (response.status() >= 400) {
        throw client.refusal(response);
      }
      if (have > 0 && !goesOn(response, have)) {
        have = 0;
      }
      String etag = response.header("ETag");
      if (etag == null || etag.startsWith("W/")) {
        Files.deleteIfExists(version);
      } else {
        Files.writeString(version, etag);
      }
      MessageDigest digest = sha256();
      if (have > 0) {
        try (InputStream earlier = Files.newInputStream(part)) {
          byte[] bytes = new byte[65_536];
          for (int some = earlier.read(bytes); some >= 0; some = earlier.read(bytes)) {
            digest.update(bytes, 0, some);
          }
        }
      }
      long bytes = receive(response, part, have, digest);
      try {
        check(response, bytes, digest);
      } catch (CommandException e) {
        Files.deleteIfExists(part); // To go on with it would keep it wrong.
        Files.deleteIfExists(version);
        throw e;
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(version);
      return bytes;
    }
  }

  private static boolean goesOn(RestClient.Response response, long have) {
    Matcher range = CONTENT_RANGE.matcher(String.valueOf(response.header("Content-Range")));
    return response.status() == PARTIAL
        && range.matches()
        && range.group(1).equals(Long.toString(have));
  }

  private long receive(RestClient.Response response, Path part, long have, MessageDigest digest)
      throws IOException {
    StandardOpenOption mode =
        have > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
      return receive(response, out, have, digest);
    }
  }

  /** Copies what comes; an end before its time is an error. */
  private long receive(
      RestClient.Response response, OutputStream out, long have, MessageDigest digest)
      throws IOException {
    String length = response.header("Content-Length");
    long expected = length == null ? -1 : Long.parseLong(length);
    TransferProgress progress = new TransferProgress(err, expected < 0 ? -1 : have + expected);
    byte[] bytes = new byte[65_536];
    long received = 0;
    try (InputStream in = response.body()) {
      while (true) {
        int some;
        try {
          some = in.read(bytes);
        } catch (IOException e) {
          throw client.failure(e);
        }
        if (some < 0) {
          break;
        }
        out.write(bytes, 0, some);
        digest.update(bytes, 0, some);
        received += some;
        progress.at(have + received);
      }
    } finally {
      progress.clear();
    }
    if (expected >= 0 && received != expected) {
      throw new CommandException(
          CommandException.UNAVAILABLE,
          "INCOMPLETE",
          "The connection ended after %d of %d bytes; the same command goes on from there"
              .formatted(have + received, have + expected));
    }
    return have + received;
  }

  private static void check(RestClient.Response response, long bytes, MessageDigest digest) {
    Matcher offered = SHA256.matcher(String.valueOf(response.header("Repr-Digest")));
    if (offered.find()
        && !MessageDigest.isEqual(Base64.getDecoder().decode(offered.group(1)), digest.digest())) {
      throw new CommandException(
          CommandException.CORRUPT,
          "DIGEST",
          "The %d bytes received do not have the SHA-256 digest that the system names"
              .formatted(bytes));
    }
  }

  private static Map<String, String> wanted() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "*/*");
    headers.put("Want-Repr-Digest", "sha-256=10");
    return headers;
  }

  private static CommandException writeError(Path file, IOException e) {
    return new CommandException(
        CommandException.WRITE_ERROR, "WRITE", "Cannot write to " + file + ": " + reason(e));
  }

  private static @Nullable String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
