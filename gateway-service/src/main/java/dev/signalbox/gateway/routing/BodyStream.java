package dev.signalbox.gateway.routing;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * A request body that is pulled, so that nothing is read from the client faster than it can be put
 * away. One read at a time.
 */
public interface BodyStream {

  /**
   * What has come, as soon as anything has. Fails with 413 beyond the limit, 408 when the client is
   * too slow, and when the client goes away. Waiting between reads is not counted as the client's.
   *
   * @param atMost a piece is at least one and at most so many bytes
   * @return the piece; empty at the end
   */
  Future<Buffer> read(int atMost);

  /**
   * A full piece; fails as {@link #read} does.
   *
   * @param bytes exactly so many, fewer only at the end
   * @return the piece; empty at the end
   */
  Future<Buffer> fill(int bytes);

  /** Content-Length; -1 when the body is chunked. */
  long declaredBytes();
}
