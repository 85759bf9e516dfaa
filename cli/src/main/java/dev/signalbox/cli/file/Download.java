package dev.signalbox.cli.file;

import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
  private static final Pattern SHA256 = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

  /** One that can be sent back in a header. */
  private static final Pattern STRONG_ETAG = Pattern.compile("\"[!#-~]{0,1000}\"");

  private static final int LONGEST_ETAG = 1_100;

  private final RestClient client;
  private final PrintStream err;

  /** Fetches by a client. */
  public Download(RestClient client, PrintStream err) {
    this.client = client;
    this.err = err;
  }

  /**
   * Writes the content of a path of the REST interface to an output that cannot be read again. Ends
   * early when nobody reads the output any more.
   *
   * @return bytes written
   */
  public long to(String path, PrintStream out) {
    return stream(path, out, Path.of("-"));
  }

  /**
   * Writes the content to a file, whole or not at all. A device, a pipe or a symbolic link stays
   * what it is: the content is written to it as it comes.
   *
   * @return bytes of the file
   */
  public long to(String path, Path file) {
    try {
      if (Files.isSymbolicLink(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
        try (OutputStream out = Files.newOutputStream(file)) {
          return stream(path, out, file);
        }
      }
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Path version = file.resolveSibling(file.getFileName() + ".part.etag");
      return resume(path, file, part, version);
    } catch (IOException e) {
      throw writeError(file, e);
    }
  }

  private long stream(String path, OutputStream out, Path name) {
    try (RestClient.Response response = client.send("GET", path, wanted(), null)) {
      if (response.status() == PARTIAL) {
        throw otherPart();
      }
      MessageDigest digest = sha256();
      long bytes = receive(response, out, 0, digest);
      if (!unread(out)) {
        check(response, bytes, digest);
      }
      return bytes;
    } catch (IOException e) {
      throw writeError(name, e);
    }
  }

  private long resume(String path, Path file, Path part, Path version) throws IOException {
    Map<String, String> headers = wanted();
    String known = known(part, version);
    long have = known == null ? 0 : Files.size(part);
    if (have > 0 && known != null) {
      headers.put("Range", "bytes=" + have + "-");
      headers.put("If-Range", known);
    }
    try (RestClient.Response response = client.exchange("GET", path, headers, null)) {
      if (have > 0 && response.status() == UNSATISFIABLE) {
        Files.delete(part); // All of another version, or too much.
        Files.delete(version);
        return resume(path, file, part, version);
      }
      if (!response.succeeded()) {
        throw client.refusal(response);
      }
      long whole = -1;
      if (response.status() == PARTIAL) {
        whole = whole(response, have);
      } else {
        have = 0;
        // Before the name of the version changes: what is there is of an earlier one.
        Files.deleteIfExists(part);
      }
      String etag = response.header("ETag");
      Files.deleteIfExists(version); // It may be a link, which is not to be written through.
      if (etag != null && STRONG_ETAG.matcher(etag).matches()) {
        Files.writeString(version, etag, StandardOpenOption.CREATE_NEW);
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
      if (whole >= 0 && bytes != whole) {
        throw incomplete(bytes, whole);
      }
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

  /** The version of which a part is there; null when there is none to go on with. */
  private static @Nullable String known(Path part, Path version) throws IOException {
    if (!Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)
        || !Files.isRegularFile(version, LinkOption.NOFOLLOW_LINKS)
        || Files.size(version) > LONGEST_ETAG) {
      return null;
    }
    String etag = new String(Files.readAllBytes(version), StandardCharsets.ISO_8859_1).strip();
    return STRONG_ETAG.matcher(etag).matches() ? etag : null;
  }

  /**
   * The length of the file of which a response has the rest; negative when it does not say.
   *
   * @throws CommandException when it has another part
   */
  private static long whole(RestClient.Response response, long have) {
    Matcher range = CONTENT_RANGE.matcher(String.valueOf(response.header("Content-Range")));
    if (have == 0 || !range.matches() || !range.group(1).equals(Long.toString(have))) {
      throw otherPart();
    }
    return range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
  }

  private static CommandException otherPart() {
    return new CommandException(
        CommandException.UNAVAILABLE,
        "PROTOCOL",
        "The system answered with another part of the file than was asked for");
  }

  private static CommandException incomplete(long bytes, long whole) {
    return new CommandException(
        CommandException.UNAVAILABLE,
        "INCOMPLETE",
        "The connection ended after %d of %d bytes; the same command goes on from there"
            .formatted(bytes, whole));
  }

  private long receive(RestClient.Response response, Path part, long have, MessageDigest digest)
      throws IOException {
    try (OutputStream out =
        Files.newOutputStream(
            part,
            StandardOpenOption.WRITE,
            have > 0 ? StandardOpenOption.APPEND : StandardOpenOption.CREATE_NEW,
            LinkOption.NOFOLLOW_LINKS)) {
      return receive(response, out, have, digest);
    }
  }

  /** Copies what comes; an end before its time is an error. */
  private long receive(
      RestClient.Response response, OutputStream out, long have, MessageDigest digest)
      throws IOException {
    String length = response.header("Content-Length");
    long expected = length == null || !length.matches("\\d{1,18}") ? -1 : Long.parseLong(length);
    TransferProgress progress = new TransferProgress(err, expected < 0 ? -1 : have + expected);
    byte[] bytes = new byte[65_536];
    long received = 0;
    try (InputStream in = body(response)) {
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
        if (unread(out)) {
          return have + received;
        }
        digest.update(bytes, 0, some);
        received += some;
        progress.at(have + received);
      }
    } finally {
      progress.clear();
    }
    if (expected >= 0 && received != expected) {
      throw incomplete(have + received, have + expected);
    }
    return have + received;
  }

  private InputStream body(RestClient.Response response) {
    try {
      return response.body();
    } catch (IOException e) {
      throw client.failure(e);
    }
  }

  /** Whether an output that tells by no exception has failed; the command reports that itself. */
  private static boolean unread(OutputStream out) {
    return out instanceof PrintStream printed && printed.checkError();
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
