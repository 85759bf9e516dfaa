package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;

/** The map as a poster. */
public sealed interface MapPosterReply {

  /**
   * A poster.
   *
   * @param png 4,096 by 4,096 pixels, one for each /24; at most 17 MB
   * @param etag names this content, 32 hexadecimal digits
   */
  record Poster(Binary png, String etag) implements MapPosterReply {}

  /**
   * The caller's poster is the newest.
   *
   * @param etag as in the request
   */
  record NotModified(String etag) implements MapPosterReply {}
}
