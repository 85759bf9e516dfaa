package dev.signalbox.contracts.file;

/** Where a range of a file can be had. */
public sealed interface SendFileReply {

  /**
   * A client that connects and writes the ticket and a line feed gets the bytes of the range,
   * nothing before and nothing after them, and then the end of the connection.
   *
   * @param host address, reached by members of the cluster
   * @param port TCP port; with keys of the cluster it speaks TLS as the event bus does
   * @param ticket 32 hexadecimal digits; good once, for five seconds
   */
  record Ticket(String host, int port, String ticket) implements SendFileReply {}

  /** The file is no longer the one the etag names. */
  record Changed() implements SendFileReply {}
}
