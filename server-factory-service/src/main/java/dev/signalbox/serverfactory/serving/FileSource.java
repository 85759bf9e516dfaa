package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.UnreadBodies;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Where the files come from that routes answer. Called from the event loop of any server. */
@FunctionalInterface
public interface FileSource {

  /**
   * A file.
   *
   * @param bytes whole
   * @param mediaType such as {@code text/html; charset=utf-8}
   */
  record Content(Buffer bytes, String mediaType) {}

  /**
   * Reads a file whole.
   *
   * @param path in the file service, beginning with a slash
   * @param memory takes the length of the file before it is read
   * @return completes on the calling event loop and in bounded time; fails with a {@link
   *     ServiceException}, NOT_FOUND when there is none, TOO_LARGE when it never fits, OVERLOADED
   *     when there is no memory for it now
   */
  Future<Content> read(String path, UnreadBodies.Share memory);
}
