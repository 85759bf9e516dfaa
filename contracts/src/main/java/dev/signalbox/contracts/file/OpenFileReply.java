package dev.signalbox.contracts.file;

import dev.signalbox.contracts.Binary;
import org.jspecify.annotations.Nullable;

/** What is at a path. */
public sealed interface OpenFileReply {

  /**
   * A file. One without content is open from now on at the instance that answered, for ten seconds
   * after it was last read: whatever becomes of the name, this version can be read and sent there.
   *
   * @param file what it is
   * @param node instance that answered: see {@link dev.signalbox.contracts.Operation#at}
   * @param held the open file; null when the caller is in another process, or content is there
   * @param content the whole content when it is small, otherwise null
   * @param validMs for how long the caller may answer with this again without asking, milliseconds;
   *     a {@link FileContract#CHANGED} event ends it early; 0 for not at all
   */
  record Found(
      FileInfo file, String node, @Nullable HeldFile held, @Nullable Binary content, long validMs)
      implements OpenFileReply {}

  /**
   * The version that the caller knows.
   *
   * @param validMs as in {@link Found}
   */
  record Unchanged(long validMs) implements OpenFileReply {}

  /** Nothing there that may be shown. */
  record Missing() implements OpenFileReply {}

  /** The path leaves the root, passes a dotfile or goes through a symbolic link out of the root. */
  record Forbidden(String message) implements OpenFileReply {}
}
