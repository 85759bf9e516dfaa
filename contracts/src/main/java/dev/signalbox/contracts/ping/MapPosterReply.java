package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;

/** The map as a poster. */
public sealed interface MapPosterReply {

  /**
   * A poster.
   *
   * @param png 4,096 by 4,096 pixels, one for each /24; at most 17 MB
   * @param etag names this content, 32 hexadecimal digits
   * @param maxAgeSeconds how long there will be no newer one, unless a round begins; 0 to 60
   */
  record Poster(Binary png, String etag, int maxAgeSeconds) implements MapPosterReply {}

  /**
   * The caller's poster is the newest.
   *
   * @param etag as in the request
   * @param maxAgeSeconds as of a poster
   */
  record NotModified(String etag, int maxAgeSeconds) implements MapPosterReply {}
}
