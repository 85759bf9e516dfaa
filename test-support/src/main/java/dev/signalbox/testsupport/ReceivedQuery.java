package dev.signalbox.testsupport;

import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * A query a {@link FakeDnsServer} received.
 *
 * @param name as it came, random case included, with the final dot
 * @param type by name
 * @param id of the message
 * @param clientPort where it came from
 * @param tcp whether it came over TCP or TLS rather than UDP
 * @param edns whether it had an OPT record
 */
public record ReceivedQuery(
    String name, String type, int id, int clientPort, boolean tcp, boolean edns) {

  static ReceivedQuery of(Message query, int clientPort, boolean tcp) {
    Record question = query.getQuestion();
    return new ReceivedQuery(
        question.getName().toString(),
        Type.string(question.getType()),
        query.getHeader().getID(),
        clientPort,
        tcp,
        query.getOPT() != null);
  }
}
