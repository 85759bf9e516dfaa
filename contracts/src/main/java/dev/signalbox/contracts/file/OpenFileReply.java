package dev.signalbox.contracts.file;

import dev.signalbox.contracts.Binary;
import org.jspecify.annotations.Nullable;

/** What is at a path. */
public sealed interface OpenFileReply {

  /**
   * A file.
   *
   * @param file what it is
   * @param process id of the process that answered; a gateway in the same process may send {@code
   *     localPath} itself
   * @param localPath absolute path in the file system of that process
   * @param content the whole content when it is small, otherwise null
   * @param validMs for how long the caller may answer with this again without asking, milliseconds;
   *     a {@link FileContract#CHANGED} event ends it early; 0 for not at all
   */
  record Found(
      FileInfo file, String process, String localPath, @Nullable Binary content, long validMs)
      implements OpenFileReply {}

  /** Nothing there that may be shown. */
  record Missing() implements OpenFileReply {}

  /** The path leaves the root, passes a dotfile or goes through a symbolic link out of the root. */
  record Forbidden(String message) implements OpenFileReply {}
}
