package dev.signalbox.systemtests;

import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;

/** The directory that the file service serves, as whoever fills it sees it. */
final class Site {

  private final Deployment system;

  Site(Deployment system) {
    this.system = system;
  }

  Path root() {
    return system.data().resolve("files");
  }

  /** Puts a file there by hand and waits until it is served. */
  byte[] put(String path, byte[] content) {
    try {
      Path file = root().resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // What was found before is trusted for a moment.
    Awaitility.await("/" + path + " served")
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            Http.request(system.doors().main(), "HEAD", "/" + path, new byte[0])
                .header("content-length")
                .equals(Integer.toString(content.length)));
    return content;
  }

  byte[] put(String path, String content) {
    return put(path, content.getBytes(StandardCharsets.UTF_8));
  }

  /** A name that no other test uses. */
  static String unique(String name) {
    return "t-" + UUID.randomUUID() + "/" + name;
  }

  /** Bytes that are no text. */
  static byte[] picture(int bytes) {
    byte[] picture = new byte[bytes];
    new Random(bytes).nextBytes(picture);
    return picture;
  }

  /** How many files lie in the uploads, visible or not. */
  long uploads() {
    return FileTree.files(root().resolve("uploads")).size();
  }
}
