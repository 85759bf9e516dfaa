package dev.signalbox.dnsclient.message;

import java.io.IOException;
import java.util.List;
import org.xbill.DNS.Message;

/** A message of which some records could not be read. */
final class PartlyReadMessage extends Message {

  private final List<String> malformed;

  PartlyReadMessage(byte[] wire, List<String> malformed) throws IOException {
    super(wire);
    this.malformed = List.copyOf(malformed);
  }

  /** Which records those are, some words each. */
  List<String> malformed() {
    return malformed;
  }
}
