package dev.signalbox.cli.file;

import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import dev.signalbox.platform.node.Launcher;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An upload by tus 1.0. Its URL is kept in a file of the user until it is complete, so that a later
 * command finds it.
 */
final class ResumableUpload {

  private static final int ATTEMPTS = 5;
  private static final long PAUSE_MS = 1_000;
  private static final int PART = 65_536;
  private static final String UPLOAD = "/api/v1/uploads/[0-9a-f]{32}";
  private static final int NOT_FOUND = 404;
  private static final int CREATED = 201;
  private static final Map<String, String> VERSION = Map.of("Tus-Resumable", "1.0.0");

  /** Waits before another attempt; false when there is to be none. */
  @FunctionalInterface
  interface Pause {
    boolean pause(long millis) throws InterruptedException;
  }

  private final RestClient client;
  private final Path file;
  private final @Nullable String to;
  private final PrintStream err;
  private final long length;
  private final Path state;
  private long resumedAt;

  ResumableUpload(RestClient client, Path file, @Nullable String to, PrintStream err)
      throws IOException {
    this.client = client;
    this.file = file;
    this.to = to;
    this.err = err;
    this.length = Files.size(file);
    // Another size or time of the file is another upload.
    String identity =
        String.join(
            "\n",
            client.server().toString(),
            file.toRealPath().toString(),
            Long.toString(length),
            Files.getLastModifiedTime(file).toString(),
            String.valueOf(to));
    this.state =
        directory()
            .resolve(UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString());
  }

  private static Path directory() {
    String xdg = Launcher.environment().getOrDefault("XDG_STATE_HOME", "");
    Path home =
        xdg.startsWith("/")
            ? Path.of(xdg)
            : Path.of(System.getProperty("user.home", "."), ".local", "state");
    return home.resolve("signalbox").resolve("uploads");
  }

  long length() {
    return length;
  }

  /** Where the upload went on; 0 for one from the beginning. */
  long resumedAt() {
    return resumedAt;
  }

  /** Forgets what was sent before. */
  void forget() {
    try {
      if (Files.exists(state)) { // Deleting fails where there is no such directory either.
        Files.deleteIfExists(state);
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * Sends what is missing.
   *
   * @return the path of the file there
   */
  String run(Pause pause) throws InterruptedException {
    String upload = kept();
    long offset = upload == null ? -1 : offset(upload);
    if (upload == null || offset < 0) {
      upload = create();
      offset = 0;
    }
    resumedAt = offset;
    // Attempts without progress: a system that takes a part each time may do so for ever.
    for (int attempt = 1; offset < length; attempt++) {
      long before = offset;
      try {
        offset = append(upload, offset);
      } catch (CommandException e) {
        boolean passing =
            e.exitCode() == CommandException.TIMEOUT
                || (e.exitCode() == CommandException.UNAVAILABLE && !e.code().equals("PROTOCOL"));
        if (!passing || attempt >= ATTEMPTS || !pause.pause(PAUSE_MS * attempt)) {
          throw e;
        }
        long there = offset(upload);
        if (there < 0) {
          forget();
          throw new CommandException(
              CommandException.REFUSED, "GONE", "The upload has expired; begin it again");
        }
        offset = there;
      }
      if (offset > before) {
        attempt = 0;
      } else if (attempt >= ATTEMPTS) {
        throw new CommandException(
            CommandException.UNAVAILABLE, "PROTOCOL", "The system takes no more of the upload");
      }
    }
    String path = location(upload);
    forget();
    return path;
  }

  private @Nullable String kept() {
    try {
      String text = Files.isRegularFile(state) ? Files.readString(state).strip() : "";
      return text.matches(UPLOAD) ? text : null;
    } catch (IOException e) {
      return null;
    }
  }

  private String create() {
    Map<String, String> headers = new LinkedHashMap<>(VERSION);
    headers.put("Upload-Length", Long.toString(length));
    String name = String.valueOf(file.getFileName());
    headers.put(
        "Upload-Metadata",
        to == null ? "filename " + base64(name) : "path " + base64(to.replaceFirst("^/+", "")));
    try (RestClient.Response response =
        client.send("POST", "/api/v1/uploads", headers, RestClient.Body.of(new byte[0]))) {
      String location = response.header("Location");
      String path = location == null ? "" : location.replaceFirst("^https?://[^/]*", "");
      if (response.status() != CREATED || !path.matches(UPLOAD)) {
        throw new CommandException(
            CommandException.UNAVAILABLE, "PROTOCOL", "The system created no upload");
      }
      if (length > 0) {
        keep(path);
      }
      return path;
    }
  }

  /** Without a place for it, as in a container, the upload goes on all the same. */
  private void keep(String upload) {
    try {
      Files.createDirectories(state.getParent());
      Files.writeString(state, upload);
    } catch (IOException e) {
      err.println(
          "Note: cannot write to "
              + state
              + ", so this upload cannot be resumed by a later command");
    }
  }

  private CommandException unwritable(IOException e) {
    return new CommandException(
        CommandException.WRITE_ERROR, "WRITE", "Cannot write to " + state + ": " + e.getMessage());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes that are there; negative when there is no such upload any more. */
  private long offset(String upload) {
    try (RestClient.Response response = client.exchange("HEAD", upload, VERSION, null)) {
      String offset = response.header("Upload-Offset");
      if (response.status() == NOT_FOUND) {
        return -1;
      }
      if (!response.succeeded() || offset == null || !offset.matches("\\d{1,18}")) {
        throw client.refusal(response);
      }
      long there = Long.parseLong(offset);
      return there > length ? -1 : there;
    }
  }

  private String location(String upload) {
    try (RestClient.Response response = client.send("HEAD", upload, VERSION, null)) {
      String path = response.header("Content-Location");
      return path == null ? String.valueOf(to) : path;
    }
  }

  private long append(String upload, long offset) {
    Map<String, String> headers = new LinkedHashMap<>(VERSION);
    headers.put("Content-Type", "application/offset+octet-stream");
    headers.put("Upload-Offset", Long.toString(offset));
    try (RestClient.Response response = client.send("PATCH", upload, headers, new Rest(offset))) {
      String there = response.header("Upload-Offset");
      if (there == null || !there.matches("\\d{1,18}") || Long.parseLong(there) > length) {
        throw new CommandException(
            CommandException.UNAVAILABLE, "PROTOCOL", "The system does not say what it has stored");
      }
      return Long.parseLong(there);
    }
  }

  /** The file from an offset to its end. */
  private final class Rest implements RestClient.Body {

    private final long offset;

    Rest(long offset) {
      this.offset = offset;
    }

    @Override
    public long length() {
      return length - offset;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      TransferProgress progress = new TransferProgress(err, length);
      try (SeekableByteChannel in = Files.newByteChannel(file)) {
        in.position(offset);
        ByteBuffer part = ByteBuffer.allocate(PART);
        for (long left = length(); left > 0; ) {
          part.clear().limit((int) Math.min(PART, left));
          int some = in.read(part);
          if (some < 0) {
            throw new IOException(file + " became shorter");
          }
          out.write(part.array(), 0, some);
          left -= some;
          progress.at(length - left);
        }
      } finally {
        progress.clear();
      }
    }
  }
}
