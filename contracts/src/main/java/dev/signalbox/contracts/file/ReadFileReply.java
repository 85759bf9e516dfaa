package dev.signalbox.contracts.file;

import dev.signalbox.contracts.Binary;

/** A piece of a file. */
public sealed interface ReadFileReply {

  /** The bytes asked for; fewer only at the end of the file. */
  record Chunk(Binary data) implements ReadFileReply {}

  /** The file is no longer the one the etag names. */
  record Changed() implements ReadFileReply {}
}
