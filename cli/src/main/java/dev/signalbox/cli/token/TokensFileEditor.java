package dev.signalbox.cli.token;

import dev.signalbox.cli.client.CommandException;
import dev.signalbox.contracts.disk.FileMutex;
import dev.signalbox.contracts.disk.PrivateFiles;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokensFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Changes a file of tokens as a whole: readers see the file before or after, never a part of it.
 * Two who change it at once do so one after the other.
 */
final class TokensFileEditor {

  private static final Duration MUTEX_TIMEOUT = Duration.ofSeconds(10);

  private final Path file;

  TokensFileEditor(String name) {
    this.file = Path.of(name);
  }

  /**
   * The tokens of the file.
   *
   * @throws StartException when the file has an error
   */
  List<TokenEntry> tokens() {
    return parse(text(file));
  }

  /** Adds a token after the others. */
  void add(String name, TokenEntry token) throws InterruptedException {
    change(
        true,
        text -> {
          if (named(parse(text), name)) {
            throw new CommandException(
                CommandException.REFUSED,
                "CONFLICT",
                file + " has a token named " + name + " already");
          }
          String before = text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
          return before + token.line() + "\n";
        });
  }

  /** Removes the token of a name; all other lines stay as they are. */
  void remove(String name) throws InterruptedException {
    change(
        false,
        text -> {
          if (!named(parse(text), name)) {
            throw new CommandException(
                CommandException.REFUSED, "NOT_FOUND", file + " has no token named " + name);
          }
          StringBuilder kept = new StringBuilder(text.length());
          // Lines with their ends, whatever these are.
          for (String line : text.split("(?<=\n)|(?<=\r)(?!\n)", -1)) {
            if (!isOf(line, name)) {
              kept.append(line);
            }
          }
          return kept.toString();
        });
  }

  private static boolean isOf(String line, String name) {
    String words = line.startsWith("\uFEFF") ? line.substring(1) : line;
    TokenEntry token = TokensFile.token(words);
    return token != null && name.equals(token.name());
  }

  private static boolean named(List<TokenEntry> tokens, String name) {
    return tokens.stream().anyMatch(token -> name.equals(token.name()));
  }

  private List<TokenEntry> parse(String text) {
    try {
      return TokensFile.parse(text);
    } catch (IllegalArgumentException e) {
      throw new StartException(file + ": " + e.getMessage());
    }
  }

  private String text(Path from) {
    try {
      return TokensFile.text(from);
    } catch (IOException e) {
      throw new StartException(file + " " + e.getMessage());
    }
  }

  private void change(boolean create, UnaryOperator<String> edit) throws InterruptedException {
    try {
      boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      if (there || !create) {
        text(file); // Before anything is made beside what is no such file.
      }
      // A link stays; what it leads to is replaced.
      Path target = there ? file.toRealPath() : file.toAbsolutePath();
      Path lock = target.resolveSibling(target.getFileName() + ".lock");
      try (FileMutex _ = FileMutex.acquire(lock, MUTEX_TIMEOUT)) {
        String changed = edit.apply(Files.exists(target) ? text(target) : "");
        byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
        parse(changed); // It may have become too long.
        if (bytes.length > TokensFile.MAX_BYTES) {
          throw new StartException(
              file + " must be a file of at most " + TokensFile.MAX_BYTES + " bytes");
        }
        replace(target, bytes);
      }
    } catch (IOException e) {
      throw new CommandException(
          CommandException.WRITE_ERROR, "WRITE_ERROR", "cannot write " + file + ": " + e);
    }
  }

  private static void replace(Path target, byte[] content) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("it is no file");
    }
    Path next =
        Files.createTempFile(
            directory, "." + target.getFileName(), ".tmp", PrivateFiles.attributes(target));
    try {
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        keepOwnerAndMode(target, next);
        channel.force(true);
      }
      Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
    force(directory);
  }

  /** The gateway, which may run as another user, must be able to read the file as before. */
  private static void keepOwnerAndMode(Path from, Path to) throws IOException {
    PosixFileAttributeView old = Files.getFileAttributeView(from, PosixFileAttributeView.class);
    PosixFileAttributeView made = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (old == null || made == null || !Files.exists(from)) {
      return;
    }
    PosixFileAttributes attributes = old.readAttributes();
    PosixFileAttributes own = made.readAttributes();
    if (!attributes.owner().equals(own.owner())) {
      made.setOwner(attributes.owner());
    }
    if (!attributes.group().equals(own.group())) {
      made.setGroup(attributes.group());
    }
    made.setPermissions(attributes.permissions());
  }

  /** Brings the new name to the disk, so that a revoked token does not come back with the power. */
  private static void force(Path directory) throws IOException {
    if (Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
