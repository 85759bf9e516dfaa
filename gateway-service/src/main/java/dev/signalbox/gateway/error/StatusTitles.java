package dev.signalbox.gateway.error;

import io.netty.handler.codec.http.HttpResponseStatus;

/** The names of statuses as RFC 9110 has them. */
final class StatusTitles {

  private StatusTitles() {}

  /** The name of a status. Netty still has those of RFC 2616 and RFC 4918 for some. */
  static String of(int status) {
    return switch (status) {
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 416 -> "Range Not Satisfiable";
      case 422 -> "Unprocessable Content";
      default -> HttpResponseStatus.valueOf(status).reasonPhrase();
    };
  }
}
