package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;

/** A tile of the census map. */
public sealed interface MapTileReply {

  /**
   * A tile.
   *
   * @param png 256 by 256 pixels
   * @param etag names this content, 32 hexadecimal digits
   */
  record Tile(Binary png, String etag) implements MapTileReply {}

  /**
   * The caller's tile is the newest.
   *
   * @param etag as in the request
   */
  record NotModified(String etag) implements MapTileReply {}
}
